/** Every change of a drawing: a function from one to the next. What changes nothing gives back the same. */

import { type Catalog, handlesOf, valuesAt } from "../schema/types";
import { ordered, settle } from "./containers";
import { equal } from "./equal";
import { type Config, type Doc, type Link, type Note, type Point, type Step, linkId, stepOf } from "./model";
import { refusal } from "./rules";

/** Add a step, and connect it where that is allowed. */
export function addStep(doc: Doc, types: Catalog, step: Step, from?: { source: string; source_handle: string }): Doc {
  const added = { ...doc, nodes: ordered([...doc.nodes, step]) };
  const next = from ? connect(added, types, { ...from, target: step.key }) : added;
  return step.parent ? settle(next, step.parent) : next;
}

/** Put a step into the middle of a connection. */
export function insertOn(doc: Doc, types: Catalog, link: Link, step: Step): Doc {
  const cut = disconnect(doc, [linkId(link)]);
  const added = addStep(cut, types, step, { source: link.source, source_handle: link.source_handle });
  const [first] = handlesOf(types.get(step.type), step.config);
  return first ? connect(added, types, { source: step.key, source_handle: first, target: link.target }) : added;
}

/** Draw a connection; one that is refused is not drawn. */
export function connect(doc: Doc, types: Catalog, link: Link): Doc {
  return refusal(doc, types, link) ? doc : { ...doc, edges: [...doc.edges, link] };
}

/** Take connections away. */
export function disconnect(doc: Doc, ids: readonly string[]): Doc {
  const gone = new Set(ids);
  const edges = doc.edges.filter((link) => !gone.has(linkId(link)));
  return edges.length === doc.edges.length ? doc : { ...doc, edges };
}

/** Take away steps with what stands in them, notes, and all connections of theirs. */
export function remove(doc: Doc, ids: readonly string[]): Doc {
  const gone = new Set(ids);
  for (const step of doc.nodes) if (step.parent && gone.has(step.parent)) gone.add(step.key);
  const nodes = doc.nodes.filter((step) => !gone.has(step.key));
  const notes = doc.notes.filter((note) => !gone.has(note.id));
  if (nodes.length === doc.nodes.length && notes.length === doc.notes.length) return doc;
  return { nodes, notes, edges: doc.edges.filter((link) => !gone.has(link.source) && !gone.has(link.target)) };
}

/** Put steps and notes elsewhere; children's places count from their container. */
export function move(doc: Doc, places: ReadonlyMap<string, Point>): Doc {
  let changed = false;
  const moved = <Thing extends { readonly position: Point }>(thing: Thing, id: string): Thing => {
    const place = places.get(id);
    if (!place || equal(place, thing.position)) return thing;
    changed = true;
    return { ...thing, position: { x: Math.round(place.x), y: Math.round(place.y) } };
  };
  const nodes = doc.nodes.map((step) => moved(step, step.key));
  const notes = doc.notes.map((note) => moved(note, note.id));
  if (!changed) return doc;
  const containers = new Set(nodes.filter((step) => places.has(step.key) && step.parent).map((step) => step.parent as string));
  return [...containers].reduce(settle, { ...doc, nodes, notes });
}

/** Call a step otherwise; its key, which variables use, stays. */
export function rename(doc: Doc, key: string, label: string): Doc {
  return change(doc, key, (step) => ({ ...step, label: label.slice(0, 120) }));
}

/**
 * Set a step up. Connections follow a way out that is called otherwise, and go with one that is gone. While a name is
 * being typed, empty or another's for a moment, its connections wait for it.
 */
export function configure(doc: Doc, types: Catalog, key: string, config: Config): Doc {
  const step = stepOf(doc, key);
  if (!step || equal(step.config, config)) return doc;
  const type = types.get(step.type);
  const [before, after] = [handlesOf(type, step.config), handlesOf(type, config)];
  const next = change(doc, key, (one) => ({ ...one, config }));
  const path = type?.handles_from ?? "";
  const more = valuesAt(config, path).length - valuesAt(step.config, path).length;
  return more === 0 && equal(before, after) ? next : { ...next, edges: followed(next.edges, key, before, after, more) };
}

/** `more` is how many names there are now that were not there: below 0 some were taken away, at 0 one was typed. */
function followed(edges: readonly Link[], key: string, before: string[], after: string[], more: number): Link[] {
  const nameless = new Set(edges.filter((link) => link.source === key && !after.includes(link.source_handle)).map((link) => link.source_handle));
  const lost = before.filter((handle) => !after.includes(handle));
  const fresh = after.filter((handle) => !before.includes(handle));
  const [old] = lost.length ? lost : nameless;
  const renamed = more === 0 && fresh.length === 1 && lost.length <= 1 && (lost.length === 1 || nameless.size === 1) ? fresh[0] : undefined;
  return edges.flatMap((link) => {
    if (link.source !== key || after.includes(link.source_handle)) return [link];
    if (renamed && link.source_handle === old) return [{ ...link, source_handle: renamed }];
    return more < 0 ? [] : [link];
  });
}

/** Add a note. */
export function addNote(doc: Doc, note: Note): Doc {
  return { ...doc, notes: [...doc.notes, note] };
}

/** Change a note. */
export function changeNote(doc: Doc, id: string, fields: Partial<Note>): Doc {
  const note = doc.notes.find((one) => one.id === id);
  if (!note || equal({ ...note, ...fields }, note)) return doc;
  return { ...doc, notes: doc.notes.map((one) => (one === note ? { ...note, ...fields } : one)) };
}

function change(doc: Doc, key: string, make: (step: Step) => Step): Doc {
  const step = stepOf(doc, key);
  if (!step) return doc;
  const next = make(step);
  return equal(next, step) ? doc : { ...doc, nodes: doc.nodes.map((one) => (one === step ? next : one)) };
}
