import { NodeResizeControl, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useShallow } from "zustand/react/shallow";
import { leastSize } from "../graph/sizes";
import { insideWords } from "../state/adding";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { ChevronDown, ChevronUp, Plus } from "../ui/icons";
import { TypeIcon, lookOf } from "../ui/TypeIcon";
import { Handles } from "./Handles";
import { ProblemMark, StatusLine } from "./Mark";
import { StepTools } from "./StepTools";
import { Title } from "./Title";
import type { StepFlow } from "./flow";

/** A step that holds others: dropped in, dragged out, sized by its corner, closed. */
export const ContainerNode = memo(function ContainerNode({ data: { step }, selected }: NodeProps<StepFlow>) {
  const { store } = useBuilder();
  const { key } = step;
  const type = useBuilderState((state) => state.types.get(step.type));
  const words = useBuilderState((state) => insideWords(state.doc, key));
  const closed = useBuilderState((state) => state.view.closed.includes(key));
  const isTarget = useBuilderState((state) => state.dropInto === key);
  const status = useBuilderState((state) => state.run?.steps.get(key)?.status);
  const alone = useBuilderState((state) => selected && state.selected.length === 1);
  const canEdit = useBuilderState(mayEdit);
  const least = useBuilderState(useShallow((state) => leastSize(state.doc, state.types, key, state.view)));
  const look = lookOf(type);
  const names = [look.className, "b-box", selected ? (alone ? "is-selected" : "is-chosen") : "", isTarget ? "is-target" : "", closed ? "is-closed" : "", status ? `is-${status}` : ""];
  const toggle = (): void => {
    const { view } = store.getState();
    store.getState().set({ view: { ...view, closed: closed ? view.closed.filter((one) => one !== key) : [...view.closed, key] } });
  };
  return (
    <div className={names.filter(Boolean).join(" ")} style={look.style}>
      <div className="b-box__head">
        <span className="tile tile--sm"><TypeIcon type={type} size={15} /></span>
        <Title step={step} className="b-card__name" />
        {status ? <StatusLine stepKey={key} /> : <span className="b-card__type">{type?.label}</span>}
        <span className="b-box__count">{words}</span>
        <span className="b-box__tools nodrag nopan">
          {canEdit && !closed ? (
            <button
              type="button"
              className="b-box__add"
              aria-label={`Add a step inside ${step.label || key}`}
              onClick={(event) => {
                event.stopPropagation();
                const box = event.currentTarget.getBoundingClientRect();
                store.getState().set({ adding: { target: { kind: "inside", key }, at: { x: box.left - 140, y: box.bottom + 6 } } });
              }}
            >
              <Plus size={12} /> Step
            </button>
          ) : null}
          <button type="button" className="b-box__fold" aria-label={closed ? "Open the container" : "Close the container"} aria-expanded={!closed} onClick={toggle}>
            {closed ? <ChevronDown size={16} /> : <ChevronUp size={16} />}
          </button>
        </span>
      </div>
      {words === "empty" && !closed ? <p className="b-box__empty">{canEdit ? "Drop steps here. They run side by side." : "No steps stand in it."}</p> : null}
      <ProblemMark stepKey={key} />
      <Handles step={step} type={type} />
      {selected && canEdit && !closed ? (
        <NodeResizeControl
          className="b-resize"
          minWidth={least.width}
          minHeight={least.height}
          onResizeEnd={(_, size) => {
            const { view } = store.getState();
            store.getState().set({ view: { ...view, sizes: { ...view.sizes, [key]: { width: size.width, height: size.height } } } });
          }}
        />
      ) : null}
      {alone ? <StepTools step={step} /> : null}
    </div>
  );
});
