import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { summaryOf } from "../schema/summary";
import { useBuilderState } from "../state/context";
import { TypeIcon, lookOf } from "../ui/TypeIcon";
import { Handles } from "./Handles";
import { ProblemMark, StatusLine } from "./Mark";
import { StepTools } from "./StepTools";
import { Title } from "./Title";
import type { StepFlow } from "./flow";

/** Every ordinary step, whatever its type: what differs comes from the server's description. */
export const StepNode = memo(function StepNode({ data: { step }, selected }: NodeProps<StepFlow>) {
  const type = useBuilderState((state) => state.types.get(step.type));
  const status = useBuilderState((state) => state.run?.steps.get(step.key)?.status);
  const alone = useBuilderState((state) => selected && state.selected.length === 1);
  const linked = useBuilderState((state) => step.parent !== null && state.doc.edges.some((link) => link.source === step.key || link.target === step.key));
  const look = lookOf(type);
  const chips = summaryOf(type, step.config);
  const names = [look.className, "b-card", selected ? (alone ? "is-selected" : "is-chosen") : "", step.parent ? "b-card--inside" : "", status ? `is-${status}` : "", linked ? "is-linked" : ""];
  return (
    <div className={names.filter(Boolean).join(" ")} style={look.style}>
      <div className="b-card__head">
        <span className={step.parent ? "tile tile--sm" : "tile"}><TypeIcon type={type} size={step.parent ? 15 : 18} /></span>
        <span className="b-card__words">
          <Title step={step} className="b-card__name" />
          {status ? <StatusLine stepKey={step.key} /> : <span className="b-card__type">{type?.label ?? `Unknown type ${step.type}`}</span>}
        </span>
      </div>
      {chips.length ? (
        <div className="b-card__facts">
          {chips.map((chip) => <span key={chip.text} className={chip.code ? "chip" : "b-fact"}>{chip.text}</span>)}
        </div>
      ) : null}
      <ProblemMark stepKey={step.key} />
      <Handles step={step} type={type} />
      {alone ? <StepTools step={step} /> : null}
    </div>
  );
});
