/** What variables hold, as far as the last test run, tries, and defaults of the brief tell. */

import { stepOf } from "../graph/model";
import type { State } from "./store";

interface Scope {
  readonly brief: Record<string, unknown>;
  readonly nodes: Record<string, unknown>;
}

let last: { key: readonly unknown[]; scope: Scope } | null = null;

/** The values by variable. The same object while nothing has changed. */
export function knownValues(state: State): Scope {
  const key = [state.doc, state.run, state.tries, state.sample];
  if (last && key.every((one, index) => one === last?.key[index])) return last.scope;
  const root = state.doc.nodes.find((step) => state.types.get(step.type)?.is_root);
  const rows = Array.isArray(root?.config.fields) ? (root.config.fields as { key?: unknown; default?: unknown }[]) : [];
  const brief: Record<string, unknown> = {};
  for (const row of rows) if (typeof row?.key === "string" && row.default != null) brief[row.key] = row.default;
  const nodes: Record<string, unknown> = {};
  for (const [name, answer] of Object.entries(state.tries)) if (stepOf(state.doc, name)) nodes[name] = answer.output;
  for (const [name, step] of state.run?.steps ?? []) if (step.output && !state.types.get(stepOf(state.doc, name)?.type ?? "")?.is_root) nodes[name] = step.output;
  const scope = { brief: { ...brief, ...state.sample }, nodes };
  last = { key, scope };
  return scope;
}

/** A value put at a path into nested objects. */
export function put(scope: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.replace(/\[(-?\d+)\]/g, ".$1").split(".");
  let at = scope;
  for (const part of parts.slice(0, -1)) {
    const inner = at[part];
    const next = inner && typeof inner === "object" && !Array.isArray(inner) ? { ...(inner as Record<string, unknown>) } : {};
    at[part] = next;
    at = next;
  }
  at[parts.at(-1) as string] = value;
}
