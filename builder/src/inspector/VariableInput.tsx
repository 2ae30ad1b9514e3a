import { type AriaAttributes, useRef, useState } from "react";
import { Braces } from "../ui/icons";
import { VariablePicker } from "./VariablePicker";
import { useForm } from "./form";

interface Props extends AriaAttributes {
  readonly id?: string;
  readonly value: string;
  readonly onChange: (path: string) => void;
  readonly roots?: readonly string[] | undefined;
  readonly label: string;
}

/** A path, typed or chosen. */
export function VariableInput({ value, onChange, roots, label, ...rest }: Props) {
  const { stepKey, readOnly } = useForm();
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  const ref = useRef<HTMLDivElement>(null);
  const open = (): void => {
    const box = ref.current?.getBoundingClientRect();
    if (box) setAt({ x: box.left, y: box.bottom + 4 });
  };
  return (
    <div className="b-variable" ref={ref}>
      <input className="b-input b-input--code" {...rest} value={value} readOnly={readOnly} placeholder="Choose a variable" spellCheck={false} onChange={(event) => onChange(event.target.value)} onKeyDown={(event) => {
        if (event.key === "ArrowDown" && !readOnly) {
          event.preventDefault();
          open();
        }
      }} />
      {readOnly ? null : <button type="button" className="b-variable__open" aria-label={`Choose: ${label}`} onClick={open}><Braces size={14} /></button>}
      {at ? <VariablePicker stepKey={stepKey} at={at} roots={roots} onPick={onChange} onClose={() => setAt(null)} /> : null}
    </div>
  );
}
