import { describe, expect, it } from "vitest";
import { CATALOG, TYPES, doc, step } from "../testing";
import { addStep } from "../graph/operations";
import { stepOf } from "../graph/model";
import { emptyOf, prefill } from "./defaults";
import { factsOf } from "./facts";
import { alike, issuesAt, issuesOfStep, levelAt, linkAt, type Issue, worded } from "./issues";
import { countOf, summaryOf } from "./summary";
import { handlesOf, outputsOf } from "./types";
import { pathsIn, pathsOf, preview, variablesFor } from "./variables";
import { fieldOf, fieldsOf, isShown, levelsOf } from "./widgets";

const widget = (schema: object) => fieldOf("x", schema, {}).widget;

describe("a schema", () => {
  it("finds a widget for every shape, and falls back where a hint is unknown", () => {
    expect(widget({ type: "string" })).toBe("text");
    expect(widget({ type: "string", "x-widget": "prompt" })).toBe("prompt");
    expect(widget({ type: "string", "x-widget": "from-the-future" })).toBe("text");
    expect(widget({ type: "boolean" })).toBe("switch");
    expect(widget({ enum: ["a", "b"] })).toBe("choice");
    expect(widget({ type: "integer" })).toBe("number");
    expect(widget({ type: "array", items: { type: "string" } })).toBe("texts");
    expect(widget({ type: "array", items: { type: "string", "x-widget": "variable" } })).toBe("variables");
    expect(widget({ type: "array", items: { type: "object", properties: { a: {} } } })).toBe("list");
    expect(widget({ type: "object", properties: { a: {} } })).toBe("group");
    expect(widget({ anyOf: [{ enum: ["none"] }, { type: "integer" }] })).toBe("pick");
    expect(widget({ anyOf: [{ type: "string" }, { type: "number" }] })).toBe("value");
    expect(widget({})).toBe("value");
    expect(fieldOf("x", { anyOf: [{ type: "number", minimum: 1 }, { type: "null" }] }, {})).toMatchObject({ widget: "number", nullable: true, schema: { minimum: 1 } });
  });
  it("sorts fields into levels and hides those that do not matter", () => {
    const { basic, advanced } = levelsOf(TYPES[1]!);
    expect([basic.map((field) => field.name), advanced.map((field) => field.name)]).toEqual([["prompt", "quantity"], ["tone"]]);
    expect(basic[0]).toMatchObject({ required: true, title: "Prompt" });
    const [field] = fieldsOf({ properties: { id: { type: "string", "x-when": { target: ["existing"] } } } }, {});
    expect([isShown(field!, { target: "new" }), isShown(field!, { target: "existing" })]).toEqual([false, true]);
  });
  it("makes empty values", () => {
    expect(emptyOf({ type: "object", properties: { name: { type: "string" }, rules: { type: "array", minItems: 1, items: { type: "object", properties: { left: { type: "string" }, op: { default: "is" } } } } } }, {})).toEqual({ name: "", rules: [{ left: "", op: "is" }] });
  });
});

describe("a step", () => {
  it("has the ways out and the outputs that its config names", () => {
    expect(handlesOf(CATALOG.get("route"), { branches: [{ name: "long" }, { name: "short" }] })).toEqual(["long", "short", "else"]);
    expect(handlesOf(CATALOG.get("route"), { branches: "broken" })).toEqual(["else"]);
    expect(outputsOf(CATALOG.get("start"), { fields: [{ key: "topic" }, {}, null] })).toEqual(["topic"]);
  });
  it("says in a few words how it is set up", () => {
    expect(summaryOf(CATALOG.get("write"), { prompt: "x", quantity: 5 })).toEqual([{ text: "× 5", code: false }]);
    expect(summaryOf(CATALOG.get("start"), { fields: [{}, {}] })).toEqual([{ text: "Asks 2", code: false }]);
    expect(summaryOf(undefined, {})).toEqual([]);
    expect(countOf(CATALOG.get("write"), { quantity: 5 })).toBe("5 variants");
    for (const quantity of [1, undefined, "{{ brief.count }}"]) expect(countOf(CATALOG.get("write"), { quantity })).toBe("");
    expect(countOf(CATALOG.get("judge"), {})).toBe("");
  });
  it("starts with what the nearest steps above make", () => {
    const drawn = doc([step("start", "start"), step("far"), step("a"), step("b")], "start > far > a", "far > b");
    const added = addStep(addStep(drawn, CATALOG, step("j", "judge"), { source: "a", source_handle: "out" }), CATALOG, step("x"));
    expect(stepOf(prefill(added, CATALOG, "j"), "j")?.config.show).toEqual(["nodes.a.variants"]);
  });
});

