import { useState } from "react";
import type { Step } from "../graph/model";
import { useBuilder } from "../state/context";
import { rekeyStep } from "../state/rekeying";
import { CircleX } from "../ui/icons";
import { useForm } from "./form";

/** What variables call the step. The steps that use it follow when it is called otherwise. */
export function StepKey({ step }: { step: Step }) {
  const { store } = useBuilder();
  const { readOnly } = useForm();
  const [text, setText] = useState(step.key);
  const [error, setError] = useState("");
  const end = (): boolean => {
    const reason = rekeyStep(store, step.key, text.trim());
    setError(reason ?? "");
    return !reason;
  };
  return (
    <div className="b-field">
      <div className="b-field__label"><label className="label" htmlFor="step-key">Name in variables</label></div>
      <input id="step-key" className="b-input b-input--code" value={text} maxLength={40} readOnly={readOnly} spellCheck={false} autoComplete="off" aria-invalid={Boolean(error) || undefined} aria-describedby="step-key-more" onChange={(event) => setText(event.target.value)} onBlur={end} onKeyDown={(event) => {
        if (event.key === "Enter" && end()) store.getState().hands?.focus(text.trim());
        if (event.key !== "Escape" || text === step.key) return;
        event.stopPropagation(); // the first takes back what was typed, the next leaves the form
        setText(step.key);
        setError("");
      }} />
      <div id="step-key-more">
        {error ? <ul className="b-issues"><li className="is-error"><CircleX size={13} /><span role="alert">{error}</span></li></ul> : <p className="caption">Read as <code className="chip">nodes.{text || step.key}</code>. Steps that use it follow.</p>}
      </div>
    </div>
  );
}
