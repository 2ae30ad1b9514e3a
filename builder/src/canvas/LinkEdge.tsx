import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { memo } from "react";
import { stepOf } from "../graph/model";
import { disconnect } from "../graph/operations";
import { countOf } from "../schema/summary";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { Plus, Trash2 } from "../ui/icons";
import type { FlowEdge } from "./flow";

/** Pixels between two steps that a label fits into. */
const ROOM = 32;
/** Pixels above a step where connections turn to it: those that meet there share the way. */
const BEND = 24;

/** A connection; the one under the pointer or selected can be taken away, or a step put into it. */
export const LinkEdge = memo(function LinkEdge({ id, source, target, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected }: EdgeProps<FlowEdge>) {
  const gap = targetY - sourceY;
  const bend = gap > 2 * BEND && Math.abs(targetX - sourceX) > 1 ? { centerY: targetY - BEND } : {};
  const offset = gap > 0 ? Math.min(20, gap / 4) : 20;
  const [path, x, y] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 12, offset, ...bend });
  const look = useBuilderState((state) => {
    const [from, to] = [state.run?.steps.get(source)?.status, state.run?.steps.get(target)?.status];
    if (!from || !to) return "";
    if (to === "skipped") return "is-skipped";
    if (to === "running" && from === "completed") return "is-running";
    return from === "completed" && to === "completed" ? "is-done" : "";
  });
  const near = useBuilderState((state) => state.near === id);
  const count = useBuilderState((state) => {
    const step = stepOf(state.doc, source);
    return step && gap >= ROOM ? countOf(state.types.get(step.type), step.config) : "";
  });
  return (
    <>
      <BaseEdge id={id} path={path} className={`b-link ${look} ${selected ? "is-selected" : ""}`} interactionWidth={24} />
      {selected || near ? <LinkTools id={id} x={x} y={y} /> : count ? <Count x={x} y={y} words={count} /> : null}
    </>
  );
});

/** How many things go down a connection. Drawn with it, so that a hundred of them are not laid out. */
function Count({ x, y, words }: { x: number; y: number; words: string }) {
  const width = words.length * 6.1 + 16;
  return (
    <g className="b-count">
      <rect x={x - width / 2} y={y - 10} width={width} height={20} rx={6} />
      <text x={x} y={y + 4}>{words}</text>
    </g>
  );
}

function LinkTools({ id, x, y }: { id: string; x: number; y: number }) {
  const { store } = useBuilder();
  const canEdit = useBuilderState(mayEdit);
  if (!canEdit) return null;
  return (
    <EdgeLabelRenderer>
      <div className="b-linktools nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
        <button
          type="button"
          className="b-plus"
          aria-label="Add a step here"
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            store.getState().set({ adding: { target: { kind: "on", link: id }, at: { x: box.left - 110, y: box.bottom + 6 } } });
          }}
        >
          <Plus size={12} />
        </button>
        <button type="button" className="b-plus b-plus--delete" aria-label="Delete the connection" onClick={() => store.getState().edit((doc) => disconnect(doc, [id]))}><Trash2 size={12} /></button>
      </div>
    </EdgeLabelRenderer>
  );
}
