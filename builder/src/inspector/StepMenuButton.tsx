import { type ReactNode, useState } from "react";
import { stepItems } from "../canvas/stepItems";
import { type Step, nameOf } from "../graph/model";
import { useBuilder } from "../state/context";
import { Menu } from "../ui/Menu";

/** The menu of a step's verbs behind a button. */
export function StepMenuButton({ step, children }: { step: Step; children: ReactNode }) {
  const { store, actions } = useBuilder();
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  return (
    <>
      <button type="button" className="b-tool" aria-label="More about this step" aria-haspopup="menu" onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        setAt({ x: box.right - 248, y: box.bottom + 6 });
      }}>{children}</button>
      {at ? <Menu label={`Verbs of ${nameOf(step)}`} at={at} items={stepItems(store, actions, step)} onClose={() => setAt(null)} /> : null}
    </>
  );
}
