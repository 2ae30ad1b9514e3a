import { Background, BackgroundVariant, type Connection, type FinalConnectionState, MiniMap, ReactFlow, SelectionMode, useReactFlow } from "@xyflow/react";
import { useCallback, useMemo } from "react";
import { linkId } from "../graph/model";
import { refusal } from "../graph/rules";
import { add } from "../state/adding";
import { useBuilder, useBuilderState } from "../state/context";
import { type Store, mayEdit } from "../state/store";
import { ContainerNode } from "./ContainerNode";
import { Controls } from "./Controls";
import { LinkEdge } from "./LinkEdge";
import { NoteNode } from "./NoteNode";
import { Reason } from "./Reason";
import { StepNode } from "./StepNode";
import type { FlowEdge, FlowNode } from "./flow";
import { marginsOf, useHands } from "./hands";
import { useFlow } from "./useFlow";

const NODES = { step: StepNode, container: ContainerNode, note: NoteNode };
const EDGES = { link: LinkEdge };
const GRID: [number, number] = [8, 8];
const PANNED_BY = [0, 1, 2];
const MANY = ["Control", "Meta"];
const PLAIN = { hideAttribution: true };
const OVERVIEW = { width: 132, height: 116 };
export const DRAGGED = "application/x-copyloom-step";

/** The canvas itself. */
export function Canvas() {
  const { store, actions } = useBuilder();
  const flow = useFlow();
  const canEdit = useBuilderState(mayEdit);
  useHands();
  const { screenToFlowPosition } = useReactFlow();

  const isValid = useCallback(
    (wanted: Connection | FlowEdge) => {
      const { doc, types } = store.getState();
      return refusal(doc, types, { source: wanted.source, source_handle: wanted.sourceHandle ?? "out", target: wanted.target }) === null;
    },
    [store],
  );
  const onConnect = useCallback((made: Connection) => void actions.join(made.source, made.sourceHandle ?? "out", made.target), [actions]);
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, ended: FinalConnectionState) => {
      if (ended.isValid || !ended.fromNode || !ended.fromHandle) return;
      const point = "changedTouches" in event ? event.changedTouches[0] : event;
      if (!point) return;
      const under = document.elementFromPoint(point.clientX, point.clientY);
      const target = ended.toNode?.id ?? under?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
      const handle = ended.fromHandle.id ?? "out";
      if (target && target !== ended.fromNode.id) actions.join(ended.fromNode.id, handle, target);
      else if (under?.closest(".react-flow__pane")) {
        const at = screenToFlowPosition({ x: point.clientX, y: point.clientY });
        store.getState().set({ adding: { target: { kind: "after", key: ended.fromNode.id, handle, at }, at: { x: point.clientX - 120, y: point.clientY } } });
      }
    },
    [actions, store, screenToFlowPosition],
  );
  const onDrop = useCallback(
    (event: React.DragEvent) => {
      const type = event.dataTransfer.getData(DRAGGED);
      if (!type) return;
      event.preventDefault();
      const link = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>(".react-flow__edge")?.dataset.id;
      const known = link && store.getState().doc.edges.some((one) => linkId(one) === link);
      add(store, type, known ? { kind: "on", link } : { kind: "at", at: screenToFlowPosition({ x: event.clientX, y: event.clientY }) });
    },
    [store, screenToFlowPosition],
  );

  const hovering = useMemo(() => hoverHandlers(store), [store]);
  const colour = useCallback((node: FlowNode) => colourOf(node, store.getState().types), [store]);
  const fit = useMemo(() => ({ padding: marginsOf(), maxZoom: 1 }), []);

  return (
    <div className="b-canvas" role="region" aria-label="Canvas" onDragOver={(event) => event.preventDefault()} onDrop={onDrop} onDoubleClick={(event) => opened(event, store, screenToFlowPosition)}>
      <ReactFlow<FlowNode, FlowEdge>
        {...flow}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={isValid}
        {...hovering}
        nodesConnectable={canEdit}
        nodesDraggable={canEdit}
        connectOnClick={false}
        connectionRadius={34}
        snapToGrid
        snapGrid={GRID}
        panOnDrag={PANNED_BY}
        panOnScroll
        zoomOnDoubleClick={false}
        selectionMode={SelectionMode.Partial}
        deleteKeyCode={null}
        multiSelectionKeyCode={MANY}
        minZoom={0.15}
        maxZoom={2}
        zIndexMode="manual"
        elevateNodesOnSelect={false}
        fitView
        fitViewOptions={fit}
        proOptions={PLAIN}
        nodeDragThreshold={2}
        selectNodesOnDrag={false}
        disableKeyboardA11y={false}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={2} />
        <MiniMap className="b-minimap" style={OVERVIEW} pannable zoomable ariaLabel="Overview" nodeColor={colour} nodeBorderRadius={8} maskStrokeWidth={2} />
        <Controls />
        <Reason />
      </ReactFlow>
    </div>
  );
}

/** What the pointer does to what it is over. The same functions for good: a drag draws the canvas again and again. */
function hoverHandlers(store: Store) {
  const { getState } = store;
  return {
    onEdgeMouseEnter: (_: unknown, edge: FlowEdge) => getState().set({ near: edge.id }),
    onEdgeMouseLeave: (event: React.MouseEvent) => {
      if (!(event.relatedTarget instanceof Element && event.relatedTarget.closest(".b-linktools"))) getState().set({ near: null });
    },
    // Moves over connections and their tools come through the pane as well.
    onPaneMouseMove: (event: React.MouseEvent) => {
      if (getState().near && (event.target as Element).classList.contains("react-flow__pane")) getState().set({ near: null });
    },
    onNodeDoubleClick: (_: unknown, node: FlowNode) => void (node.type !== "note" && mayEdit(getState()) && getState().set({ renaming: node.id })),
  };
}

function opened(event: React.MouseEvent, store: Store, toCanvas: (point: { x: number; y: number }) => { x: number; y: number }): void {
  if (!(event.target as Element).classList.contains("react-flow__pane") || !mayEdit(store.getState())) return;
  const at = toCanvas({ x: event.clientX, y: event.clientY });
  store.getState().set({ adding: { target: { kind: "at", at }, at: { x: event.clientX - 120, y: event.clientY } } });
}

function colourOf(node: FlowNode, types: ReadonlyMap<string, { color: string; is_container: boolean }>): string {
  if (node.type === "note") return "#f5e3a8";
  const type = types.get((node.data as { step: { type: string } }).step.type);
  return type ? `${type.color}${type.is_container ? "33" : "cc"}` : "#94a3b8";
}
