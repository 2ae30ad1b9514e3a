import { describe, expect, it } from "vitest";
import { CATALOG, doc, links, step } from "../testing";
import { copyText, paste, readText } from "./clipboard";
import { lostLinks, moveInto, ordered } from "./containers";
import { diff } from "./diff";
import { markOf } from "./mark";
import { type Doc, linkId, stepOf } from "./model";
import { configure, insertOn, move, remove } from "./operations";
import { keyRefusal, rekey } from "./rekey";
import { PLAIN, sizeOf } from "./sizes";

const drawn = doc(
  [step("start", "start"), step("a"), step("r", "route"), step("box", "lanes", { position: { x: 400, y: 400 } }), step("in1", "write", { parent: "box", position: { x: 16, y: 48 } })],
  "start > a > r.yes > box",
);
const ids = (one: { edges: readonly Parameters<typeof linkId>[0][] }) => one.edges.map(linkId).sort();

describe("changing a drawing", () => {
  it("puts a step into the middle of a connection", () => {
    const next = insertOn(drawn, CATALOG, links("a > r")[0]!, step("new"));
    expect(ids(next)).toEqual(ids(doc([], "start > a > new > r.yes > box")));
  });
  it("takes a container away with what stands in it", () => {
    const next = remove(drawn, ["box"]);
    expect(next.nodes.map((one) => one.key)).toEqual(["start", "a", "r"]);
    expect(ids(next)).toEqual(ids(doc([], "start > a > r")));
  });
  it("lets connections follow a branch that is renamed, and cuts those of one that is gone", () => {
    const renamed = configure(drawn, CATALOG, "r", { branches: [{ name: "long" }] });
    expect(ids(renamed)).toContain("r.long>box");
    const gone = configure(drawn, CATALOG, "r", { branches: [] });
    expect(ids(gone)).not.toContain("r.yes>box");
  });
  it("keeps the connections of a branch whose name is empty or another's while it is typed", () => {
    const two = configure(drawn, CATALOG, "r", { branches: [{ name: "yes" }, { name: "no" }] });
    const both = { ...two, edges: [...two.edges, { source: "r", source_handle: "no", target: "a" }] };
    const type = (...names: string[]) => names.reduce<Doc>((one, name) => configure(one, CATALOG, "r", { branches: [{ name: "yes" }, { name }] }), both);
    expect(ids(type("n", "", "l", "late"))).toEqual(ids({ edges: [...two.edges, { source: "r", source_handle: "late", target: "a" }] }));
    expect(ids(type("ye", "yes", "yes_but"))).toContain("r.yes_but>a");
    expect(ids(type("ye", "yes", "yes_but"))).toContain("r.yes>box");
    expect(ids(configure(type(""), CATALOG, "r", { branches: [{ name: "yes" }, { name: "" }, { name: "new" }] }))).toEqual(ids(both));
    expect(ids(configure(type("else"), CATALOG, "r", { branches: [{ name: "yes" }] }))).toEqual(ids(two));
  });
  it("gives a step another key wherever it is named, and nowhere else", () => {
    const texts = { branches: [{ name: "a" }], left: "nodes.a.text", text: "{{ nodes.a.text }}, {{ nodes['a'].text }}, not nodes.ab.text" };
    const judged = configure(configure(drawn, CATALOG, "r", texts), CATALOG, "in1", { again: "a", tone: "a" });
    const told = { ...judged, nodes: judged.nodes.map((one) => (one.key === "in1" ? { ...one, type: "judge" } : one)) };
    const next = rekey(told, CATALOG, "a", "b");
    expect(stepOf(next, "r")?.config).toEqual({ branches: [{ name: "a" }], left: "nodes.b.text", text: "{{ nodes.b.text }}, {{ nodes.b.text }}, not nodes.ab.text" });
    expect(stepOf(next, "in1")?.config).toEqual({ again: "b", tone: "a" });
    expect(ids(next)).toContain("start.out>b");
    expect(stepOf(rekey(drawn, CATALOG, "box", "lane"), "in1")?.parent).toBe("lane");
  });
  it("refuses a key that is taken or no key", () => {
    expect(keyRefusal(drawn, "a", "r")).toBe("Another step is called that.");
    for (const key of ["", "A", "1a", "a b", "a".repeat(41)]) expect(keyRefusal(drawn, "a", key)).toMatch(/^Small letters/);
    expect(keyRefusal(drawn, "a", "a")).toBeNull();
    expect(rekey(drawn, CATALOG, "a", "r")).toBe(drawn);
  });
  it("changes nothing where nothing changes", () => {
    expect(move(drawn, new Map([["a", { x: 0, y: 0 }]]))).toBe(drawn);
    expect(configure(drawn, CATALOG, "a", { ...step("a").config })).toBe(drawn);
    expect(remove(drawn, ["nobody"])).toBe(drawn);
  });
});

