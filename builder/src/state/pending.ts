/** What has not reached the server yet, kept in the browser until it has: reloads, dead batteries, no network. */

import type { Doc } from "../graph/model";

/** One tab's unsaved drawing. */
export interface Pending {
  readonly doc: Doc;
  /** The mark of what it was made from, and its ETag. */
  readonly base: string;
  readonly etag: string;
  /** Marks of what was sent and may have arrived. */
  readonly sent: readonly string[];
  readonly at: number;
}

/** Where it is kept; `localStorage`, or a map in tests. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  key(index: number): string | null;
  readonly length: number;
}

export interface Keeper {
  keep(pending: Pending): void;
  forget(): void;
  /** What this tab, or one that is gone, has left; the newest. It is this tab's from then on. */
  found(live: ReadonlySet<string>): Pending | null;
}

/** The unsaved drawings of one workflow, a record a tab. */
export function keeperFor(shelf: Shelf, place: string, tab: string): Keeper {
  const prefix = `copyloom:unsaved:${place}:`;
  const own = prefix + tab;
  const safely = <T>(run: () => T, otherwise: T): T => {
    try {
      return run();
    } catch {
      return otherwise;
    }
  };
  return {
    keep: (pending) => safely(() => shelf.setItem(own, JSON.stringify(pending)), undefined),
    forget: () => safely(() => shelf.removeItem(own), undefined),
    found: (live) =>
      safely(() => {
        const keys = Array.from({ length: shelf.length }, (_, index) => shelf.key(index)).filter((key): key is string => key !== null && key.startsWith(prefix));
        const free = keys.filter((key) => key === own || !live.has(key.slice(prefix.length)));
        const rows = free.map((key) => ({ key, pending: safely(() => JSON.parse(shelf.getItem(key) ?? "null") as Pending | null, null) }));
        const newest = rows.filter((row) => row.pending).sort((a, b) => (b.pending?.at ?? 0) - (a.pending?.at ?? 0))[0];
        if (!newest?.pending) return null;
        if (newest.key !== own) {
          shelf.removeItem(newest.key);
          shelf.setItem(own, JSON.stringify(newest.pending));
        }
        return newest.pending;
      }, null),
  };
}

/** A name for this tab that outlives a reload, and the names of the other tabs that are open. */
export async function tabNames(): Promise<{ tab: string; live: ReadonlySet<string> }> {
  const fresh = (): string => Math.random().toString(36).slice(2, 10);
  let tab = sessionStorage.getItem("copyloom:tab") ?? fresh();
  if (!navigator.locks) {
    sessionStorage.setItem("copyloom:tab", tab);
    return { tab, live: new Set() };
  }
  if (!(await hold(tab))) {
    tab = fresh();
    await hold(tab);
  }
  sessionStorage.setItem("copyloom:tab", tab);
  const { held = [] } = await navigator.locks.query();
  return { tab, live: new Set(held.map((lock) => (lock.name ?? "").replace("copyloom:tab:", "")).filter((name) => name !== tab)) };
}

/** A page that is being left gives its lock back within so many milliseconds. */
const HANDOVER = 500;

/** Hold the tab's lock while the page lives; false when another page of the same name keeps it. */
function hold(tab: string): Promise<boolean> {
  return new Promise((settled) => {
    const signal = AbortSignal.timeout(HANDOVER);
    navigator.locks
      .request(`copyloom:tab:${tab}`, { signal }, () => {
        settled(true);
        return new Promise<void>(() => undefined);
      })
      .catch(() => settled(false));
  });
}
