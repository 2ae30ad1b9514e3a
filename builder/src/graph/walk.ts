/** What comes before what. A container starts before its steps, and what is below it waits for all of them. */

import type { Doc, Step } from "./model";

interface Near {
  readonly sources: Map<string, string[]>;
  readonly children: Map<string, string[]>;
  readonly byKey: Map<string, Step>;
}

function near(doc: Doc): Near {
  const byKey = new Map(doc.nodes.map((step) => [step.key, step]));
  const sources = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const link of doc.edges) push(sources, link.target, link.source);
  for (const step of doc.nodes) if (step.parent) push(children, step.parent, step.key);
  return { sources, children, byKey };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** What ends right before a step: its sources, those of its container, and all inside them. */
function direct(graph: Near, key: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  let at: string | null | undefined = key;
  while (at && !seen.has(at)) {
    seen.add(at);
    for (const source of graph.sources.get(at) ?? []) found.push(source, ...(graph.children.get(source) ?? []));
    at = graph.byKey.get(at)?.parent;
  }
  return found;
}

/** The steps whose output a step may read, the nearest first, in levels of the same distance. */
export function upstreamLevels(doc: Doc, key: string): Step[][] {
  const graph = near(doc);
  const seen = new Set([key]);
  const levels: Step[][] = [];
  let level = [key];
  while (level.length) {
    const next = [...new Set(level.flatMap((one) => direct(graph, one)))].filter((one) => !seen.has(one));
    next.forEach((one) => seen.add(one));
    const steps = next.map((one) => graph.byKey.get(one)).filter((step): step is Step => step !== undefined);
    if (steps.length) levels.push(steps);
    level = next;
  }
  return levels;
}

/** All steps whose output a step may read, the nearest first. */
export function upstream(doc: Doc, key: string): Step[] {
  return upstreamLevels(doc, key).flat();
}

/** Whether connections lead from one step to another. */
export function leadsTo(doc: Doc, from: string, to: string): boolean {
  const targets = new Map<string, string[]>();
  for (const link of doc.edges) push(targets, link.source, link.target);
  const seen = new Set<string>();
  const waiting = [from];
  while (waiting.length) {
    const key = waiting.pop() as string;
    if (key === to) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    waiting.push(...(targets.get(key) ?? []));
  }
  return false;
}

/** The steps in the order in which they run, children after their container; as drawn where both may. */
export function inOrder(doc: Doc): Step[] {
  const placed = new Set<string>();
  const found: Step[] = [];
  const waits = new Map(doc.nodes.map((step) => [step.key, doc.edges.filter((link) => link.target === step.key)]));
  const place = (steps: readonly Step[]): void => {
    let rest = [...steps];
    while (rest.length) {
      const keys = new Set(rest.map((step) => step.key));
      const next = rest.find((step) => (waits.get(step.key) ?? []).every((link) => !keys.has(link.source) || placed.has(link.source))) ?? rest[0];
      if (!next) return;
      placed.add(next.key);
      found.push(next);
      rest = rest.filter((step) => step !== next);
      place(doc.nodes.filter((step) => step.parent === next.key && !placed.has(step.key)));
    }
  };
  const known = new Set(doc.nodes.map((step) => step.key));
  place(doc.nodes.filter((step) => step.parent === null || !known.has(step.parent)));
  return found;
}
