import { useBuilder, useBuilderState } from "../state/context";
import { withId } from "../state/boot";
import { money } from "../state/money";
import { X } from "../ui/icons";

const WORDS: Readonly<Record<string, string>> = { pending: "In line", running: "Running", paused: "Paused", completed: "Completed", failed: "Failed", stopped: "Stopped" };

/** The test run that is drawn on the canvas: how far it is, the way to its page, and away with it. */
export function RunState() {
  const { store } = useBuilder();
  const run = useBuilderState((state) => state.run);
  const address = useBuilderState((state) => state.boot.urls.run);
  if (!run) return null;
  const waits = !run.isOver && [...run.steps.values()].some((step) => step.status === "waiting");
  const look = waits ? "waiting" : run.status === "stopped" ? "skipped" : run.status;
  return (
    <span className={`pill b-run status-${look}`}>
      <span role="status" aria-live="polite">Test run: {waits ? "Waiting for review" : (WORDS[run.status] ?? run.status)}</span>
      <span className="number" aria-hidden="true">{run.percent} %, {money(run.cost)}</span>
      <a href={withId(address, run.id)}>Open the run</a>
      <button type="button" aria-label="Take the test run off the canvas" onClick={() => store.getState().set({ run: null })}><X size={13} /></button>
    </span>
  );
}
