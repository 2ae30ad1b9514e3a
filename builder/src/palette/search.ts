/** Finding step types by what people call them. */

import type { NodeType } from "../schema/types";

export interface Shelf {
  readonly category: string;
  readonly types: readonly NodeType[];
}

/** The types whose name, category or help has every word, those by name first. */
export function search(types: readonly NodeType[], words: string): NodeType[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (type: NodeType): number => {
    const name = type.label.toLowerCase();
    const all = `${name} ${type.category} ${type.help} ${type.type}`.toLowerCase();
    if (!wanted.every((word) => all.includes(word))) return 9;
    return wanted.every((word) => name.includes(word)) ? 0 : 1;
  };
  return types
    .map((type, index) => ({ type, index, rank: rank(type) }))
    .filter((row) => row.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map((row) => row.type);
}

/** Types by category, in the order in which the server names them. */
export function shelves(types: readonly NodeType[]): Shelf[] {
  const found = new Map<string, NodeType[]>();
  for (const type of types) found.set(type.category, [...(found.get(type.category) ?? []), type]);
  return [...found].map(([category, list]) => ({ category, types: list }));
}

/** The first sentence of the help, as a line below the name. */
export function blurb(type: NodeType): string {
  return (type.help.split(/(?<=[.!?])\s/)[0] ?? "").replace(/\.$/, "");
}
