import { useStore } from "@xyflow/react";
import { useBuilder, useBuilderState } from "../state/context";
import { Lock, LockOpen, Maximize, Minus, Plus } from "../ui/icons";

/** Zoom, fit, lock. */
export function Controls() {
  const { store } = useBuilder();
  const percent = useStore((flow) => Math.round(flow.transform[2] * 100));
  const locked = useBuilderState((state) => state.locked);
  const canEdit = useBuilderState((state) => state.boot.rights.edit);
  const hands = () => store.getState().hands;
  return (
    <div className="b-controls" role="toolbar" aria-label="View">
      <button type="button" className="b-tool" aria-label="Zoom out" data-tip="Zoom out" onClick={() => hands()?.zoom(-1)}><Minus size={16} /></button>
      <button type="button" className="b-controls__zoom" aria-label={`Zoom ${percent} %: back to 100 %`} onClick={() => hands()?.zoom(null)}>{percent}%</button>
      <button type="button" className="b-tool" aria-label="Zoom in" data-tip="Zoom in" onClick={() => hands()?.zoom(1)}><Plus size={16} /></button>
      <i className="b-divider" />
      <button type="button" className="b-tool" aria-label="Show everything" data-tip="Show everything" onClick={() => hands()?.fit()}><Maximize size={16} /></button>
      {canEdit ? (
        <button type="button" className="b-tool" aria-pressed={locked} aria-label="Lock the canvas" data-tip={locked ? "Unlock" : "Lock"} onClick={() => store.getState().set({ locked: !locked })}>
          {locked ? <Lock size={16} /> : <LockOpen size={16} />}
        </button>
      ) : null}
    </div>
  );
}
