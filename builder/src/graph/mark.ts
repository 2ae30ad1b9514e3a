import type { Doc } from "./model";

const kept = new WeakMap<object, string>();

/** A short text that two drawings share when they are the same, whatever the order of names in their objects. */
export function markOf(doc: Doc): string {
  return remembered(doc, () => hash([doc.nodes, doc.edges, doc.notes].map((list) => list.map(partMark).join(",")).join(";")));
}

/** The mark of one step, connection or note: those that an edit leaves alone are read once. */
function partMark(part: object): string {
  return remembered(part, () => hash(canonical(part)));
}

function remembered(thing: object, make: () => string): string {
  const known = kept.get(thing);
  if (known) return known;
  const mark = make();
  kept.set(thing, mark);
  return mark;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const names = Object.keys(value).filter((name) => (value as Record<string, unknown>)[name] !== undefined).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** 106 bits in two lanes; no secret, only told apart from a handful of others. */
function hash(text: string): string {
  return lane(text, 0) + lane(text, 0x9e3779b9);
}

function lane(text: string, seed: number): string {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
