/** Moving steps into containers and out of them. */

import type { Catalog } from "../schema/types";
import { type Doc, type Link, type Point, type Step, childrenOf, linkId, stepOf } from "./model";
import { refusal } from "./rules";
import { WALL, absolute, snap } from "./sizes";

/**
 * Put a step into a container, or out of one with `parent` null, at a place on the canvas.
 * Connections that would cross the wall are drawn to the container instead where that is allowed.
 */
export function moveInto(doc: Doc, types: Catalog, key: string, parent: string | null, at: Point): Doc {
  const step = stepOf(doc, key);
  if (!step || step.parent === parent) return doc;
  const home = stepOf(doc, parent);
  const position = home ? { x: at.x - home.position.x, y: at.y - home.position.y } : at;
  const moved: Step = { ...step, parent, position: { x: snap(position.x), y: snap(position.y) } };
  const nodes = doc.nodes.map((one) => (one === step ? moved : one));
  const [kept, cut] = splitAtWall({ ...doc, nodes }, key);
  let next: Doc = { ...doc, nodes: ordered(nodes), edges: kept };
  for (const link of cut) next = rewired(next, types, link);
  return parent ? settle(next, parent) : next;
}

function splitAtWall(doc: Doc, key: string): [Link[], Link[]] {
  const kept: Link[] = [];
  const cut: Link[] = [];
  for (const link of doc.edges) {
    const crosses = (link.source === key || link.target === key) && stepOf(doc, link.source)?.parent !== stepOf(doc, link.target)?.parent;
    (crosses ? cut : kept).push(link);
  }
  return [kept, cut];
}

/** The connection between what both ends stand in, if it may be drawn. */
function rewired(doc: Doc, types: Catalog, link: Link): Doc {
  const source = stepOf(doc, link.source);
  const target = stepOf(doc, link.target);
  if (!source || !target) return doc;
  const out = source.parent && source.parent !== target.parent ? source.parent : null;
  const into = target.parent && target.parent !== source.parent ? target.parent : null;
  const outer: Link = { source: out ?? source.key, source_handle: out ? "out" : link.source_handle, target: into ?? target.key };
  return refusal(doc, types, outer) ? doc : { ...doc, edges: [...doc.edges, outer] };
}

/** Grow a container to the left and up where a child stands outside its walls; nothing moves on the canvas. */
export function settle(doc: Doc, key: string): Doc {
  const container = stepOf(doc, key);
  const children = childrenOf(doc, key);
  if (!container || !children.length) return doc;
  const left = Math.min(0, ...children.map((child) => child.position.x - WALL.side));
  const up = Math.min(0, ...children.map((child) => child.position.y - WALL.head));
  if (left === 0 && up === 0) return doc;
  const nodes = doc.nodes.map((step) => {
    if (step.key === key) return { ...step, position: { x: step.position.x + left, y: step.position.y + up } };
    if (step.parent !== key) return step;
    return { ...step, position: { x: step.position.x - left, y: step.position.y - up } };
  });
  return { ...doc, nodes };
}

/** Containers before what stands in them, as the canvas wants it; else as they are. */
export function ordered(nodes: readonly Step[]): Step[] {
  const keys = new Set(nodes.map((step) => step.key));
  const outer = nodes.filter((step) => step.parent === null || !keys.has(step.parent));
  const inner = new Map<string, Step[]>();
  for (const step of nodes) {
    if (step.parent !== null && keys.has(step.parent)) inner.set(step.parent, [...(inner.get(step.parent) ?? []), step]);
  }
  const withInner = (step: Step): Step[] => [step, ...(inner.get(step.key) ?? []).flatMap(withInner)];
  return outer.flatMap(withInner);
}

/** The container that a point lies in, apart from the step itself. */
export function containerAt(doc: Doc, point: Point, boxes: ReadonlyMap<string, { width: number; height: number }>, except: string): string | null {
  const hit = doc.nodes.find((step) => {
    const box = boxes.get(step.key);
    if (!box || step.key === except) return false;
    const corner = absolute(doc, step);
    return point.x >= corner.x && point.x <= corner.x + box.width && point.y >= corner.y && point.y <= corner.y + box.height;
  });
  return hit?.key ?? null;
}

/** The connections that two drawings do not share, for telling people what a move has cut. */
export function lostLinks(before: Doc, after: Doc): Link[] {
  const kept = new Set(after.edges.map(linkId));
  return before.edges.filter((link) => !kept.has(linkId(link)));
}
