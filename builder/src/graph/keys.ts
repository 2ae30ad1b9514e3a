import type { Doc } from "./model";

export const KEY = /^[a-z][a-z0-9_]{0,39}$/;

/** A name for a new step that no other has: `copy`, `copy_2`, `copy_3`. */
export function freeKey(wanted: string, taken: ReadonlySet<string>): string {
  const base = asKey(wanted);
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base.slice(0, 36)}_${number}`;
    if (!taken.has(key)) return key;
  }
}

/** Words as a name that variables may use: `Generate Copy` as `generate_copy`. */
export function asKey(words: string): string {
  const plain = words.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "");
  return plain.slice(0, 40).replace(/_+$/, "") || "step";
}

/** The names that are in use. */
export function keysOf(doc: Doc): Set<string> {
  return new Set(doc.nodes.map((step) => step.key));
}
