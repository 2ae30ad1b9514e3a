/** A test run of the draft: launched, followed, its statuses drawn on the canvas. */

import type { Calls } from "../api/calls";
import type { Shapes } from "../api/client";
import type { Store } from "./store";

export type NodeStatus = "pending" | "queued" | "running" | "waiting" | "completed" | "failed" | "skipped";

export interface Run {
  readonly id: number;
  readonly status: string;
  readonly percent: number;
  readonly cost: number;
  /** How each step stands, over all its lanes. */
  readonly steps: ReadonlyMap<string, StepRun>;
  readonly isOver: boolean;
}

export interface StepRun {
  readonly status: NodeStatus;
  readonly words: string;
  readonly output: Record<string, unknown> | null;
  readonly error: string;
}

export const STATUS_WORDS: Readonly<Record<NodeStatus, string>> = {
  pending: "Pending",
  queued: "Queued",
  running: "Running",
  waiting: "Waiting for review",
  completed: "Done",
  failed: "Failed",
  skipped: "Skipped",
};
const GRAVE: readonly NodeStatus[] = ["failed", "waiting", "running", "queued", "pending", "completed", "skipped"];
const OVER = new Set(["completed", "failed", "stopped"]);
const EVERY = 1_000;

/** The run as the canvas shows it. */
export function toRun(execution: Shapes["Execution"]): Run {
  const lanes = new Map<string, Shapes["NodeRunRow"][]>();
  for (const row of execution.nodes) lanes.set(row.key, [...(lanes.get(row.key) ?? []), row]);
  return {
    id: execution.id,
    status: execution.status,
    percent: execution.progress.percent,
    cost: execution.cost,
    steps: new Map([...lanes].map(([key, rows]) => [key, stepRun(rows)])),
    isOver: OVER.has(execution.status),
  };
}

function stepRun(rows: Shapes["NodeRunRow"][]): StepRun {
  const status = GRAVE.find((one) => rows.some((row) => row.status === one)) ?? "pending";
  const done = rows.filter((row) => row.status === "completed").length;
  const waits = rows.find((row) => row.status === "waiting")?.wait_for;
  const word = status === "waiting" && waits === "lanes" ? "Running" : STATUS_WORDS[status];
  const lead = rows.find((row) => row.status === status);
  return {
    status: status === "waiting" && waits === "lanes" ? "running" : status,
    words: rows.length > 1 ? `${word} ${done}/${rows.length}` : word,
    output: (rows.find((row) => row.output)?.output as Record<string, unknown> | undefined) ?? null,
    error: lead?.error ? [lead.error.message, lead.error.hint].filter(Boolean).join(" ") : "",
  };
}

/** Follow a run until it is over; a run that replaces it ends this one. */
export async function follow(store: Store, calls: Calls, id: number): Promise<void> {
  let etag = "";
  while (store.getState().run?.id === id) {
    const answer = await calls.follow(id, etag);
    if (answer.ok && answer.data) {
      etag = answer.etag;
      const run = toRun(answer.data);
      if (store.getState().run?.id === id) store.getState().set({ run });
      if (run.isOver) return;
    }
    await new Promise((wake) => setTimeout(wake, EVERY));
  }
}
