import { useMemo } from "react";
import { type Doc, type Step, nameOf } from "../graph/model";
import { inOrder } from "../graph/walk";
import { type Fact, factsOf } from "../schema/facts";
import { summaryOf } from "../schema/summary";
import type { NodeType } from "../schema/types";
import { useBuilderState } from "../state/context";
import { ChevronDown } from "../ui/icons";
import { TypeIcon, lookOf } from "../ui/TypeIcon";
import { nextOf } from "./Outline";

/** A workflow to read, as a phone shows it: every step in order, opened to what it is set to. */
export function Reading() {
  const doc = useBuilderState((state) => state.doc);
  const types = useBuilderState((state) => state.types);
  const steps = useMemo(() => inOrder(doc), [doc]);
  return (
    <ol className="b-outline b-outline--full" aria-label="Steps in the order in which they run">
      {steps.map((step) => (
        <li key={step.key} className={step.parent ? "b-outline__row--inside" : ""}>
          <OneStep doc={doc} step={step} type={types.get(step.type)} />
        </li>
      ))}
    </ol>
  );
}

function OneStep({ doc, step, type }: { doc: Doc; step: Step; type: NodeType | undefined }) {
  const look = lookOf(type);
  const facts = factsOf(type, step.config);
  const next = nextOf(doc, step.key);
  return (
    <details className="b-read">
      <summary className={`b-kind ${look.className}`} style={look.style}>
        <span className="tile tile--sm"><TypeIcon type={type} size={15} /></span>
        <span className="b-kind__words">
          <b className="name ellipsis">{nameOf(step)}</b>
          <small className="caption ellipsis">{type?.label ?? step.type}{next.length ? `, then ${next.join("; ")}` : ""}</small>
          <span className="b-card__facts">{summaryOf(type, step.config).map((chip) => <span key={chip.text} className={chip.code ? "chip" : "b-fact"}>{chip.text}</span>)}</span>
        </span>
        <ChevronDown className="b-read__sign" size={16} />
      </summary>
      <dl className="b-read__facts">
        {facts.map((fact) => <Row key={fact.title} {...fact} />)}
        {next.length ? <Row title="Then" text={next.join("\n")} /> : null}
      </dl>
    </details>
  );
}

function Row({ title, text }: Fact) {
  return <div><dt className="label">{title}</dt><dd>{text}</dd></div>;
}
