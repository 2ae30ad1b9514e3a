import { useEffect, useState } from "react";
import type { Shapes } from "../api/client";
import type { Step } from "../graph/model";
import type { NodeType } from "../schema/types";
import { lookup, pathsOf } from "../schema/variables";
import { outputsOf } from "../schema/types";
import { useBuilder, useBuilderState } from "../state/context";
import { money } from "../state/money";
import { knownValues, put } from "../state/values";
import { CircleCheck, CircleX, FlaskConical, LoaderCircle } from "../ui/icons";

/** The foot of the panel: what trying this step alone will take, then trying it. */
export function TryStep({ step, type }: { step: Step; type: NodeType | undefined }) {
  const { store } = useBuilder();
  const canRun = useBuilderState((state) => state.boot.rights.run && state.boot.rights.edit);
  const cost = useStepCost(step, Object.values(type?.schema.properties ?? {}).some((one) => one["x-widget"] === "provider"));
  if (!canRun || !type || type.is_root || type.is_container) return null;
  return (
    <footer className="b-panel__foot">
      <div><p className="b-panel__cost">{cost.title}</p><p className="caption number">{cost.words}</p></div>
      <button type="button" className="button button--soft" onClick={() => store.getState().set({ panel: "output" })}><FlaskConical size={16} />Try this step</button>
    </footer>
  );
}

/** What the draft's estimate says of one step; asked again when the saved draft has changed. */
function useStepCost(step: Step, asksModels: boolean): { title: string; words: string } {
  const { services } = useBuilder();
  const saved = useBuilderState((state) => state.save.at);
  const [found, setFound] = useState<Shapes["NodeEstimate"] | null>(null);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      const answer = await services.calls.estimate({});
      if (!gone && answer.ok) setFound(answer.data.nodes.find((one) => one.key === step.key) ?? null);
    }, 300);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [services, step.key, saved]);
  if (!found) return { title: "This step alone", words: "Its cost is being counted" };
  if (!found.agent_calls) {
    return asksModels ? { title: "Cost not known yet", words: "The answers decide whether it runs" } : { title: "Without a model", words: "Costs nothing" };
  }
  const calls = `${found.agent_calls} call${found.agent_calls > 1 ? "s" : ""}`;
  const tokens = found.tokens ? `, about ${found.tokens.toLocaleString("en")} tokens` : "";
  return { title: found.cost === null ? "Cost unknown" : `About ${money(found.cost)} a run`, words: calls + tokens };
}

/** What the step gave last, and the form that tries it on values of one's own. */
export function Output({ step, type }: { step: Step; type: NodeType | undefined }) {
  const run = useBuilderState((state) => state.run?.steps.get(step.key));
  const tried = useBuilderState((state) => state.tries[step.key]);
  const canRun = useBuilderState((state) => state.boot.rights.run && state.boot.rights.edit);
  const prefix = type?.is_root ? "brief" : `nodes.${step.key}`;
  return (
    <div className="b-output">
      {canRun && type && !type.is_root && !type.is_container ? <TryForm step={step} /> : null}
      {tried ? <Result title="Last try" words={`${tried.seconds.toFixed(1)} s, ${tried.cost === null ? "cost unknown" : money(tried.cost)}${tried.limited_to ? `, ${tried.limited_to} agents at most in a try` : ""}`} output={tried.output} /> : null}
      {run?.output && run.status !== "failed" ? <Result title="Last test run" words={run.words} output={run.output} /> : null}
      {run?.error ? <p className="notice status-failed"><CircleX size={16} /><span>{run.error}</span></p> : null}
      <h3 className="label">Steps below may use</h3>
      <ul className="b-inputs__list">{outputsOf(type, step.config).map((name) => <li key={name}><code className="chip">{prefix}.{name}</code></li>)}</ul>
    </div>
  );
}

function TryForm({ step }: { step: Step }) {
  const { store, services } = useBuilder();
  const scope = useBuilderState(knownValues);
  const paths = pathsOf(step.config).filter((path) => /^(brief|nodes|item)\b/.test(path));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [state, setState] = useState<{ busy: boolean; error: string }>({ busy: false, error: "" });
  const shown = (path: string): string => texts[path] ?? asText(lookup(path, scope));
  const run = async (): Promise<void> => {
    setState({ busy: true, error: "" });
    const context: Record<string, unknown> = structuredClone(scope) as unknown as Record<string, unknown>;
    for (const path of paths) if (texts[path] !== undefined || lookup(path, scope) === undefined) put(context, path, asValue(shown(path)));
    const answer = await services.calls.tryStep(step.type, step.config as Record<string, unknown>, context);
    setState({ busy: false, error: answer.ok ? "" : answer.message });
    if (answer.ok) store.getState().set({ tries: { ...store.getState().tries, [step.key]: answer.data } });
    const brief = Object.fromEntries(Object.entries(texts).filter(([path]) => /^brief\.\w+$/.test(path)).map(([path, text]) => [path.slice(6), asValue(text)]));
    if (Object.keys(brief).length) store.getState().set({ sample: { ...store.getState().sample, ...brief } });
  };
  return (
    <form className="inset b-try" onSubmit={(event) => {
      event.preventDefault();
      if (!state.busy) void run();
    }}>
      <p className="label">Try it with</p>
      {paths.length ? null : <p className="caption">It uses no variables.</p>}
      {paths.map((path) => (
        <label key={path} className="b-try__row"><code className="chip">{path}</code>
          <textarea className="b-input b-input--lines" rows={Math.min(4, Math.max(1, shown(path).split("\n").length))} value={shown(path)} onChange={(event) => setTexts({ ...texts, [path]: event.target.value })} /></label>
      ))}
      <button type="submit" className="button button--sm button--soft" aria-disabled={state.busy}>{state.busy ? <LoaderCircle size={16} className="b-spin" /> : <FlaskConical size={16} />}{state.busy ? "Trying" : "Try"}</button>
      {state.error ? <p className="b-error" role="alert"><CircleX size={14} />{state.error}</p> : null}
    </form>
  );
}

function Result({ title, words, output }: { title: string; words: string; output: Record<string, unknown> }) {
  const variants = Array.isArray(output.variants) ? (output.variants as { text?: unknown }[]) : [];
  const images = Array.isArray(output.images) ? (output.images as { url?: unknown; alt_text?: unknown }[]) : [];
  const rest = variants.length || images.length ? null : output;
  return (
    <section className="inset b-result" aria-label={title}>
      <p className="b-result__head"><CircleCheck size={14} /><b className="label">{title}</b><span className="caption number">{words}</span></p>
      {variants.map((one, index) => <blockquote key={index}>{String(one.text ?? "")}</blockquote>)}
      {images.length ? <div className="b-result__images">{images.map((one, index) => <img key={index} src={String(one.url ?? "")} alt={String(one.alt_text ?? "")} loading="lazy" />)}</div> : null}
      {rest ? <pre tabIndex={0}>{Object.entries(rest).map(([name, value]) => `${name}: ${asText(value)}`).join("\n")}</pre> : null}
    </section>
  );
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

function asValue(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
