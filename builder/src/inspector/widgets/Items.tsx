import { useState } from "react";
import { VariablePicker } from "../VariablePicker";
import { type WidgetProps, aria, useForm } from "../form";
import { Braces } from "../../ui/icons";

/** What to run the inside for: a variable, lines of text, a JSON list, a number; nothing is once. */
export function Items(props: WidgetProps) {
  const { readOnly, stepKey } = useForm();
  const [text, setText] = useState<string | null>(null);
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const shown = text ?? (props.value == null ? "" : typeof props.value === "string" ? props.value : JSON.stringify(props.value));
  const change = (typed: string): void => {
    setText(typed);
    props.onChange(typed.trim() === "" ? null : typed);
  };
  return (
    <div className="b-items">
      <textarea className="b-input b-input--lines" rows={3} {...aria(props)} placeholder="Empty: run once" value={shown} readOnly={readOnly} onChange={(event) => change(event.target.value)} onBlur={() => setText(null)} />
      {readOnly ? null : (
        <button type="button" className="b-insert" onClick={(event) => setAt({ x: event.currentTarget.getBoundingClientRect().left - 60, y: event.currentTarget.getBoundingClientRect().bottom + 4 })}>
          <Braces size={13} />Choose a variable
        </button>
      )}
      {at ? <VariablePicker stepKey={stepKey} at={at} onClose={() => setAt(null)} onPick={(path) => change(path)} /> : null}
    </div>
  );
}
