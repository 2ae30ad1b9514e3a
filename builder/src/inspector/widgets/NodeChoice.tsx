import { useMemo } from "react";
import { nameOf, stepOf } from "../../graph/model";
import { upstream } from "../../graph/walk";
import { useBuilderState } from "../../state/context";
import { type WidgetProps, aria, useForm } from "../form";

/** A step above this one, and beside it where it stands in a container. */
export function NodeChoice(props: WidgetProps) {
  const { readOnly, stepKey } = useForm();
  const doc = useBuilderState((state) => state.doc);
  const types = useBuilderState((state) => state.types);
  const steps = useMemo(() => {
    const parent = stepOf(doc, stepKey)?.parent ?? null;
    return upstream(doc, stepKey).filter((step) => !types.get(step.type)?.is_root && (parent === null || step.parent === parent));
  }, [doc, types, stepKey]);
  const value = String(props.value ?? "").replace(/^nodes\./, "");
  return (
    <select className="b-input b-select" {...aria(props)} disabled={readOnly} value={value} onChange={(event) => props.onChange(event.target.value)}>
      <option value="">None</option>
      {steps.map((step) => <option key={step.key} value={step.key}>{nameOf(step)}</option>)}
      {value && !steps.some((step) => step.key === value) ? <option value={value}>{value} (not above)</option> : null}
    </select>
  );
}
