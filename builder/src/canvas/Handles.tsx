import { Handle, Position, useUpdateNodeInternals } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";
import type { Step } from "../graph/model";
import { CARD } from "../graph/sizes";
import { type NodeType, handlesOf } from "../schema/types";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { sentence } from "../schema/widgets";
import { Check, Plus, X } from "../ui/icons";

const GOOD = new Set(["yes", "true", "approved"]);
const BAD = new Set(["no", "false", "rejected"]);

/** The way in and the ways out of a step, each with a button that adds the next step. */
export const Handles = memo(function Handles({ step, type }: { step: Step; type: NodeType | undefined }) {
  const handles = handlesOf(type, step.config);
  const named = handles.length > 1 || handles[0] !== "out";
  const names = handles.join(" ");
  const measured = useRef(names);
  const measure = useUpdateNodeInternals();
  useEffect(() => {
    // React Flow looks again at a card whose size changes, and a way out that is called otherwise changes none.
    if (measured.current !== names) measure(step.key);
    measured.current = names;
  }, [names, measure, step.key]);
  return (
    <>
      {type?.is_root ? null : <Handle type="target" position={Position.Top} id="in" isConnectableStart={false} />}
      {handles.map((handle, index) => (
        <Way key={handle} step={step} handle={handle} left={`calc(50% + ${(index - (handles.length - 1) / 2) * CARD.handle}px)`} named={named} tight={handles.length > 2} />
      ))}
    </>
  );
});

function Way({ step, handle, left, named, tight }: { step: Step; handle: string; left: string; named: boolean; tight: boolean }) {
  const { store } = useBuilder();
  const isFree = useBuilderState((state) => !state.doc.edges.some((link) => link.source === step.key && link.source_handle === handle));
  const canEdit = useBuilderState(mayEdit);
  const tone = GOOD.has(handle) ? "good" : BAD.has(handle) ? "bad" : "plain";
  return (
    <>
      <Handle type="source" position={Position.Bottom} id={handle} style={{ left }} isConnectableEnd={false} />
      {named ? (
        <span className={`b-way b-way--${tone} ${tight ? "b-way--tight" : ""}`} style={{ left }}>
          {tone === "good" ? <Check size={12} /> : tone === "bad" ? <X size={12} /> : null}
          <span className="ellipsis">{sentence(handle)}</span>
        </span>
      ) : null}
      {canEdit && isFree ? (
        <button
          type="button"
          className={named ? "b-plus b-plus--handle b-plus--named nodrag nopan" : "b-plus b-plus--handle nodrag nopan"}
          style={{ left }}
          aria-label={`Add a step after ${step.label || step.key}${named ? `, ${handle}` : ""}`}
          onClick={(event) => {
            event.stopPropagation();
            const box = event.currentTarget.getBoundingClientRect();
            store.getState().set({ adding: { target: { kind: "after", key: step.key, handle }, at: { x: box.left - 110, y: box.bottom + 6 } } });
          }}
        >
          <Plus size={12} />
        </button>
      ) : null}
    </>
  );
}
