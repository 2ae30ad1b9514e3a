import { useState } from "react";
import { type WidgetProps, aria, useForm } from "../form";

/** Texts, one a line. */
export function Texts(props: WidgetProps) {
  const { readOnly } = useForm();
  const [text, setText] = useState<string | null>(null);
  const list = Array.isArray(props.value) ? props.value.map(String) : [];
  const change = (typed: string): void => {
    setText(typed);
    props.onChange(typed.split("\n").map((line) => line.trim()).filter(Boolean));
  };
  return <textarea className="b-input b-input--lines" {...aria(props)} aria-labelledby={`${props.id}-label`} rows={Math.min(6, Math.max(2, list.length + 1))} placeholder="One a line" value={text ?? list.join("\n")} readOnly={readOnly} onChange={(event) => change(event.target.value)} onBlur={() => setText(null)} />;
}
