import { useBuilder, useBuilderState } from "../state/context";
import { CircleX, TriangleAlert } from "../ui/icons";
import { StatusIcon } from "../ui/StatusIcon";

/** What is wrong with a step, as a badge that opens the field. */
export function ProblemMark({ stepKey }: { stepKey: string }) {
  const { store } = useBuilder();
  const issues = useBuilderState((state) => state.issuesByStep.get(stepKey));
  const [first] = issues ?? [];
  if (!issues || !first) return null;
  const grave = issues.some((issue) => issue.severity === "error");
  const words = issues.length === 1 ? first.message : `${issues.length} problems: ${first.message}`;
  return (
    <button
      type="button"
      className={`b-mark ${grave ? "b-mark--error" : "b-mark--warning"} nodrag nopan`}
      tabIndex={-1}
      aria-label={words}
      title={words}
      onClick={(event) => {
        event.stopPropagation();
        store.getState().select([stepKey]);
        store.getState().set({ wanted: { key: stepKey, field: first.field ?? "" } });
      }}
    >
      {grave ? <CircleX size={14} /> : <TriangleAlert size={13} />}
    </button>
  );
}

/** How a step stands in the test run. */
export function StatusLine({ stepKey }: { stepKey: string }) {
  const run = useBuilderState((state) => state.run?.steps.get(stepKey));
  if (!run) return null;
  return (
    <span className={`status-line b-status status-${run.status}`} title={run.error || undefined}>
      <StatusIcon status={run.status} />
      {run.words}
    </span>
  );
}
