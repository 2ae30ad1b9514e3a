import { useMemo } from "react";
import { type Doc, nameOf, stepOf } from "../graph/model";
import { inOrder } from "../graph/walk";
import { useBuilder, useBuilderState } from "../state/context";
import { STATUS_WORDS } from "../state/run";
import { CircleX, TriangleAlert } from "../ui/icons";
import { TypeIcon, lookOf } from "../ui/TypeIcon";

/** Every step in the order in which it runs: for screen readers and for keys. */
export function Outline() {
  const { store } = useBuilder();
  const doc = useBuilderState((state) => state.doc);
  const types = useBuilderState((state) => state.types);
  const issues = useBuilderState((state) => state.issuesByStep);
  const selected = useBuilderState((state) => state.selected);
  const run = useBuilderState((state) => state.run);
  const steps = useMemo(() => inOrder(doc), [doc]);
  return (
    <ol className="b-outline" aria-label="Steps in the order in which they run">
      {steps.map((step) => {
        const type = types.get(step.type);
        const look = lookOf(type);
        const found = issues.get(step.key) ?? [];
        const grave = found.some((issue) => issue.severity === "error");
        const status = run?.steps.get(step.key)?.status;
        const next = nextOf(doc, step.key);
        return (
          <li key={step.key} className={step.parent ? "b-outline__row b-outline__row--inside" : "b-outline__row"}>
            <button
              type="button"
              className={`b-kind ${look.className}`}
              style={look.style}
              aria-current={selected.includes(step.key)}
              onClick={() => {
                store.getState().select([step.key]);
                store.getState().hands?.show([step.key]);
              }}
            >
              <span className="tile tile--sm"><TypeIcon type={type} size={15} /></span>
              <span className="b-kind__words">
                <b className="name ellipsis">{nameOf(step)}</b>
                <small className="caption ellipsis">{status ? STATUS_WORDS[status] : (type?.label ?? step.type)}{next.length ? `, then ${next.join("; ")}` : ""}</small>
              </span>
              {found.length ? <span className={grave ? "b-outline__mark is-error" : "b-outline__mark"}>{grave ? <CircleX size={14} /> : <TriangleAlert size={14} />}<span className="visually-hidden">{found.length === 1 ? "1 problem" : `${found.length} problems`}</span></span> : null}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** What comes after a step, in words: `approved: Publish`. */
export function nextOf(doc: Doc, key: string): string[] {
  return doc.edges
    .filter((link) => link.source === key)
    .map((link) => `${link.source_handle === "out" ? "" : `${link.source_handle}: `}${nameOf(stepOf(doc, link.target) ?? { key: link.target, label: "" })}`);
}
