import { useConnection, ViewportPortal } from "@xyflow/react";
import { refusal } from "../graph/rules";
import { useBuilder } from "../state/context";

/** Why a connection that is being drawn may not end where it is held. */
export function Reason() {
  const { store } = useBuilder();
  const held = useConnection((one) => (one.inProgress && one.toNode && one.isValid === false ? `${one.fromNode.id}|${one.fromHandle.id ?? "out"}|${one.toNode.id}` : ""));
  const x = useConnection((one) => (one.inProgress && one.isValid === false ? one.to.x : 0));
  const y = useConnection((one) => (one.inProgress && one.isValid === false ? one.to.y : 0));
  if (!held) return null;
  const [source = "", handle = "out", target = ""] = held.split("|");
  const { doc, types } = store.getState();
  const reason = refusal(doc, types, { source, source_handle: handle, target });
  if (!reason) return null;
  return (
    <ViewportPortal>
      <div className="b-reason" role="status" style={{ transform: `translate(${x + 14}px, ${y + 10}px)` }}>{reason}</div>
    </ViewportPortal>
  );
}
