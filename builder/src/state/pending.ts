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
  /** Whether the browser has taken it: its storage may be full or forbidden. */
  keep(pending: Pending): boolean;
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
    keep: (pending) =>
      safely(() => {
        shelf.setItem(own, JSON.stringify(pending));
        return true;
      }, false),
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

const NAME = "copyloom:tab";
const OPEN = "copyloom:open";

/**
 * A name for this tab that outlives a reload, and the names of the other tabs that are open.
 *
 * A tab that is duplicated hands its name on while its page is open; that copy takes a name of its own.
 */
export async function tabNames(): Promise<{ tab: string; live: ReadonlySet<string> }> {
  const known = sessionStorage.getItem(NAME);
  const wasLeft = sessionStorage.getItem(OPEN) !== "yes";
  let tab = known ?? fresh();
  if (known && !wasLeft && navigator.locks && !(await isFree(known))) tab = fresh();
  sessionStorage.setItem(NAME, tab);
  sessionStorage.setItem(OPEN, "yes");
  addEventListener("pagehide", () => sessionStorage.setItem(OPEN, "no"));
  addEventListener("pageshow", () => sessionStorage.setItem(OPEN, "yes"));
  if (!navigator.locks) return { tab, live: new Set() };
  void navigator.locks.request(`${NAME}:${tab}`, () => new Promise<void>(() => undefined));
  const { held = [] } = await navigator.locks.query();
  return { tab, live: new Set(held.map((lock) => (lock.name ?? "").replace(`${NAME}:`, "")).filter((name) => name !== tab)) };
}

/** Whether no page holds the name. */
async function isFree(tab: string): Promise<boolean> {
  return navigator.locks.request(`${NAME}:${tab}`, { ifAvailable: true }, (lock) => lock !== null);
}

function fresh(): string {
  return Math.random().toString(36).slice(2, 10);
}
