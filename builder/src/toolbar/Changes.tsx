import { diff } from "../graph/diff";
import type { Doc } from "../graph/model";

const SHOWN = 30;
const WORDS = { added: "Added", removed: "Removed", changed: "Changed", moved: "Moved" } as const;

/** What differs between two drawings, as a list. */
export function Changes({ from, to, same }: { from: Doc; to: Doc; same: string }) {
  const found = diff(from, to);
  const moved = found.filter((one) => one.kind === "moved").length;
  const told = found.filter((one) => one.kind !== "moved");
  if (!found.length) return <p className="secondary">{same}</p>;
  return (
    <ul className="b-changes">
      {told.slice(0, SHOWN).map((one, index) => (
        <li key={index} className={`b-change b-change--${one.kind}`}><b>{WORDS[one.kind]}</b><span>{one.what}{one.details.length ? <span className="muted">: {one.details.join(", ")}</span> : null}</span></li>
      ))}
      {told.length > SHOWN ? <li className="muted">and {told.length - SHOWN} more</li> : null}
      {moved ? <li className="b-change muted">{moved === 1 ? "1 thing" : `${moved} things`} moved on the canvas</li> : null}
    </ul>
  );
}
