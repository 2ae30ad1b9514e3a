import { useState } from "react";
import { nameOf, stepOf } from "../graph/model";
import { refusal } from "../graph/rules";
import { handlesOf } from "../schema/types";
import { sentence } from "../schema/widgets";
import { useBuilder, useBuilderState } from "../state/context";
import { Dialog } from "../ui/Dialog";

/** Draw a connection without a mouse: from a way out of the selected step to a step that may follow. */
export function Connect() {
  const { store, actions } = useBuilder();
  const doc = useBuilderState((state) => state.doc);
  const types = useBuilderState((state) => state.types);
  const source = useBuilderState((state) => stepOf(state.doc, state.selected[0]));
  const handles = source ? handlesOf(types.get(source.type), source.config) : [];
  const [handle, setHandle] = useState(() => handles.find((one) => !doc.edges.some((link) => link.source === source?.key && link.source_handle === one)) ?? handles[0] ?? "out");
  const close = (): void => store.getState().set({ dialog: null });
  if (!source) return null;
  const targets = doc.nodes.filter((step) => step.key !== source.key).map((step) => ({ step, reason: refusal(doc, types, { source: source.key, source_handle: handle, target: step.key }) }));
  const open = targets.filter((one) => !one.reason);
  const shut = targets.filter((one) => one.reason);
  return (
    <Dialog title={`Connect ${nameOf(source)} to…`} onClose={close}>
      {handles.length > 1 ? (
        <div className="segmented b-segmented" role="radiogroup" aria-label="Way out">
          {handles.map((one) => <label key={one} className={one === handle ? "is-on" : ""}><input type="radio" className="visually-hidden" name="way" checked={one === handle} onChange={() => setHandle(one)} />{sentence(one)}</label>)}
        </div>
      ) : null}
      <ul className="b-connect" aria-label="Steps that may follow">
        {open.map(({ step }, index) => (
          <li key={step.key}><button type="button" className="menu__item" data-autofocus={index === 0 || undefined} onClick={() => {
            actions.join(source.key, handle, step.key);
            close();
            store.getState().hands?.focus(source.key);
          }}>{nameOf(step)}<span className="caption">{types.get(step.type)?.label}</span></button></li>
        ))}
        {open.length ? null : <li className="secondary">No step may follow here yet.</li>}
      </ul>
      {shut.length ? <details className="b-connect__shut"><summary className="caption">Not possible: {shut.length}</summary><ul>{shut.map(({ step, reason }) => <li key={step.key} className="caption"><b>{nameOf(step)}</b>: {reason}</li>)}</ul></details> : null}
    </Dialog>
  );
}
