/** A template cut into plain text and what stands in braces. */

import { pathsIn } from "../schema/variables";

export interface Piece {
  readonly text: string;
  readonly kind: "text" | "variable" | "image" | "unknown" | "tag";
}

const BRACES = /(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/;

/** The pieces in their order; `known` says of a path whether there is such a variable. */
export function pieces(text: string, known: (path: string) => boolean): Piece[] {
  return text.split(BRACES).filter(Boolean).map((part): Piece => {
    if (part.startsWith("{%")) return { text: part, kind: "tag" };
    if (!part.startsWith("{{") || !part.endsWith("}}")) return { text: part, kind: "text" };
    const paths = pathsIn(part);
    if (paths.some((path) => !known(path))) return { text: part, kind: "unknown" };
    return { text: part, kind: paths.some((path) => /(^|\.)(images?|photo)\b/.test(path)) ? "image" : "variable" };
  });
}
