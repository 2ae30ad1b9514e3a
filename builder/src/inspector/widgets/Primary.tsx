import { VariableInput } from "../VariableInput";
import { type WidgetProps, aria, useForm } from "../form";

/** The first picture, none, or the one that a variable holds. */
export function Primary(props: WidgetProps) {
  const { readOnly } = useForm();
  const value = String(props.value ?? "first");
  const kind = value === "first" || value === "none" ? value : "variable";
  return (
    <div className="b-pick">
      <select className="b-input b-select" {...aria(props)} disabled={readOnly} value={kind} onChange={(event) => props.onChange(event.target.value === "variable" ? "nodes." : event.target.value)}>
        <option value="first">The first</option>
        <option value="none">None</option>
        <option value="variable">A variable…</option>
      </select>
      {kind === "variable" ? <VariableInput id={`${props.id}-variable`} value={value} onChange={props.onChange} label={props.field.title} aria-label={`${props.field.title}: variable`} /> : null}
    </div>
  );
}
