import { useState } from "react";
import { type WidgetProps, aria, useForm } from "../form";

/** Anything: text, a number, true or false, a list as JSON; empty is nothing. */
export function Value(props: WidgetProps) {
  const { readOnly } = useForm();
  const [text, setText] = useState<string | null>(null);
  const shown = text ?? (props.value == null ? "" : typeof props.value === "string" ? props.value : JSON.stringify(props.value));
  const change = (typed: string): void => {
    setText(typed);
    props.onChange(typed === "" ? (props.field.nullable || props.field.schema.default === null ? null : "") : parsed(typed));
  };
  return <input className="b-input" {...aria(props)} value={shown} readOnly={readOnly} onChange={(event) => change(event.target.value)} onBlur={() => setText(null)} />;
}

function parsed(typed: string): unknown {
  const plain = typed.trim();
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(plain)) return Number(plain);
  if (plain === "true" || plain === "false") return plain === "true";
  if (!/^[[{]/.test(plain)) return typed;
  try {
    return JSON.parse(plain) as unknown;
  } catch {
    return typed;
  }
}
