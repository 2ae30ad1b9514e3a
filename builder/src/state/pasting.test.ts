import { describe, expect, it } from "vitest";
import { CATALOG, doc, step } from "../testing";
import { EMPTY, type Doc, type Point } from "../graph/model";
import { PLAIN } from "../graph/sizes";
import { homeOf, importRefusal, inside, shiftOf } from "./pasting";
import type { CanvasHands } from "./store";

const box = step("box", "lanes", { position: { x: 400, y: 400 } });
const child = step("in1", "write", { parent: "box", position: { x: 16, y: 48 } });
const drawn = doc([step("start", "start"), step("a", "write", { position: { x: 0, y: 200 } }), box, child]);
const cut = doc([step("a", "write", { position: { x: 0, y: 200 } })]);
const state = (selected: string[], one: Doc = drawn) => ({ doc: one, types: CATALOG, selected, view: PLAIN });
const canvas = (isSeen: boolean, centre: Point): CanvasHands => ({ sees: () => isSeen, centre: () => centre }) as unknown as CanvasHands;

describe("what is pasted", () => {
  it("goes into the container that is selected, or whose step is", () => {
    expect(homeOf(state(["box"]), cut)).toBe("box");
    expect(homeOf(state(["in1"]), cut)).toBe("box");
    expect(homeOf(state(["a"]), cut)).toBeNull();
    expect(homeOf(state(["in1", "a"]), cut)).toBeNull();
    expect(homeOf(state([]), cut)).toBeNull();
  });
  it("stays outside where it could not stand: containers, the first step, notes", () => {
    expect(homeOf(state(["box"]), doc([box]))).toBeNull();
    expect(homeOf(state(["box"]), doc([step("start", "start")]))).toBeNull();
    expect(homeOf(state(["box"]), { ...EMPTY, notes: [{ id: "n", text: "", position: { x: 0, y: 0 }, width: 100, height: 100 }] })).toBeNull();
  });
  it("stands beside what is in the container, each beside the other", () => {
    const two = inside(state([]), doc([step("b"), step("c")]), "box").nodes;
    const [first, second] = [two[0]!, two[1]!];
    expect(first.parent).toBe("box");
    expect(first.position.x).toBeGreaterThanOrEqual(child.position.x + 176);
    expect(second.position.x).toBeGreaterThanOrEqual(first.position.x + 176);
  });
  it("stands beside what it was copied from, and then beside its own copy", () => {
    const here = { ...state([]), hands: canvas(true, { x: 0, y: 0 }) };
    expect(shiftOf(here, cut)).toEqual({ x: 240, y: 0 });
    const again = doc([...drawn.nodes, step("a_2", "write", { position: { x: 240, y: 200 } })]);
    expect(shiftOf({ ...here, doc: again }, cut)).toEqual({ x: 480, y: 0 });
  });
  it("comes into the middle of what is in sight when its place is not", () => {
    const by = shiftOf({ ...state([]), hands: canvas(false, { x: 5_000, y: 5_000 }) }, cut);
    expect(Math.abs(by.x + 100 - 5_000)).toBeLessThanOrEqual(8);
    expect(Math.abs(by.y + 200 + 46 - 5_000)).toBeLessThanOrEqual(8);
  });
});

describe("a drawing from a file", () => {
  it("is refused with the reason where the server would refuse it", () => {
    expect(importRefusal(drawn, 100)).toBeNull();
    expect(importRefusal(drawn, 3)).toMatch(/4 steps.*at most 3/);
    expect(importRefusal(doc([step("a"), step("a")]), 100)).toMatch(/Two steps have the key “a”/);
    expect(importRefusal(doc([step("p", "lanes"), step("q", "lanes", { parent: "p" }), step("a", "write", { parent: "q" })]), 100)).toMatch(/“a” stands in “q”, which stands/);
    expect(importRefusal(doc([step("My Step")]), 100)).toMatch(/“My Step”/);
  });
});
