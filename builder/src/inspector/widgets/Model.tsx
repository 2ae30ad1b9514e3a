import { stepOf } from "../../graph/model";
import { useBuilderState } from "../../state/context";
import { type WidgetProps, aria, useForm } from "../form";

/** A model of the chosen service; any name may be typed. */
export function Model(props: WidgetProps) {
  const { readOnly, stepKey } = useForm();
  const slug = useBuilderState((state) => String(stepOf(state.doc, stepKey)?.config.provider ?? ""));
  const providers = useBuilderState((state) => state.boot.providers);
  const models = [...new Set(providers.filter((one) => !slug || one.slug === slug).flatMap((one) => one.models))];
  return (
    <>
      <input className="b-input" {...aria(props)} list={`${props.id}-models`} placeholder="The service's own default" value={String(props.value ?? "")} maxLength={props.field.schema.maxLength} readOnly={readOnly} onChange={(event) => props.onChange(event.target.value)} />
      <datalist id={`${props.id}-models`}>{models.map((one) => <option key={one} value={one} />)}</datalist>
    </>
  );
}
