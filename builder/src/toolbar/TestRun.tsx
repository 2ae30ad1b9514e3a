import { useEffect, useState } from "react";
import type { Shapes } from "../api/client";
import { useBuilder, useBuilderState } from "../state/context";
import { money } from "../state/money";
import { CircleX, FlaskConical } from "../ui/icons";
import { Dialog } from "../ui/Dialog";
import { Answer, type Question, UPLOADED } from "./Answer";

/** Ask the brief's questions, say what it will take, and launch the draft. */
export function TestRun() {
  const { store, actions, services } = useBuilder();
  const questions = useBuilderState((state) => {
    const root = state.doc.nodes.find((step) => state.types.get(step.type)?.is_root);
    return (Array.isArray(root?.config.fields) ? root.config.fields : NONE) as readonly Question[];
  });
  const [answers, setAnswers] = useState<Record<string, unknown>>(() => ({ ...store.getState().sample }));
  const [estimate, setEstimate] = useState<Shapes["Estimate"] | null>(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const [key] = useState(() => crypto.randomUUID?.() ?? String(Math.random()).slice(2));
  useEffect(() => {
    let gone = false;
    void services.autosave.push().then(() => services.calls.estimate({})).then((answer) => {
      if (!gone && answer.ok) setEstimate(answer.data);
    });
    return () => {
      gone = true;
    };
  }, [services]);
  const start = async (): Promise<void> => {
    setBusy(true);
    store.getState().set({ sample: answers });
    const inputs = Object.fromEntries(questions.filter((one) => answers[one.key] !== undefined && answers[one.key] !== "").map((one) => [one.key, answers[one.key]]));
    setError((await actions.test(inputs, key)) ?? "");
    setBusy(false);
  };
  return (
    <Dialog title="Test run of the draft" onClose={() => store.getState().set({ dialog: null })}>
      <form className="b-test" onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void start();
      }} onKeyDown={(event) => {
        if (event.key === "Enter" && event.ctrlKey && !busy) void start();
      }}>
        {questions.length ? null : <p className="secondary">The brief asks for nothing.</p>}
        {questions.map((one) => (
          <div key={one.key} className="b-field">
            <label className="label" id={`q-${one.key}-label`} htmlFor={UPLOADED.has(one.kind ?? "") ? undefined : `q-${one.key}`}>{one.label || one.key}{one.required ? <span className="b-required" aria-hidden="true"> *</span> : null}</label>
            <Answer question={one} value={answers[one.key]} onChange={(value) => setAnswers({ ...answers, [one.key]: value })} />
            {one.help ? <p className="caption">{one.help}</p> : null}
          </div>
        ))}
        <p className="inset b-test__cost number">{estimate ? takes(estimate) : "What it will take is being counted."}</p>
        {error ? <p className="b-error" role="alert"><CircleX size={14} />{error}</p> : null}
        <div className="dialog__actions">
          <button type="button" className="button" onClick={() => store.getState().set({ dialog: null })}>Cancel</button>
          <button type="submit" className="button button--primary" aria-disabled={busy}><FlaskConical size={16} />Start test run</button>
        </div>
      </form>
    </Dialog>
  );
}

const NONE: readonly Question[] = [];

function takes(found: Shapes["Estimate"]): string {
  const calls = found.agent_calls === null ? "a number of calls that the answers decide" : `${found.agent_calls} call${found.agent_calls === 1 ? "" : "s"}`;
  const cost = found.cost === null ? "cost unknown" : `about ${money(found.cost)}`;
  const seconds = found.seconds === null ? "" : `, about ${Math.max(1, Math.round(found.seconds))} s without the time that people take`;
  return `${found.steps} steps, ${calls}, ${cost}${seconds}. It is a real run: its document and images are kept.`;
}
