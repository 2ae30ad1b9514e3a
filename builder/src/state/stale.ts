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

/** Whether this tab has saved something a moment ago that a page with this ETag does not show. */
export function isStale(place: string, etag: string): boolean {
  try {
    const word = JSON.parse(sessionStorage.getItem(name(place)) ?? "null") as { etag: string; at: number } | null;
    return word !== null && word.etag !== etag && Date.now() - word.at < SOON;
  } catch {
    return false;
  }
}
