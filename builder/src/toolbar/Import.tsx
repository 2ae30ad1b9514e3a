import { useState } from "react";
import { useBuilder } from "../state/context";
import { Dialog } from "../ui/Dialog";

/** Draw what a file or a text holds, in the place of what is drawn; Undo brings that back. */
export function Import() {
  const { store, actions } = useBuilder();
  const [text, setText] = useState("");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const take = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const reason = await actions.importText(text);
    setBusy(false);
    if (reason) setError(reason);
    else store.getState().set({ dialog: null });
  };
  return (
    <Dialog title="Import JSON" onClose={() => store.getState().set({ dialog: null })}>
      <div className="b-test">
        <p className="dialog__text">It takes the place of what is drawn here. Undo brings that back.</p>
        <div className="b-field"><label className="label" htmlFor="import-file">File</label>
          <input id="import-file" className="b-input" type="file" accept=".json,application/json" onChange={async (event) => setText((await event.target.files?.[0]?.text()) ?? "")} /></div>
        <div className="b-field"><label className="label" htmlFor="import-text">Or its text</label>
          <textarea id="import-text" className="b-input b-input--lines b-input--code" rows={6} value={text} onChange={(event) => setText(event.target.value)} /></div>
        {error ? <p className="b-error" role="alert">{error}</p> : null}
        <div className="dialog__actions"><button type="button" className="button" onClick={() => store.getState().set({ dialog: null })}>Cancel</button><button type="button" className="button button--primary" aria-disabled={busy} onClick={() => void take()}>Import</button></div>
      </div>
    </Dialog>
  );
}
