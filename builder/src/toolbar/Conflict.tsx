import { useBuilder, useBuilderState } from "../state/context";
import { Dialog } from "../ui/Dialog";
import { Changes } from "./Changes";
import { useState } from "react";

/** Two people, or two tabs, have changed the same workflow: show both and let the person choose. */
export function Conflict() {
  const { actions } = useBuilder();
  const theirs = useBuilderState((state) => state.save.theirs);
  const mine = useBuilderState((state) => state.doc);
  const [later, setLater] = useState(false);
  if (!theirs) return null;
  if (later) return <div className="b-banner" role="alert"><span>Somebody else has changed this workflow. Yours is kept in this browser until you choose.</span><button type="button" className="button button--xs" onClick={() => setLater(false)}>Choose</button></div>;
  return (
    <Dialog title="Somebody else has changed this workflow" wide onClose={() => setLater(true)}>
      <p className="dialog__text">Both are kept until you choose, and Undo brings the other one back.</p>
      <div className="b-conflict">
        <section aria-label="Theirs"><h3 className="section-title">Theirs, saved on the server</h3><p className="caption">{theirs.doc.nodes.length} steps, {theirs.doc.edges.length} connections</p></section>
        <section aria-label="Yours"><h3 className="section-title">Yours, in this tab</h3><p className="caption">{mine.nodes.length} steps, {mine.edges.length} connections</p></section>
      </div>
      <h3 className="label">From theirs to yours</h3>
      <Changes from={theirs.doc} to={mine} same="They are the same by now." />
      <div className="dialog__actions">
        <button type="button" className="button" onClick={actions.takeTheirs}>Take theirs</button>
        <button type="button" className="button" onClick={() => void actions.keepBoth()}>Keep both</button>
        <button type="button" className="button button--primary" onClick={actions.keepMine}>Keep mine</button>
      </div>
    </Dialog>
  );
}
