/** What the end of a drag means: places, and who stands in which container now. */

import { containerAt, moveInto } from "../graph/containers";
import type { Doc, Point, Size } from "../graph/model";
import { stepOf } from "../graph/model";
import { move } from "../graph/operations";
import { parentRefusal } from "../graph/rules";
import { type View, placeInside, sizeOf } from "../graph/sizes";
import type { State } from "../state/store";

/** Something that was dragged: its place counts from its container's corner. */
export interface Dragged {
  readonly id: string;
  readonly position: Point;
}

/** The containers by key with how large they are drawn. */
export function boxesOf(state: State): Map<string, Size> {
  const found = new Map<string, Size>();
  for (const step of state.doc.nodes) {
    if (state.types.get(step.type)?.is_container) found.set(step.key, sizeOf(state.doc, state.types, step, state.view));
  }
  return found;
}

/** The container that a dragged step would stand in, which may be the one it comes from. */
export function homeOf(state: State, dragged: Dragged, boxes: ReadonlyMap<string, Size>): string | null {
  const step = stepOf(state.doc, dragged.id);
  if (!step || !boxes.size) return null;
  const size = sizeOf(state.doc, state.types, step, state.view);
  const corner = onCanvas(state.doc, step.parent, dragged.position);
  const home = containerAt(state.doc, { x: corner.x + size.width / 2, y: corner.y + size.height / 2 }, boxes, step.key);
  return home && !parentRefusal(state.doc, state.types, step.key, home) ? home : null;
}

/** The drawing after a drag. */
export function dragEnd(state: State, dragged: readonly Dragged[]): Doc {
  const boxes = boxesOf(state);
  const ids = new Set(dragged.map((one) => one.id));
  const crossing = new Map<string, string | null>();
  for (const one of dragged) {
    const step = stepOf(state.doc, one.id);
    if (!step || (step.parent && (ids.has(step.parent) || state.view.closed.includes(step.parent)))) continue;
    const home = homeOf(state, one, boxes);
    if (home !== step.parent && !(home && ids.has(home))) crossing.set(one.id, home);
  }
  const staying = dragged.filter((one) => !crossing.has(one.id));
  let doc = move(state.doc, new Map(staying.map((one) => [one.id, one.position])));
  for (const one of dragged) {
    if (!crossing.has(one.id)) continue;
    const step = stepOf(doc, one.id);
    const home = crossing.get(one.id) ?? null;
    const at = home && state.view.closed.includes(home) ? onCanvas(doc, home, placeInside(doc, state.types, home, state.view)) : onCanvas(state.doc, step?.parent ?? null, one.position);
    if (step) doc = moveInto(doc, state.types, one.id, home, at);
  }
  return doc;
}

/** The containers that are closed no more, now that somebody has dropped a step into them. */
export function opened(before: Doc, after: Doc, view: View): View {
  const entered = new Set(after.nodes.filter((step) => step.parent !== null && stepOf(before, step.key)?.parent !== step.parent).map((step) => step.parent));
  const closed = view.closed.filter((key) => !entered.has(key));
  return closed.length === view.closed.length ? view : { ...view, closed };
}

function onCanvas(doc: Doc, parent: string | null, position: Point): Point {
  const box = stepOf(doc, parent);
  return box ? { x: box.position.x + position.x, y: box.position.y + position.y } : position;
}
