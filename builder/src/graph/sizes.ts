/** How large things are drawn. Heights follow from what a card shows, so that nothing is measured first. */

import { summaryOf } from "../schema/summary";
import { type Catalog, handlesOf } from "../schema/types";
import { type Doc, type Point, type Size, type Step, childrenOf } from "./model";

export const GRID = 8;
export const CARD = { width: 200, inside: 176, head: 54, row: 38, handle: 92 } as const;
export const WALL = { side: 16, head: 44, bottom: 18, width: 240, height: 132, closed: 62 } as const;
const GAP = 60;

/** Where things stand on the screen, as one person arranged them; not part of the workflow. */
export interface View {
  readonly sizes: Readonly<Record<string, Size>>;
  readonly closed: readonly string[];
}

export const PLAIN: View = { sizes: {}, closed: [] };

/** How large a step is drawn. */
export function sizeOf(doc: Doc, types: Catalog, step: Step, view: View): Size {
  const type = types.get(step.type);
  if (type?.is_container) return containerSize(doc, types, step.key, view);
  const ways = handlesOf(type, step.config).length;
  const base = step.parent ? CARD.inside : CARD.width;
  const rows = summaryOf(type, step.config).length ? CARD.row : 0;
  return { width: Math.max(base, ways > 2 ? ways * CARD.handle : 0), height: CARD.head + rows };
}

/** Large enough for what stands inside, and as large as the person has made it. */
export function containerSize(doc: Doc, types: Catalog, key: string, view: View): Size {
  const least = leastSize(doc, types, key, view);
  const own = view.sizes[key];
  const width = Math.max(least.width, own?.width ?? 0);
  return view.closed.includes(key) ? { width, height: WALL.closed } : { width, height: Math.max(least.height, own?.height ?? 0) };
}

/** The smallest container that holds what stands inside. */
export function leastSize(doc: Doc, types: Catalog, key: string, view: View): Size {
  let width: number = WALL.width;
  let height: number = WALL.height;
  for (const child of childrenOf(doc, key)) {
    const size = sizeOf(doc, types, child, view);
    width = Math.max(width, child.position.x + size.width + WALL.side);
    height = Math.max(height, child.position.y + size.height + WALL.bottom);
  }
  return { width, height };
}

/** Where a step stands on the canvas, whether inside a container or not. */
export function absolute(doc: Doc, step: Step): Point {
  const parent = step.parent ? doc.nodes.find((one) => one.key === step.parent) : undefined;
  if (!parent) return step.position;
  return { x: parent.position.x + step.position.x, y: parent.position.y + step.position.y };
}

/** A free place right of what stands in a container already. */
export function placeInside(doc: Doc, types: Catalog, key: string, view: View): Point {
  const children = childrenOf(doc, key);
  const right = children.map((child) => child.position.x + sizeOf(doc, types, child, view).width + 10);
  return { x: Math.max(WALL.side, ...right), y: Math.min(WALL.head + 4, ...children.map((child) => child.position.y)) };
}

/** A free place below a step, right of what stands there. `way` of `ways` tells which way out it hangs on. */
export function placeBelow(doc: Doc, types: Catalog, above: Step, size: Size, view: View, way = 0, ways = 1): Point {
  const own = sizeOf(doc, types, above, view);
  const centre = above.position.x + own.width / 2 + (way - (ways - 1) / 2) * CARD.handle;
  const spread = ways > 1 ? (way - (ways - 1) / 2) * (size.width / 2 + 24) : 0;
  return freePlace(doc, types, { x: centre - size.width / 2 + spread, y: above.position.y + own.height + GAP }, size, above.parent, view);
}

/** The nearest place to the right where nothing stands. */
export function freePlace(doc: Doc, types: Catalog, wanted: Point, size: Size, parent: string | null, view: View): Point {
  const steps = doc.nodes.filter((step) => step.parent === parent).map((step) => ({ ...step.position, ...sizeOf(doc, types, step, view) }));
  const notes = parent === null ? doc.notes.map((note) => ({ ...note.position, width: note.width, height: note.height })) : [];
  const others = [...steps, ...notes];
  let { x } = wanted;
  const { y } = wanted;
  for (let tries = 0; tries < 200; tries += 1) {
    const hit = others.find((one) => x < one.x + one.width + 16 && one.x < x + size.width + 16 && y < one.y + one.height + 16 && one.y < y + size.height + 16);
    if (!hit) break;
    x = hit.x + hit.width + 40;
  }
  return { x: snap(x), y: snap(y) };
}

/** To the grid. */
export function snap(value: number): number {
  return Math.round(value / GRID) * GRID;
}
