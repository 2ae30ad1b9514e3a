/**
 * How one person has arranged the canvas: sizes of containers, which are closed. Kept in the browser, not in the
 * workflow: it changes nothing of a run, so it makes no version, travels with no export and conflicts with nobody.
 */

import type { View } from "../graph/sizes";
import { PLAIN } from "../graph/sizes";

const name = (place: string): string => `copyloom:view:${place}`;

/** What was kept, if it can be read. */
export function readView(place: string): View {
  try {
    const kept = JSON.parse(localStorage.getItem(name(place)) ?? "null") as View | null;
    return kept && typeof kept.sizes === "object" && Array.isArray(kept.closed) ? kept : PLAIN;
  } catch {
    return PLAIN;
  }
}

/** Keep it; a full or forbidden storage loses nothing but this. */
export function keepView(place: string, view: View): void {
  try {
    localStorage.setItem(name(place), JSON.stringify(view));
  } catch {
    return;
  }
}
