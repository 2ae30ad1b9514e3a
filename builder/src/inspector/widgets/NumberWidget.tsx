import { useState } from "react";
import { type WidgetProps, aria, useForm } from "../form";

/** A number. What may be left open is null when it is. */
export function NumberWidget(props: WidgetProps) {
  const { readOnly } = useForm();
  const { schema, nullable } = props.field;
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? (props.value == null ? "" : String(props.value));
  const change = (typed: string): void => {
    setText(typed);
    const number = Number(typed.replace(",", "."));
    if (typed.trim() === "") props.onChange(nullable ? null : (schema.default ?? null));
    else if (Number.isFinite(number)) props.onChange(schema.type === "integer" ? Math.round(number) : number);
  };
  return (
    <input
      className="b-input b-input--number"
      inputMode={schema.type === "integer" ? "numeric" : "decimal"}
      {...aria(props)}
      placeholder={nullable ? "As the service has it" : undefined}
      value={shown}
      readOnly={readOnly}
      onChange={(event) => change(event.target.value)}
      onBlur={() => setText(null)}
    />
  );
}
