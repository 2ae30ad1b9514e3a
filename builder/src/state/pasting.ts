/** Where what is pasted, doubled or imported comes to stand. */

import { KEY } from "../graph/keys";
import { type Doc, type Point, type Size, type Step, stepOf } from "../graph/model";
import { freePlace, placeInside, sizeOf } from "../graph/sizes";
import type { Catalog } from "../schema/types";
import type { State } from "./store";

/** The container that steps go into when it, or what stands in it, is selected; null for the canvas. */
export function homeOf({ doc, types, selected }: Pick<State, "doc" | "types" | "selected">, cut: Doc): string | null {
  const fits = cut.nodes.length > 0 && cut.notes.length === 0 && cut.nodes.every((step) => step.parent === null && !isSpecial(types, step));
  const chosen = selected.map((id) => stepOf(doc, id));
  const homes = new Set(chosen.map((step) => (step && types.get(step.type)?.is_container ? step.key : (step?.parent ?? null))));
  const [home] = homes;
  return fits && homes.size === 1 && home ? home : null;
}

/** A cut as it goes into a container: beside what stands there, one after the other. */
export function inside(state: Pick<State, "doc" | "types" | "view">, cut: Doc, home: string): Doc {
  const { types, view } = state;
  let doc = state.doc;
  const nodes = cut.nodes.map((step, index) => {
    const size = sizeOf(doc, types, { ...step, parent: home }, view);
    const placed = { ...step, key: `${index}`, parent: home, position: freePlace(doc, types, placeInside(doc, types, home, view), size, home, view) };
    doc = { ...doc, nodes: [...doc.nodes, placed] };
    return { ...step, parent: home, position: placed.position };
  });
  return { ...cut, nodes };
}

/**
 * How far a cut is moved: to the next free place beside where it was copied, if that is in sight, else beside the
 * middle of what is. It never covers what stands there already.
 */
export function shiftOf({ doc, types, view, hands }: Pick<State, "doc" | "types" | "view" | "hands">, cut: Doc): Point {
  const box = boundsOf(cut, types, view);
  const centre = hands?.sees(box, box) === false ? hands.centre() : null;
  const wanted = centre ? { x: centre.x - box.width / 2, y: centre.y - box.height / 2 } : box;
  const place = freePlace(doc, types, wanted, box, null, view);
  return { x: place.x - box.x, y: place.y - box.y };
}

/** Why a drawing from a file cannot be drawn here, in words for people; null when it can. */
export function importRefusal(doc: Doc, most: number): string | null {
  if (doc.nodes.length > most) return `It has ${doc.nodes.length} steps, and a workflow holds at most ${most}. Split it in two.`;
  const seen = new Set<string>();
  for (const { key, parent } of doc.nodes) {
    if (!KEY.test(key)) return `A step's key is “${key.slice(0, 60)}”. A key has small letters, digits and _, begins with a letter and has at most 40 characters. Change it in the file.`;
    if (seen.has(key)) return `Two steps have the key “${key}”. Give one of them another in the file.`;
    seen.add(key);
    const home = stepOf(doc, parent);
    if (home?.parent) return `“${key}” stands in “${home.key}”, which stands in a container itself. Put one of them outside in the file.`;
  }
  return null;
}

function isSpecial(types: Catalog, step: Step): boolean {
  const type = types.get(step.type);
  return Boolean(type?.is_container || type?.is_root);
}

/** The rectangle round all that a cut shows on the canvas. */
function boundsOf(cut: Doc, types: Catalog, view: State["view"]): Point & Size {
  const boxes = [
    ...cut.nodes.filter((step) => step.parent === null).map((step) => ({ ...step.position, ...sizeOf(cut, types, step, view) })),
    ...cut.notes.map((note) => ({ ...note.position, width: note.width, height: note.height })),
  ];
  const [x, y] = [Math.min(...boxes.map((one) => one.x)), Math.min(...boxes.map((one) => one.y))];
  return { x, y, width: Math.max(...boxes.map((one) => one.x + one.width)) - x, height: Math.max(...boxes.map((one) => one.y + one.height)) - y };
}
