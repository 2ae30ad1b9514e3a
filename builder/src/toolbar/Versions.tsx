import { useEffect, useState } from "react";
import { toDoc } from "../api/calls";
import type { Shapes } from "../api/client";
import type { Doc } from "../graph/model";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { Dialog } from "../ui/Dialog";
import { Changes } from "./Changes";

/** Every saved version: what it differs in from what is drawn, and the way back to it. */
export function Versions() {
  const { store, actions, services } = useBuilder();
  const doc = useBuilderState((state) => state.doc);
  const canEdit = useBuilderState(mayEdit);
  const [rows, setRows] = useState<readonly Shapes["VersionRow"][] | null>(null);
  const [shown, setShown] = useState<{ number: number; doc: Doc } | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    void services.calls.versions().then((answer) => (answer.ok ? setRows(answer.data.results) : setError(answer.message)));
  }, [services]);
  const show = async (number: number): Promise<void> => {
    const answer = await services.calls.version(number);
    if (answer.ok) setShown({ number, doc: toDoc(answer.data) });
    else setError(answer.message);
  };
  return (
    <Dialog title="Versions" wide onClose={() => store.getState().set({ dialog: null })}>
      {error ? <p className="b-error" role="alert">{error}</p> : null}
      <div className="b-versions">
        <ul className="b-versions__list" aria-label="Saved versions">
          {(rows ?? []).map((row) => (
            <li key={row.number}>
              <button type="button" aria-pressed={shown?.number === row.number} onClick={() => void show(row.number)}>
                <b className="strong">Version {row.number}{row.current ? " (current)" : ""}</b>
                <span className="caption">{new Date(row.created_at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}{row.author ? `, ${row.author}` : ""}</span>
                {row.note ? <span className="secondary">{row.note}</span> : null}
              </button>
            </li>
          ))}
          {rows?.length === 0 ? <li className="secondary">Nothing is saved yet.</li> : null}
        </ul>
        <div className="b-versions__diff" aria-live="polite">
          {shown ? (
            <>
              <h3 className="section-title">From version {shown.number} to what is drawn</h3>
              <Changes from={shown.doc} to={doc} same="They are the same." />
              {canEdit ? <button type="button" className="button button--soft" onClick={() => void actions.restore(shown.number)}>Restore version {shown.number}</button> : null}
            </>
          ) : (
            <p className="secondary">Choose a version to see what has changed since.</p>
          )}
        </div>
      </div>
    </Dialog>
  );
}
