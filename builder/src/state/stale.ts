/**
 * A page that is reloaded in the middle of a save may have been written before that save was stored: it is asked for
 * while the old page still works. So each page leaves word of what it saved last, and the next one of the tab looks.
 */

const SOON = 60_000;
const name = (place: string): string => `copyloom:saved:${place}`;

/** Leave word. */
export function noteSaved(place: string, etag: string): void {
  try {
    sessionStorage.setItem(name(place), JSON.stringify({ etag, at: Date.now() }));
  } catch {
    return;
  }
}

/** Whether the page may show less than was saved: by this tab a moment ago, or since the browser first showed it. */
export function isStale(place: string, etag: string): boolean {
  const [way] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (way?.type === "back_forward") return true;
  try {
    const word = JSON.parse(sessionStorage.getItem(name(place)) ?? "null") as { etag: string; at: number } | null;
    return word !== null && word.etag !== etag && Date.now() - word.at < SOON;
  } catch {
    return false;
  }
}
