import { NodeToolbar, Position } from "@xyflow/react";
import { useState } from "react";
import { type Step, nameOf } from "../graph/model";
import { handlesOf } from "../schema/types";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { Copy, Ellipsis, Play, Trash2 } from "../ui/icons";
import { Menu } from "../ui/Menu";
import { stepItems } from "./stepItems";

/** The verbs below the selected step. */
export function StepTools({ step }: { step: Step }) {
  const { store, actions } = useBuilder();
  const canEdit = useBuilderState(mayEdit);
  const canRun = useBuilderState((state) => state.boot.rights.run);
  const handles = useBuilderState((state) => handlesOf(state.types.get(step.type), step.config).length);
  const isWide = useBuilderState((state) => state.types.get(step.type)?.is_container);
  const isRoot = useBuilderState((state) => state.types.get(step.type)?.is_root);
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  if (!canEdit) return null;
  return (
    <NodeToolbar position={Position.Bottom} offset={handles > 1 ? 60 : 10} align={handles > 1 || isWide ? "start" : "center"} className={handles > 1 || isWide ? "b-tools nodrag nopan" : "b-tools b-tools--aside nodrag nopan"} aria-label={`Verbs of ${nameOf(step)}`}>
      {canRun && !isRoot && !isWide ? <button type="button" className="b-tool" aria-label="Try this step" data-tip="Try" onClick={() => store.getState().set({ panel: "output", panelOpen: true })}><Play size={16} /></button> : null}
      {isRoot ? null : (
        <>
          <button type="button" className="b-tool" aria-label="Duplicate" data-tip="Duplicate" onClick={() => actions.duplicate()}><Copy size={16} /></button>
          <button type="button" className="b-tool" aria-label="Delete" data-tip="Delete" onClick={() => actions.removeSelected()}><Trash2 size={16} /></button>
        </>
      )}
      <button
        type="button"
        className="b-tool"
        aria-label="More"
        aria-haspopup="menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt({ x: box.left, y: box.bottom + 6 });
        }}
      >
        <Ellipsis size={16} />
      </button>
      {at ? <Menu label={`Verbs of ${nameOf(step)}`} at={at} items={stepItems(store, actions, step)} onClose={() => setAt(null)} /> : null}
    </NodeToolbar>
  );
}
