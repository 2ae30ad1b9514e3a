import { useEffect, useRef, useState } from "react";
import { type Step, nameOf } from "../graph/model";
import { rename } from "../graph/operations";
import { useBuilder, useBuilderState } from "../state/context";

/** A step's name, which turns into a field by F2 or a double click. */
export function Title({ step, className }: { step: Step; className: string }) {
  const isEdited = useBuilderState((state) => state.renaming === step.key);
  return isEdited ? <TitleField step={step} /> : <b className={className} title={nameOf(step)}>{nameOf(step)}</b>;
}

function TitleField({ step }: { step: Step }) {
  const { store } = useBuilder();
  const [text, setText] = useState(step.label);
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    ref.current?.focus({ preventScroll: true });
    ref.current?.select();
  }, []);
  const end = (keep: boolean): void => {
    if (store.getState().renaming !== step.key) return;
    store.getState().set({ renaming: null });
    if (keep) store.getState().edit((doc) => rename(doc, step.key, text.trim()));
    store.getState().hands?.focus(step.key);
  };
  return (
    <input
      ref={ref}
      className="b-title nodrag nopan"
      aria-label="Name of the step"
      value={text}
      maxLength={120}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === "s" ? end(true) : undefined;
        event.stopPropagation();
        if (event.key === "Enter") end(true);
        if (event.key === "Escape") end(false);
      }}
    />
  );
}
