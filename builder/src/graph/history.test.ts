import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOG, doc, step } from "../testing";
import { copyText, paste, readText } from "./clipboard";
import { moveInto } from "./containers";
import { begin, record, redo, undo } from "./history";
import type { Doc } from "./model";
import { linkId } from "./model";
import { addNote, addStep, changeNote, configure, connect, disconnect, move, remove, rename } from "./operations";
import { rekey } from "./rekey";

const START = doc([step("start", "start"), step("a"), step("b"), step("r", "route"), step("box", "lanes"), step("in", "write", { parent: "box" })], "start > a > r.yes > box");

type Edit = (drawing: Doc) => Doc;
const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];
const number = fc.nat(40);
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(number, fc.constantFrom("write", "route", "judge", "lanes"), number).map(([n, type, at]): Edit => (one) => (one.nodes.some((each) => each.key === `n${n}`) ? one : addStep(one, CATALOG, step(`n${n}`, type), { source: pick(one.nodes, at)?.key ?? "", source_handle: "out" }))),
  fc.tuple(number, number, fc.constantFrom("out", "yes", "else", "approved")).map(([from, to, handle]): Edit => (one) => connect(one, CATALOG, { source: pick(one.nodes, from)?.key ?? "", source_handle: handle, target: pick(one.nodes, to)?.key ?? "" })),
  number.map((at): Edit => (one) => disconnect(one, [pick(one.edges.map(linkId), at) ?? ""])),
  number.map((at): Edit => (one) => remove(one, [pick(one.nodes, at)?.key ?? ""])),
  fc.tuple(number, fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 })).map(([at, x, y]): Edit => (one) => move(one, new Map([[pick(one.nodes, at)?.key ?? "", { x, y }]]))),
  fc.tuple(number, fc.string({ maxLength: 8 })).map(([at, label]): Edit => (one) => rename(one, pick(one.nodes, at)?.key ?? "", label)),
  fc.tuple(number, fc.jsonValue({ maxDepth: 2 })).map(([at, value]): Edit => (one) => configure(one, CATALOG, pick(one.nodes, at)?.key ?? "", { prompt: value, branches: [{ name: "yes" }, { name: "no" }] })),
  fc.tuple(number, fc.constantFrom("box", null)).map(([at, home]): Edit => (one) => moveInto(one, CATALOG, pick(one.nodes, at)?.key ?? "", home, { x: 10, y: 10 })),
  number.map((at): Edit => (one) => paste(one, CATALOG, readText(copyText(one, [pick(one.nodes, at)?.key ?? ""])) ?? { nodes: [], edges: [], notes: [] }, { x: 8, y: 8 }).doc),
  number.map((at): Edit => (one) => rekey(one, CATALOG, pick(one.nodes, at)?.key ?? "", `renamed_${at}`)),
  number.map((n): Edit => (one) => addNote(one, { id: `note-${n}-${one.notes.length}`, text: "", position: { x: 0, y: 0 }, width: 240, height: 120 })),
  fc.tuple(number, fc.string()).map(([at, text]): Edit => (one) => changeNote(one, pick(one.notes, at)?.id ?? "", { text })),
);

describe("undo and redo", () => {
  it("give back exactly the graph that was there, over 200 random sequences", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: edits.map((edit) => ({ edit })) }, { weight: 1, arbitrary: fc.constantFrom("undo" as const, "redo" as const) }), { maxLength: 40 }), (steps) => {
        let history = begin(START);
        const states = [JSON.stringify(START)];
        let at = 0;
        for (const one of steps) {
          if (one === "undo") {
            history = undo(history);
            at = Math.max(0, at - 1);
          } else if (one === "redo") {
            history = redo(history);
            at = Math.min(states.length - 1, at + 1);
          } else {
            const next = one.edit(history.present);
            if (next !== history.present) {
              states.splice(at + 1);
              states.push(JSON.stringify(next));
              at += 1;
            }
            history = record(history, next);
          }
          expect(JSON.stringify(history.present)).toBe(states[at]);
        }
        while (history.past.length) history = undo(history);
        expect(history.present).toBe(START);
        while (history.future.length) history = redo(history);
        expect(JSON.stringify(history.present)).toBe(states.at(-1));
      }),
      { numRuns: 200 },
    );
  });
  it("takes what is typed into one field as one step, until a pause", () => {
    let history = begin("");
    history = record(history, "a", "field", 1_000);
    history = record(history, "ab", "field", 1_400);
    history = record(history, "abc", "field", 9_000);
    expect(history.past).toEqual(["", "ab"]);
    expect(undo(undo(history)).present).toBe("");
    expect(record(undo(history), "x").future).toEqual([]);
  });
});
