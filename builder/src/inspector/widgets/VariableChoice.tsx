import { VariableInput } from "../VariableInput";
import { type WidgetProps, aria } from "../form";

/** The path of one variable, chosen or typed. */
export function VariableChoice(props: WidgetProps) {
  return <VariableInput {...aria(props)} value={String(props.value ?? "")} onChange={props.onChange} roots={props.field.schema["x-roots"]} label={props.field.title} />;
}
