import { describe, expect, it } from "vitest";
import { CATALOG, doc, step } from "../testing";
import { stepOf } from "../graph/model";
import { PLAIN } from "../graph/sizes";
import type { State } from "../state/store";
import { dragEnd, opened } from "./dragging";

const drawn = doc([step("a", "write", { position: { x: 0, y: 0 } }), step("box", "lanes", { position: { x: 400, y: 0 } }), step("in1", "write", { parent: "box", position: { x: 16, y: 48 } })]);
const state = (closed: string[]) => ({ doc: drawn, types: CATALOG, view: { ...PLAIN, closed } }) as unknown as State;

describe("the end of a drag", () => {
  it("puts a step into the container under it, beside what stands in one that was closed", () => {
    const over = [{ id: "a", position: { x: 430, y: 6 } }];
    const next = dragEnd(state(["box"]), over);
    expect(stepOf(next, "a")?.parent).toBe("box");
    expect(stepOf(next, "a")?.position.x).toBeGreaterThanOrEqual(16 + 176);
    expect(opened(drawn, next, { ...PLAIN, closed: ["box", "other"] }).closed).toEqual(["other"]);
  });
  it("opens nothing where nothing was dropped in", () => {
    const view = { ...PLAIN, closed: ["box"] };
    expect(opened(drawn, dragEnd(state(["box"]), [{ id: "a", position: { x: 8, y: 8 } }]), view)).toBe(view);
  });
});