describe("variables", () => {
  const drawn = doc(
    [step("start", "start"), step("a"), step("box", "lanes", { config: { items: "brief.list", item_name: "product" } }), step("in", "write", { parent: "box" }), step("after"), step("beside")],
    "start > a > box > after", "start > beside",
  );
  const paths = (key: string, roots?: string[]) => variablesFor(drawn, CATALOG, key, roots).flatMap((group) => group.variables.map((one) => one.path));
  it("are those of steps above, and no others", () => {
    expect(paths("after")).toEqual(expect.arrayContaining(["brief.topic", "nodes.a.text", "nodes.box.items", "nodes.in.text", "today"]));
    expect(paths("after").join()).not.toMatch(/beside|after/);
    expect(paths("a").join()).not.toMatch(/nodes/);
  });
  it("have a lane's item inside a container, and what its field adds", () => {
    expect(paths("in", ["variant"])).toEqual(expect.arrayContaining(["product", "item", "index", "nodes.a.text", "variant"]));
    expect(paths("in").join()).not.toMatch(/nodes\.box/);
  });
  it("are found in texts and in bare paths", () => {
    expect(pathsIn('{{ brief.topic | default: "nodes.no" }} {% if nodes.a.variants[0].text %}x{% endif %} brief.not')).toEqual(["brief.topic", "nodes.a.variants[0].text"]);
    expect(pathsOf({ a: ["nodes.a.text"], b: "plain brief.no", c: { d: "{{ today }}" } })).toEqual(["nodes.a.text", "today"]);
  });
  it("are filled in as far as they are known", () => {
    const scope = { brief: { topic: "Tea" }, nodes: { a: { variants: [{ text: "Hot" }] } } };
    expect(preview("{{ brief.topic }}: {{ nodes.a.variants[0].text }} {{ nodes.a.variants.size }} {{ brief.gone }}", scope)).toBe("Tea: Hot 1 {{ brief.gone }}");
  });
});

describe("an issue", () => {
  it("calls a field as its form does", () => {
    const drawn = doc([step("s", "start"), step("a"), step("r", "route")]);
    const told = (node: string, field: string, message: string) => worded([{ code: "c", severity: "error", node, field, message }], drawn, CATALOG)[0]?.message;
    expect(told("a", "prompt", "Fill in prompt.")).toBe("Fill in Prompt.");
    expect(told("s", "fields.0.key", "Fill in fields.0.key.")).toBe("Fill in Key.");
    expect(told("r", "branches.1.name", "branches.1.name must be a name.")).toBe("Name must be a name.");
    expect(told("a", "prompt", "There is no variable “prompt”.")).toBe("There is no variable “prompt”.");
    expect(told("a", "nothing", "Fill in nothing.")).toBe("Fill in nothing.");
  });
  const issue = (field: string | null): Issue => ({ code: "c", severity: "error", node: "a", field, message: String(field) });
  it("finds its field, at any depth", () => {
    const issues = [issue("quantity"), issue("quantity.int"), issue("branches.0.name"), issue("edges.0"), issue(null)];
    expect(issuesAt(issues, "quantity", true)).toHaveLength(2);
    expect(issuesAt(issues, "branches", false)).toHaveLength(0);
    expect(issuesAt(issues, "branches.0.name", true)).toHaveLength(1);
    expect(issuesOfStep(issues, CATALOG.get("route")).map((one) => one.field)).toEqual(["quantity", "quantity.int", "edges.0", null]);
  });
  it("is told once where several steps have it", () => {
    const issues = [issue("prompt"), { ...issue("prompt"), node: "b" }, issue("quantity")];
    expect(alike(issues)).toEqual([{ issue: issues[0], others: 1 }, { issue: issues[2], others: 0 }]);
  });
  it("finds its level and its connection", () => {
    expect([levelAt(CATALOG.get("write"), "tone"), levelAt(CATALOG.get("write"), "prompt")]).toEqual(["advanced", "setup"]);
    const drawn = doc([step("a"), step("b")], "a > b");
    expect(linkAt(drawn, "edges.0")).toBe(drawn.edges[0]);
    expect(linkAt(drawn, "prompt")).toBeUndefined();
  });
});

describe("a step to read", () => {
  it("tells what it is set to, lists a row a line, and leaves out what is empty", () => {
    const start = factsOf(CATALOG.get("start"), { fields: [{ key: "topic", label: "Topic" }, { key: "tone", label: "" }] });
    expect(start).toEqual([{ title: "Questions", text: "topic · Label: Topic\ntone" }]);
    expect(factsOf(CATALOG.get("write"), { prompt: "", quantity: 3 })).toEqual([{ title: "Quantity", text: "3" }, { title: "Tone", text: "Plain" }]);
    expect(factsOf(undefined, {})).toEqual([]);
  });
});
