/** What differs between two drawings, for people. */

import { equal } from "./equal";
import { type Doc, type Step, linkId, nameOf } from "./model";

export interface Change {
  readonly kind: "added" | "removed" | "changed" | "moved";
  readonly what: string;
  /** The step, where it is one. */
  readonly key: string | null;
  /** What about it. */
  readonly details: readonly string[];
}

/** From one drawing to another: steps, connections, notes. Moves come last. */
export function diff(from: Doc, to: Doc): Change[] {
  return [...steps(from, to), ...links(from, to), ...notes(from, to)].sort((a, b) => Number(a.kind === "moved") - Number(b.kind === "moved"));
}

function steps(from: Doc, to: Doc): Change[] {
  const before = new Map(from.nodes.map((step) => [step.key, step]));
  const after = new Map(to.nodes.map((step) => [step.key, step]));
  const gone = from.nodes.filter((step) => !after.has(step.key)).map((step): Change => ({ kind: "removed", what: nameOf(step), key: step.key, details: [] }));
  const found = to.nodes.flatMap((step): Change[] => {
    const old = before.get(step.key);
    if (!old) return [{ kind: "added", what: nameOf(step), key: step.key, details: [] }];
    const details = about(old, step);
    if (details.length) return [{ kind: "changed", what: nameOf(step), key: step.key, details }];
    return equal(old.position, step.position) ? [] : [{ kind: "moved", what: nameOf(step), key: step.key, details: [] }];
  });
  return [...gone, ...found];
}

function about(old: Step, step: Step): string[] {
  const found: string[] = [];
  if (old.label !== step.label) found.push(`called ${nameOf(step)}, was ${nameOf(old)}`);
  if (old.type !== step.type) found.push("another type");
  if (old.parent !== step.parent) found.push(step.parent ? "moved into a container" : "moved out of its container");
  const names = new Set([...Object.keys(old.config), ...Object.keys(step.config)]);
  for (const name of names) if (!equal(old.config[name], step.config[name])) found.push(name.replaceAll("_", " "));
  return found;
}

function links(from: Doc, to: Doc): Change[] {
  const label = (doc: Doc, key: string): string => doc.nodes.filter((step) => step.key === key).map(nameOf)[0] ?? key;
  const only = (doc: Doc, other: Doc, kind: Change["kind"]): Change[] => {
    const there = new Set(other.edges.map(linkId));
    return doc.edges
      .filter((link) => !there.has(linkId(link)))
      .map((link) => ({ kind, what: `Connection ${label(doc, link.source)} → ${label(doc, link.target)}`, key: null, details: [] }));
  };
  return [...only(from, to, "removed"), ...only(to, from, "added")];
}

function notes(from: Doc, to: Doc): Change[] {
  const before = new Map(from.notes.map((note) => [note.id, note]));
  const after = new Set(to.notes.map((note) => note.id));
  const name = (text: string): string => `Note ${text.trim().slice(0, 40) || "without text"}`;
  const found = to.notes.flatMap((note): Change[] => {
    const old = before.get(note.id);
    if (!old) return [{ kind: "added", what: name(note.text), key: null, details: [] }];
    return equal(old, note) ? [] : [{ kind: old.text === note.text ? "moved" : "changed", what: name(note.text), key: null, details: [] }];
  });
  return [...from.notes.filter((note) => !after.has(note.id)).map((note): Change => ({ kind: "removed", what: name(note.text), key: null, details: [] })), ...found];
}
