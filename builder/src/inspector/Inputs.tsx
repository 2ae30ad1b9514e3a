import type { Step } from "../graph/model";
import { lookup, pathsOf, variablesFor } from "../schema/variables";
import { useBuilderState } from "../state/context";
import { knownValues } from "../state/values";

/** Which variables the step uses, and which it may use, with what they held last. */
export function Inputs({ step }: { step: Step }) {
  const doc = useBuilderState((state) => state.doc);
  const types = useBuilderState((state) => state.types);
  const scope = useBuilderState(knownValues);
  const used = pathsOf(step.config);
  const groups = variablesFor(doc, types, step.key);
  return (
    <div className="b-inputs">
      <h3 className="label">Used</h3>
      {used.length ? <ul className="b-inputs__list">{used.map((path) => <Row key={path} path={path} value={lookup(path, scope)} />)}</ul> : <p className="secondary">This step uses no variable yet.</p>}
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h3 className="label">{group.title}</h3>
          <ul className="b-inputs__list">{group.variables.map((one) => <Row key={one.path} path={one.path} value={lookup(one.path, scope)} />)}</ul>
        </section>
      ))}
    </div>
  );
}

function Row({ path, value }: { path: string; value: unknown }) {
  const text = value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return <li><code className="chip">{path}</code>{text ? <span className="caption ellipsis" title={text.slice(0, 400)}>{text.slice(0, 80)}</span> : null}</li>;
}
