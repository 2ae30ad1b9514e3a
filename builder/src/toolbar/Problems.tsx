import { useRef } from "react";
import { linkId, nameOf, stepOf } from "../graph/model";
import { type Alike, alike, linkAt } from "../schema/issues";
import { useBuilder, useBuilderState } from "../state/context";
import { CircleCheck, CircleX, TriangleAlert } from "../ui/icons";
import { Popover } from "../ui/Popover";

/** Everything that is wrong, with the way to each: it is shown, opened and its field focused. */
export function Problems() {
  const { store } = useBuilder();
  const issues = useBuilderState((state) => state.issues);
  const open = useBuilderState((state) => state.problemsOpen);
  const button = useRef<HTMLButtonElement>(null);
  const errors = issues.filter((issue) => issue.severity === "error").length;
  const words = issues.length === 1 ? "1 problem" : issues.length ? `${issues.length} problems` : "No problems";
  const tone = errors ? "b-problems--error" : issues.length ? "b-problems--warning" : "";
  const box = button.current?.getBoundingClientRect();
  return (
    <>
      <button ref={button} type="button" className={`button b-problems ${tone}`} aria-haspopup="dialog" aria-expanded={open} aria-label={words} onClick={() => store.getState().set({ problemsOpen: !open })}>
        {errors ? <CircleX size={15} /> : issues.length ? <TriangleAlert size={15} /> : <CircleCheck size={15} />}<span>{words}</span>
      </button>
      {open && box ? (
        <Popover at={{ x: box.right - 328, y: box.bottom + 12 }} label="Problems" width={328} onClose={() => store.getState().set({ problemsOpen: false })}>
          <div className="b-problems__head"><b className="strong">{words}</b>
            {errors ? <span className="status-line status-failed"><CircleX size={14} />{errors === 1 ? "1 blocks launch" : `${errors} block launch`}</span> : <span className="status-line status-completed"><CircleCheck size={14} />None block launch</span>}</div>
          <ul className="b-problems__list">{alike(issues).map((row, index) => <Row key={index} {...row} first={index === 0} />)}</ul>
          {issues.length ? null : <p className="secondary b-problems__none">The workflow can be launched as it is.</p>}
        </Popover>
      ) : null}
    </>
  );
}

function Row({ issue, others, first }: Alike & { first: boolean }) {
  const { store } = useBuilder();
  const name = useBuilderState((state) => {
    const step = stepOf(state.doc, issue.node);
    return step ? nameOf(step) : "The workflow";
  });
  const show = (): void => {
    const { doc, select, set, hands } = store.getState();
    const link = linkAt(doc, issue.field);
    set({ problemsOpen: false });
    if (link) {
      select([], [linkId(link)]);
      hands?.show([link.source, link.target]);
    } else if (issue.node) {
      select([issue.node]);
      hands?.show([issue.node]);
      set({ wanted: { key: issue.node, field: issue.field ?? "" } });
    }
  };
  return (
    <li>
      <button type="button" className={`b-problem ${issue.severity === "error" ? "is-error" : ""}`} autoFocus={first} onClick={show}>
        {issue.severity === "error" ? <CircleX size={16} /> : <TriangleAlert size={16} />}
        <span className="b-problem__words"><b className="strong">{name}{others ? ` and ${others} more` : ""}</b><span>{issue.message}</span></span>
        <span className="b-problem__go">Show</span>
      </button>
    </li>
  );
}
