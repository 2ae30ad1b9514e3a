/** Tidy: every step below what it waits for. Loaded when it is asked for. */

import { Graph, layout } from "@dagrejs/dagre";
import type { Catalog } from "../schema/types";
import { type Doc, type Point, type Size, type Step, childrenOf } from "./model";
import { move } from "./operations";
import { type View, WALL, leastSize, sizeOf, snap } from "./sizes";

const APART = { nodesep: 40, ranksep: 64 } as const;

/** The same drawing with everything in its place. */
export function tidy(doc: Doc, types: Catalog, view: View): Doc {
  let next = doc;
  for (const step of doc.nodes) if (types.get(step.type)?.is_container) next = move(next, inside(next, types, step.key, view));
  const outer = next.nodes.filter((step) => step.parent === null);
  const sizes = new Map(outer.map((step) => [step.key, outerSize(next, types, step, view)]));
  const places = arranged(next, outer, sizes);
  const left = Math.min(...[...places.values()].map((place) => place.x), 0);
  return move(next, new Map([...places].map(([key, place]) => [key, { x: snap(place.x - left), y: snap(place.y) }])));
}

function outerSize(doc: Doc, types: Catalog, step: Step, view: View): Size {
  if (!types.get(step.type)?.is_container) return sizeOf(doc, types, step, view);
  const least = leastSize(doc, types, step.key, view);
  const own = view.closed.includes(step.key) ? { width: 0, height: WALL.closed } : (view.sizes[step.key] ?? { width: 0, height: 0 });
  return { width: Math.max(least.width, own.width), height: view.closed.includes(step.key) ? WALL.closed : Math.max(least.height, own.height) };
}

/** What stands in a container: in one row where nothing leads from one to another. */
function inside(doc: Doc, types: Catalog, key: string, view: View): Map<string, Point> {
  const children = childrenOf(doc, key);
  const sizes = new Map(children.map((step) => [step.key, sizeOf(doc, types, step, view)]));
  const linked = doc.edges.some((link) => sizes.has(link.source) && sizes.has(link.target));
  if (linked) {
    const places = arranged(doc, children, sizes);
    const left = Math.min(...[...places.values()].map((place) => place.x));
    const top = Math.min(...[...places.values()].map((place) => place.y));
    return new Map([...places].map(([one, place]) => [one, { x: snap(place.x - left) + WALL.side, y: snap(place.y - top) + WALL.head + 4 }]));
  }
  let x = WALL.side as number;
  const row = [...children].sort((a, b) => a.position.x - b.position.x);
  return new Map(
    row.map((step) => {
      const place = { x, y: WALL.head + 4 };
      x += (sizes.get(step.key)?.width ?? 0) + 10;
      return [step.key, place];
    }),
  );
}

function arranged(doc: Doc, steps: readonly Step[], sizes: ReadonlyMap<string, Size>): Map<string, Point> {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", ...APART });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const step of steps) graph.setNode(step.key, { ...(sizes.get(step.key) as Size) });
  for (const link of doc.edges) if (sizes.has(link.source) && sizes.has(link.target)) graph.setEdge(link.source, link.target);
  layout(graph);
  return new Map(
    steps.map((step) => {
      const { x, y, width, height } = graph.node(step.key) as { x: number; y: number; width: number; height: number };
      return [step.key, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