describe("a container", () => {
  it("takes a step in, and its connections lead to the container", () => {
    const next = moveInto(drawn, CATALOG, "r", "box", { x: 600, y: 460 });
    expect(stepOf(next, "r")).toMatchObject({ parent: "box", position: { x: 200, y: 64 } });
    expect(ids(next)).toEqual(["a.out>box", "start.out>a"]);
    expect(lostLinks(drawn, next).map(linkId)).toEqual(["a.out>r", "r.yes>box"]);
  });
  it("lets a step out to where it is dropped", () => {
    const next = moveInto(drawn, CATALOG, "in1", null, { x: 40, y: 80 });
    expect(stepOf(next, "in1")).toMatchObject({ parent: null, position: { x: 40, y: 80 } });
  });
  it("grows to the left without moving anything on the canvas", () => {
    const next = move(drawn, new Map([["in1", { x: -84, y: 48 }]]));
    expect(stepOf(next, "box")?.position).toEqual({ x: 300, y: 400 });
    expect(stepOf(next, "in1")?.position).toEqual({ x: 16, y: 48 });
  });
  it("is as large as what stands inside, or as its person wants it", () => {
    const box = stepOf(drawn, "box")!;
    expect(sizeOf(drawn, CATALOG, box, PLAIN)).toEqual({ width: 240, height: 158 });
    expect(sizeOf(drawn, CATALOG, box, { sizes: { box: { width: 500, height: 10 } }, closed: [] })).toEqual({ width: 500, height: 158 });
  });
  it("comes before what stands in it", () => {
    expect(ordered([step("in", "write", { parent: "c" }), step("c", "lanes")]).map((one) => one.key)).toEqual(["c", "in"]);
  });
});

describe("the clipboard", () => {
  it("carries steps into another workflow, with names of their own that variables follow", () => {
    const source = configure(drawn, CATALOG, "r", { branches: [{ name: "yes" }], text: "{{ nodes.a.text }} {{ nodes.start.x }}" });
    const cut = readText(copyText(source, ["a", "r"]))!;
    const { doc: next, ids: made } = paste(drawn, CATALOG, cut, { x: 40, y: 40 });
    expect(made).toEqual(["a_2", "r_2"]);
    expect(stepOf(next, "r_2")?.config.text).toBe("{{ nodes.a_2.text }} {{ nodes.start.x }}");
    expect(ids(next)).toContain("a_2.out>r_2");
  });
  it("takes a container's steps along, and never a second start", () => {
    const cut = readText(copyText(drawn, ["start", "box"]))!;
    const { doc: next, ids: made } = paste(drawn, CATALOG, cut, { x: 0, y: 0 });
    expect(made).toEqual(["box_2"]);
    expect(stepOf(next, "in1_2")?.parent).toBe("box_2");
    expect(next.nodes.filter((one) => one.parent === "box_2")).toHaveLength(1);
  });
  it("reads an exported workflow and refuses anything else", () => {
    expect(readText(JSON.stringify({ format: "copyloom.template", nodes: [{ key: "a", type: "write" }], edges: [{ source: "a", target: "gone" }] }))).toMatchObject({ nodes: [{ key: "a", label: "" }], edges: [] });
    for (const text of ["", "hello", "[]", "{}", '{"nodes": []}', "{", "null"]) expect(readText(text)).toBeNull();
  });
});

describe("the difference", () => {
  it("names what is added, removed, changed and moved", () => {
    const next = move(configure(remove(drawn, ["box"]), CATALOG, "a", { prompt: "Other" }), new Map([["r", { x: 8, y: 8 }]]));
    expect(diff(drawn, next).map((one) => `${one.kind} ${one.what}`)).toEqual(["removed box", "removed in1", "changed a", "removed Connection r → box", "moved r"]);
    expect(diff(drawn, drawn)).toEqual([]);
  });
  it("does not mind the order of names", () => {
    const turned = { ...drawn, nodes: drawn.nodes.map((one) => ({ ...one, config: Object.fromEntries(Object.entries(one.config).reverse()) })) };
    expect(markOf(turned)).toBe(markOf(drawn));
    expect(markOf(remove(drawn, ["a"]))).not.toBe(markOf(drawn));
  });
});
