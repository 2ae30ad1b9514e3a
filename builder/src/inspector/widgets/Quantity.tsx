import { Minus, Plus } from "../../ui/icons";
import { type WidgetProps, aria, useForm } from "../form";

/** How many: by steps, typed, or by a variable. */
export function Quantity(props: WidgetProps) {
  const { readOnly } = useForm();
  const { minimum = 1, maximum = 20 } = props.field.schema;
  const value = props.value;
  const number = typeof value === "number" ? value : Number(value);
  const isNumber = Number.isFinite(number) && String(value).trim() !== "";
  const step = (by: number): void => props.onChange(Math.min(maximum, Math.max(minimum, (isNumber ? number : minimum) + by)));
  const typed = (text: string): void => props.onChange(/^\d+$/.test(text.trim()) ? Number(text) : text);
  return (
    <div className="b-stepper">
      {readOnly ? null : <button type="button" aria-label={`Fewer: ${props.field.title}`} disabled={isNumber && number <= minimum} onClick={() => step(-1)}><Minus size={14} /></button>}
      <input className="b-stepper__value" {...aria(props)} inputMode="numeric" value={String(value ?? "")} readOnly={readOnly} onChange={(event) => typed(event.target.value)} />
      {readOnly ? null : <button type="button" aria-label={`More: ${props.field.title}`} disabled={isNumber && number >= maximum} onClick={() => step(1)}><Plus size={14} /></button>}
    </div>
  );
}
