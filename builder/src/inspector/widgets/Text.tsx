import { type WidgetProps, aria, useForm } from "../form";

/** Plain text on one line. */
export function Text(props: WidgetProps) {
  const { readOnly } = useForm();
  return (
    <input
      className={props.field.schema.pattern ? "b-input b-input--code" : "b-input"}
      {...aria(props)}
      value={String(props.value ?? "")}
      maxLength={props.field.schema.maxLength}
      readOnly={readOnly}
      spellCheck={!props.field.schema.pattern}
      onChange={(event) => props.onChange(event.target.value)}
    />
  );
}
