/** What was done, what was undone. Changes of the same thing shortly after each other are one. */

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last change was about; another of it within `TOGETHER` is the same step back. */
  readonly about: string;
  readonly at: number;
}

export const DEEP = 200;
export const TOGETHER = 1_000;

/** Nothing done yet. */
export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], about: "", at: 0 };
}

/** Write a change down. What gives back the same value is no change. */
export function record<T>(history: History<T>, next: T, about = "", now = 0): History<T> {
  if (next === history.present) return history;
  const together = about !== "" && about === history.about && now - history.at < TOGETHER && history.past.length > 0;
  const past = together ? history.past : [...history.past, history.present].slice(-DEEP);
  return { past, present: next, future: [], about, at: now };
}

/** One step back, if there is one. */
export function undo<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return { past: history.past.slice(0, -1), present: last, future: [history.present, ...history.future], about: "", at: 0 };
}

/** One step forth again, if there is one. */
export function redo<T>(history: History<T>): History<T> {
  const [next, ...rest] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future: rest, about: "", at: 0 };
}
