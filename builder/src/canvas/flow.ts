/** From the drawing to what React Flow draws. What did not change keeps its identity, so that it is not drawn again. */

import type { Edge, Node } from "@xyflow/react";
import { ordered } from "../graph/containers";
import { type Doc, type Note, type Step, linkId, nameOf } from "../graph/model";
import { type View, sizeOf } from "../graph/sizes";
import { type Catalog, handlesOf } from "../schema/types";

export type StepFlow = Node<{ step: Step }, "step" | "container">;
export type NoteFlow = Node<{ note: Note }, "note">;
export type FlowNode = StepFlow | NoteFlow;
export type FlowEdge = Edge<Record<string, never>, "link">;

const Z = { container: 1, edge: 2, step: 3, note: 0 } as const;

interface Scene {
  readonly doc: Doc;
  readonly types: Catalog;
  readonly view: View;
  readonly selected: readonly string[];
  readonly canEdit: boolean;
}

/** The nodes, reusing those of the last time that are as they were. */
export function toNodes({ doc, types, view, selected, canEdit }: Scene, before: readonly FlowNode[]): FlowNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  const chosen = new Set(selected);
  const closed = new Set(view.closed);
  const steps = ordered(doc.nodes).map((step): FlowNode => {
    const type = types.get(step.type);
    const size = sizeOf(doc, types, step, view);
    const fresh: StepFlow = {
      id: step.key,
      type: type?.is_container ? "container" : "step",
      position: step.position,
      data: { step },
      ...size,
      selected: chosen.has(step.key),
      hidden: step.parent !== null && closed.has(step.parent),
      draggable: canEdit,
      zIndex: type?.is_container ? Z.container : Z.step,
      ariaLabel: `${nameOf(step)}, ${type?.label ?? step.type}`,
      ...(step.parent ? { parentId: step.parent } : {}),
    };
    return kept(old.get(step.key), fresh);
  });
  const notes = doc.notes.map((note): FlowNode => {
    const fresh: NoteFlow = {
      id: note.id,
      type: "note",
      position: note.position,
      data: { note },
      width: note.width,
      height: note.height,
      selected: chosen.has(note.id),
      draggable: canEdit,
      zIndex: Z.note,
      ariaLabel: `Note: ${note.text.slice(0, 60) || "empty"}`,
    };
    return kept(old.get(note.id), fresh);
  });
  return [...notes, ...steps];
}

function kept(old: FlowNode | undefined, fresh: FlowNode): FlowNode {
  if (!old) return fresh;
  const same =
    old.type === fresh.type && old.selected === fresh.selected && old.width === fresh.width && old.height === fresh.height && old.hidden === fresh.hidden &&
    old.position.x === fresh.position.x && old.position.y === fresh.position.y && old.parentId === fresh.parentId && old.draggable === fresh.draggable &&
    old.ariaLabel === fresh.ariaLabel && !old.dragging &&
    ("step" in old.data && "step" in fresh.data ? old.data.step === fresh.data.step : "note" in old.data && "note" in fresh.data && old.data.note === fresh.data.note);
  if (same) return old;
  const measured = old.width === fresh.width && old.height === fresh.height ? old.measured : { width: fresh.width, height: fresh.height };
  return { ...fresh, measured } as FlowNode;
}

/** The connections, likewise. */
export function toEdges({ doc, types, view }: Scene, selectedLinks: readonly string[], before: readonly FlowEdge[]): FlowEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]));
  const chosen = new Set(selectedLinks);
  const steps = new Map(doc.nodes.map((step) => [step.key, step]));
  return doc.edges.flatMap((link): FlowEdge[] => {
    const [source, target] = [steps.get(link.source), steps.get(link.target)];
    if (!source || !target || !handlesOf(types.get(source.type), source.config).includes(link.source_handle)) return [];
    const id = linkId(link);
    const hidden = source.parent !== null && view.closed.includes(source.parent);
    const known = old.get(id);
    const ariaLabel = `Connection from ${nameOf(source)}${link.source_handle === "out" ? "" : `, ${link.source_handle},`} to ${nameOf(target)}`;
    if (known && known.selected === chosen.has(id) && known.hidden === hidden && known.ariaLabel === ariaLabel) return [known];
    return [{ id, source: link.source, sourceHandle: link.source_handle, target: link.target, targetHandle: "in", type: "link", selected: chosen.has(id), hidden, zIndex: Z.edge, ariaLabel, interactionWidth: 24 }];
  });
}
