/** Adding steps: where they go, what they are connected to, what they start with. */

import { prefill } from "../schema/defaults";
import { type NodeType, handlesOf } from "../schema/types";
import { asKey, freeKey, keysOf } from "../graph/keys";
import { type Doc, type Point, type Size, type Step, childrenOf, linkId, stepOf } from "../graph/model";
import { addStep, insertOn } from "../graph/operations";
import { CARD, WALL, absolute, freePlace, placeBelow, placeInside, sizeOf, snap } from "../graph/sizes";
import { moveInto } from "../graph/containers";
import type { State, Store, Target } from "./store";
import { say } from "./say";

/** Why a type cannot be added there; null when it can. */
export function addRefusal(state: State, type: NodeType, target: Target): string | null {
  if (state.doc.nodes.length >= state.boot.max_nodes) return `A workflow holds at most ${state.boot.max_nodes} steps.`;
  if (type.is_root && state.doc.nodes.some((step) => state.types.get(step.type)?.is_root)) return `There is one ${type.label} already.`;
  const parent = parentOf(state.doc, target);
  if (parent && type.is_container) return "A container cannot stand in another.";
  if (target.kind !== "at" && type.is_root) return `${type.label} comes first.`;
  return null;
}

/** Where a step goes when nobody says: after the selected one, else after the last, else into the middle. */
export function usualTarget(state: State): Target {
  const { doc, types } = state;
  const chosen = state.selected.length === 1 ? stepOf(doc, state.selected[0]) : undefined;
  const leaves = doc.nodes.filter((step) => !doc.edges.some((link) => link.source === step.key) && step.parent === null);
  const after = chosen ?? (leaves.length === 1 ? leaves[0] : undefined);
  if (!after) return { kind: "at", at: state.hands?.centre() ?? { x: 0, y: 0 } };
  return { kind: "after", key: after.key, handle: freeHandle(doc, after, handlesOf(types.get(after.type), after.config)) };
}

/** The first way out that leads nowhere yet, else the first. */
function freeHandle(doc: Doc, step: Step, handles: readonly string[]): string {
  const taken = new Set(doc.edges.filter((link) => link.source === step.key).map((link) => link.source_handle));
  return handles.find((handle) => !taken.has(handle)) ?? handles[0] ?? "out";
}

/** Add a step of a type, select it, and give its key; null when it may not be added. */
export function add(store: Store, typeName: string, wanted?: Target): string | null {
  const state = store.getState();
  const type = state.types.get(typeName);
  if (!type) return null;
  const given = wanted ?? usualTarget(state);
  const target: Target = type.is_root || (addRefusal(state, type, given) && !wanted && type.is_container) ? { kind: "at", at: state.hands?.centre() ?? { x: 0, y: 0 } } : given;
  const reason = addRefusal(state, type, target);
  if (reason) {
    say(reason, "warning");
    return null;
  }
  const key = freeKey(asKey(type.label), keysOf(state.doc));
  state.edit((doc) => prefill(placed(state, doc, type, key, target), state.types, key));
  store.getState().set({ panel: "setup", adding: null });
  store.getState().select([key]);
  return key;
}

function placed(state: State, doc: Doc, type: NodeType, key: string, target: Target): Doc {
  const { types, view } = state;
  const parent = parentOf(doc, target);
  const step = (position: Point): Step => ({ key, type: type.type, label: label(doc, type), config: structuredClone(type.defaults) as Step["config"], position, parent });
  const size = type.is_container ? { width: WALL.width, height: WALL.height } : sizeOf(doc, types, step({ x: 0, y: 0 }), view);
  if (target.kind === "at") return dropped(doc, state, step(centred(target.at, size)), size);
  if (target.kind === "inside") return addStep(doc, types, step(placeInside(doc, types, target.key, view)));
  if (target.kind === "on") {
    const link = doc.edges.find((one) => linkId(one) === target.link);
    const [above, below] = [stepOf(doc, link?.source), stepOf(doc, link?.target)];
    if (!link || !above || !below) return doc;
    const place = placeBelow(doc, types, above, size, view);
    return pushedDown(insertOn(doc, types, link, step({ ...place, x: snap(below.position.x) })), below, key, place.y + size.height + 60);
  }
  const above = stepOf(doc, target.key);
  if (!above) return doc;
  const handles = handlesOf(types.get(above.type), above.config);
  const place = target.at ? freePlace(doc, types, centred(target.at, size), size, parent, view) : placeBelow(doc, types, above, size, view, handles.indexOf(target.handle), handles.length);
  return addStep(doc, types, step(place), { source: above.key, source_handle: target.handle });
}

/** Drop on the canvas, or into the container that lies there. */
function dropped(doc: Doc, state: State, step: Step, size: Size): Doc {
  const added = addStep(doc, state.types, step);
  const middle = { x: step.position.x + size.width / 2, y: step.position.y + size.height / 2 };
  const home = doc.nodes.find((one) => {
    if (!state.types.get(one.type)?.is_container || state.types.get(step.type)?.is_container || state.types.get(step.type)?.is_root) return false;
    const box = sizeOf(doc, state.types, one, state.view);
    const corner = absolute(doc, one);
    return middle.x > corner.x && middle.x < corner.x + box.width && middle.y > corner.y && middle.y < corner.y + box.height;
  });
  return home ? moveInto(added, state.types, step.key, home.key, step.position) : added;
}

/** Make room below a step that was put between two others. */
function pushedDown(doc: Doc, below: Step, key: string, least: number): Doc {
  const by = least - below.position.y;
  if (by <= 0) return doc;
  return {
    ...doc,
    nodes: doc.nodes.map((step) =>
      step.key !== key && step.parent === below.parent && step.position.y >= below.position.y ? { ...step, position: { ...step.position, y: snap(step.position.y + by) } } : step,
    ),
  };
}

function parentOf(doc: Doc, target: Target): string | null {
  if (target.kind === "inside") return target.key;
  if (target.kind === "after") return stepOf(doc, target.key)?.parent ?? null;
  if (target.kind === "on") return stepOf(doc, doc.edges.find((one) => linkId(one) === target.link)?.source)?.parent ?? null;
  return null;
}

function label(doc: Doc, type: NodeType): string {
  const taken = new Set(doc.nodes.map((step) => step.label));
  for (let number = 1; ; number += 1) {
    const words = number === 1 ? type.label : `${type.label} ${number}`;
    if (!taken.has(words)) return words;
  }
}

function centred(at: Point, size: Size): Point {
  return { x: snap(at.x - size.width / 2), y: snap(at.y - Math.min(size.height, CARD.head) / 2) };
}

/** How many steps stand in a container, in words. */
export function insideWords(doc: Doc, key: string): string {
  const count = childrenOf(doc, key).length;
  return count === 0 ? "empty" : count === 1 ? "1 step" : `${count} steps run together`;
}
