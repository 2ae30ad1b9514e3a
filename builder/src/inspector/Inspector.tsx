import { useEffect, useMemo, useRef } from "react";
import { nameOf, stepOf } from "../graph/model";
import { configure } from "../graph/operations";
import { issuesOfStep, levelAt } from "../schema/issues";
import { levelsOf } from "../schema/widgets";
import { pathsOf } from "../schema/variables";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { CircleX, Ellipsis, Pencil, TriangleAlert, X } from "../ui/icons";
import { TypeIcon, lookOf } from "../ui/TypeIcon";
import { Boundary } from "../ui/Boundary";
import { Inputs } from "./Inputs";
import { SchemaForm } from "./SchemaForm";
import { TryStep, Output } from "./TryStep";
import { FormContext, controlId } from "./form";
import { StepKey } from "./StepKey";
import { StepMenuButton } from "./StepMenuButton";

const TABS = [
  ["setup", "Setup"],
  ["inputs", "Inputs"],
  ["output", "Output"],
  ["advanced", "Advanced"],
] as const;
const NONE: never[] = [];

/** The panel of the selected step. */
export function Inspector() {
  const key = useBuilderState((state) => (state.panelOpen && state.selected.length === 1 && state.doc.nodes.some((step) => step.key === state.selected[0]) ? state.selected[0] : null));
  return key ? <Boundary what="The panel of this step" of={key}><Panel key={key} stepKey={key} /></Boundary> : null;
}

function Panel({ stepKey }: { stepKey: string }) {
  const { store } = useBuilder();
  const step = useBuilderState((state) => stepOf(state.doc, stepKey));
  const type = useBuilderState((state) => state.types.get(step?.type ?? ""));
  const issues = useBuilderState((state) => state.issuesByStep.get(stepKey)) ?? NONE;
  const canEdit = useBuilderState(mayEdit);
  const tab = useBuilderState((state) => state.panel);
  const levels = useMemo(() => (type ? levelsOf(type) : { basic: [], advanced: [] }), [type]);
  const form = useMemo(() => ({ stepKey, root: type?.schema ?? {}, readOnly: !canEdit, issues }), [stepKey, type, canEdit, issues]);
  useWanted(stepKey);
  if (!step) return null;
  const look = lookOf(type);
  const used = pathsOf(step.config).length;
  const others = issuesOfStep(issues, type);
  const hasAdvanced = levels.advanced.length > 0 || !type?.is_root;
  const shown = tab === "advanced" && !hasAdvanced ? "setup" : tab;
  const change = (config: Record<string, unknown>): void => {
    const name = Object.keys(config).find((one) => config[one] !== step.config[one]) ?? "";
    store.getState().edit((doc) => configure(doc, store.getState().types, stepKey, config), `config:${stepKey}:${name}`);
  };
  return (
    <aside className="b-panel" aria-label={`Step ${nameOf(step)}`} onKeyDown={(event) => {
      if (event.key === "Escape" && !event.defaultPrevented) store.getState().hands?.focus(stepKey);
    }}>
      <header className={`b-panel__head ${look.className}`} style={look.style}>
        <span className="tile"><TypeIcon type={type} /></span>
        <div className="b-panel__words">
          <p className="b-panel__type">{type?.label ?? step.type}</p>
          <h2 className="b-panel__name"><span className="ellipsis">{nameOf(step)}</span>
            {canEdit ? <button type="button" className="b-tool b-tool--sm" aria-label="Rename" onClick={() => store.getState().set({ renaming: stepKey })}><Pencil size={14} /></button> : null}</h2>
        </div>
        {canEdit ? <StepMenuButton step={step}><Ellipsis size={16} /></StepMenuButton> : null}
        <button type="button" className="b-tool" aria-label="Close the panel" onClick={() => store.getState().set({ panelOpen: false })}><X size={16} /></button>
      </header>
      <div className="tabs b-panel__tabs" role="tablist" aria-label="About this step">
        {TABS.filter(([name]) => name !== "advanced" || hasAdvanced).map(([name, words]) => (
          <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={shown === name} aria-controls="panel-step" onClick={() => store.getState().set({ panel: name })}>
            {words}{name === "inputs" && used ? <span className="muted"> {used}</span> : null}
            {name === "advanced" && issues.some((issue) => levelAt(type, issue.field) === "advanced") ? <span className="b-dot" aria-label="has problems" /> : null}
          </button>
        ))}
      </div>
      <div className="b-panel__body" role="tabpanel" id="panel-step" aria-labelledby={`tab-${shown}`} tabIndex={-1}>
        {others.length && shown === "setup" ? (
          <ul className="b-issues b-issues--step">{others.map((issue) => <li key={issue.message} className={issue.severity === "error" ? "is-error" : ""}>{issue.severity === "error" ? <CircleX size={13} /> : <TriangleAlert size={13} />}<span>{issue.message}</span></li>)}</ul>
        ) : null}
        <FormContext value={form}>
          {shown === "setup" ? <SchemaForm fields={levels.basic} value={step.config} onChange={change} /> : null}
          {shown === "advanced" ? <div className="b-form"><SchemaForm fields={levels.advanced} value={step.config} onChange={change} />{type?.is_root ? null : <StepKey step={step} />}</div> : null}
        </FormContext>
        {shown === "inputs" ? <Inputs step={step} /> : null}
        {shown === "output" ? <Output step={step} type={type} /> : null}
      </div>
      <TryStep step={step} type={type} />
    </aside>
  );
}

/** Give the focus to the field that a problem, or adding the step, has asked for. */
function useWanted(stepKey: string): void {
  const { store } = useBuilder();
  const wanted = useBuilderState((state) => (state.wanted?.key === stepKey ? state.wanted : null));
  const last = useRef<unknown>(null);
  useEffect(() => {
    if (!wanted || last.current === wanted) return;
    last.current = wanted;
    const type = store.getState().types.get(stepOf(store.getState().doc, stepKey)?.type ?? "");
    store.getState().set({ panelOpen: true, panel: levelAt(type, wanted.field || null), wanted: null });
    requestAnimationFrame(() => {
      const parts = wanted.field.split(".");
      for (let length = parts.length; wanted.field && length > 0; length -= 1) {
        const control = document.getElementById(controlId(stepKey, parts.slice(0, length).join(".")));
        if (control) return focus(control);
      }
      const first = document.querySelector<HTMLElement>("#panel-step :is(textarea, input:not([type=radio])):not([readonly])");
      if (first) focus(first);
    });
  }, [store, stepKey, wanted]);
}

function focus(control: HTMLElement): void {
  control.focus({ preventScroll: true });
  control.scrollIntoView({ block: "center", behavior: "instant" });
}
