import { type EdgeChange, type NodeChange, applyNodeChanges } from "@xyflow/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { lostLinks } from "../graph/containers";
import { move } from "../graph/operations";
import { say } from "../state/say";
import { useBuilder } from "../state/context";
import { type State, mayEdit } from "../state/store";
import { boxesOf, dragEnd, homeOf, opened } from "./dragging";
import { type FlowEdge, type FlowNode, toEdges, toNodes } from "./flow";

const sceneOf = (state: State) => ({ doc: state.doc, types: state.types, view: state.view, selected: state.selected, canEdit: mayEdit(state) });

/** What React Flow draws, and what its changes do to the drawing. */
export function useFlow() {
  const { store } = useBuilder();
  const [nodes, setNodes] = useState<FlowNode[]>(() => toNodes(sceneOf(store.getState()), []));
  const [edges, setEdges] = useState<FlowEdge[]>(() => toEdges(sceneOf(store.getState()), [], []));
  const dragging = useRef(false);

  useEffect(() => {
    const draw = (state: State): void => {
      setNodes((old) => toNodes(sceneOf(state), old));
      setEdges((old) => toEdges(sceneOf(state), state.selectedLinks, old));
    };
    draw(store.getState());
    return store.subscribe((state, before) => {
      const same = (["doc", "view", "selected", "selectedLinks", "locked"] as const).every((name) => state[name] === before[name]);
      if (!same) draw(state);
    });
  }, [store]);

  const onNodesChange = useCallback(
    (changes: NodeChange<FlowNode>[]) => {
      const { selected, selectedLinks, select, edit } = store.getState();
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length) select(applied(selected, chosen), selectedLinks);
      const moved = changes.flatMap((change) => (change.type === "position" && change.position ? [change] : []));
      if (moved.length && !dragging.current) {
        const places = new Map(moved.map((change) => [change.id, change.position as { x: number; y: number }]));
        edit((doc) => move(doc, places), "keys:move");
      }
      const own = changes.filter((change) => change.type === "dimensions" || (change.type === "position" && dragging.current));
      if (own.length) setNodes((old) => applyNodeChanges(own, old));
    },
    [store],
  );

  const onEdgesChange = useCallback(
    (changes: EdgeChange<FlowEdge>[]) => {
      const { selected, selectedLinks, select } = store.getState();
      const chosen = changes.filter((change) => change.type === "select");
      if (chosen.length) select(selected, applied(selectedLinks, chosen));
    },
    [store],
  );

  const onNodeDragStart = useCallback(() => {
    dragging.current = true;
    // Of a step that is deleted while it is dragged no end is told.
    hold(() => requestAnimationFrame(() => (dragging.current = false)));
  }, []);

  const onNodeDrag = useCallback(
    (_: unknown, node: FlowNode) => {
      const state = store.getState();
      const home = node.type === "step" ? homeOf(state, node, boxesOf(state)) : null;
      if (home !== state.dropInto) state.set({ dropInto: home });
    },
    [store],
  );

  const onNodeDragStop = useCallback(
    (_: unknown, node: FlowNode | undefined, dragged: FlowNode[]) => {
      dragging.current = false;
      const state = store.getState();
      if (node && !state.selected.includes(node.id)) state.select([node.id]);
      if (state.dropInto) state.set({ dropInto: null });
      const next = dragEnd(state, dragged);
      const lost = lostLinks(state.doc, next).length;
      state.set({ view: opened(state.doc, next, state.view) });
      state.edit(() => next);
      if (lost) say("Connections do not cross a container's wall: they lead to the container now.");
      setNodes((old) => toNodes(sceneOf(store.getState()), old.map((node) => (node.dragging ? { ...node, dragging: false } : node))));
    },
    [store],
  );

  const onSelectionDragStop = useCallback((event: unknown, dragged: FlowNode[]) => onNodeDragStop(event, dragged[0], dragged), [onNodeDragStop]);

  return { nodes, edges, onNodesChange, onEdgesChange, onNodeDragStart, onNodeDrag, onNodeDragStop, onSelectionDragStart: onNodeDragStart, onSelectionDragStop };
}

/** Until the pointer lets go, nothing on the canvas answers to where it passes. */
function hold(ended: () => void): void {
  const canvas = document.querySelector(".b-canvas");
  const release = (): void => {
    canvas?.classList.remove("is-held");
    ended();
  };
  canvas?.classList.add("is-held");
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, release, { once: true });
}

function applied(selected: readonly string[], changes: readonly { id: string; selected: boolean }[]): string[] {
  const found = new Set(selected);
  for (const change of changes) {
    if (change.selected) found.add(change.id);
    else found.delete(change.id);
  }
  return [...found];
}
