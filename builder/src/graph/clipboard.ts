/** Steps as text, to be carried between workflows, tabs and installations. */

import type { Catalog } from "../schema/types";
import { ordered } from "./containers";
import { freeKey, keysOf } from "./keys";
import { type Doc, type Link, type Note, type Point, type Step, stepOf } from "./model";
import { renamed } from "./rekey";
import { absolute, snap } from "./sizes";

const FORMAT = "copyloom.steps";

interface Cut {
  readonly format: string;
  readonly nodes: readonly Step[];
  readonly edges: readonly Link[];
  readonly notes: readonly Note[];
}

/** The chosen steps with what stands in them, and the connections between them. */
export function copyText(doc: Doc, ids: readonly string[]): string {
  const chosen = new Set(ids);
  for (const step of doc.nodes) if (step.parent && chosen.has(step.parent)) chosen.add(step.key);
  const nodes = doc.nodes
    .filter((step) => chosen.has(step.key))
    .map((step) => (step.parent && !chosen.has(step.parent) ? { ...step, parent: null, position: absolute(doc, step) } : step));
  const edges = doc.edges.filter((link) => chosen.has(link.source) && chosen.has(link.target));
  const cut: Cut = { format: FORMAT, nodes, edges, notes: doc.notes.filter((note) => chosen.has(note.id)) };
  return JSON.stringify(cut, null, 1);
}

/** What a text holds: steps that were copied, or a whole exported workflow; null for anything else. */
export function readText(text: string): Doc | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(data) || !Array.isArray(data.nodes)) return null;
  const nodes = data.nodes.filter(isObject).filter((one) => typeof one.key === "string" && typeof one.type === "string").map(readStep);
  const known = new Set(nodes.map((step) => step.key));
  const edges = (Array.isArray(data.edges) ? data.edges : []).filter(isObject).map(readLink).filter((link) => known.has(link.source) && known.has(link.target));
  const notes = [data.notes, data.canvas_notes].find(Array.isArray) ?? [];
  if (!nodes.length && !notes.length) return null;
  return { nodes: nodes.map((step) => (step.parent && known.has(step.parent) ? step : { ...step, parent: null })), edges, notes: notes.filter(isObject).map(readNote) };
}

/**
 * Add what was copied, moved by `by`; keys that are taken get numbers, and variables follow them.
 * A step whose `parent` is not part of the copy stands in that container of the drawing, where it is.
 */
export function paste(doc: Doc, types: Catalog, cut: Doc, by: Point): { doc: Doc; ids: string[] } {
  const taken = keysOf(doc);
  const keys = new Map<string, string>();
  const roots = doc.nodes.some((step) => types.get(step.type)?.is_root);
  const wanted = cut.nodes.filter((step) => !(roots && types.get(step.type)?.is_root));
  for (const step of wanted) {
    const key = freeKey(step.key.replace(/_\d+$/, ""), taken);
    taken.add(key);
    keys.set(step.key, key);
  }
  const nodes = wanted.map((step) => ({
    ...step,
    key: keys.get(step.key) as string,
    config: renamed(step.config, types.get(step.type)?.schema, keys),
    parent: step.parent === null ? null : (keys.get(step.parent) ?? stepOf(doc, step.parent)?.key ?? null),
    position: step.parent ? step.position : shifted(step.position, by),
  }));
  const edges = cut.edges.flatMap((link) => {
    const source = keys.get(link.source);
    const target = keys.get(link.target);
    return source && target ? [{ ...link, source, target }] : [];
  });
  const notes = cut.notes.map((note) => ({ ...note, id: noteId(), position: shifted(note.position, by) }));
  const next = { nodes: ordered([...doc.nodes, ...nodes]), edges: [...doc.edges, ...edges], notes: [...doc.notes, ...notes] };
  const ids = [...nodes.filter((step) => step.parent === null || stepOf(doc, step.parent)).map((step) => step.key), ...notes.map((note) => note.id)];
  return { doc: next, ids };
}

/** A name for a note that no other has. */
export function noteId(): string {
  return `note-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}

function shifted(point: Point, by: Point): Point {
  return { x: snap(point.x + by.x), y: snap(point.y + by.y) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readStep(one: Record<string, unknown>): Step {
  return {
    key: String(one.key),
    type: String(one.type),
    label: typeof one.label === "string" ? one.label : "",
    config: isObject(one.config) ? one.config : {},
    position: readPoint(one.position),
    parent: typeof one.parent === "string" ? one.parent : null,
  };
}

function readLink(one: Record<string, unknown>): Link {
  return { source: String(one.source), source_handle: typeof one.source_handle === "string" ? one.source_handle : "out", target: String(one.target) };
}

function readNote(one: Record<string, unknown>): Note {
  const size = (value: unknown, usual: number): number => (typeof value === "number" && value >= 1 && value <= 5_000 ? value : usual);
  return {
    id: typeof one.id === "string" ? one.id.slice(0, 40) : noteId(),
    text: typeof one.text === "string" ? one.text.slice(0, 2_000) : "",
    position: readPoint(one.position),
    width: size(one.width, 240),
    height: size(one.height, 120),
  };
}

function readPoint(value: unknown): Point {
  const number = (one: unknown): number => (typeof one === "number" && Math.abs(one) <= 1e7 ? one : 0);
  return isObject(value) ? { x: number(value.x), y: number(value.y) } : { x: 0, y: 0 };
}
