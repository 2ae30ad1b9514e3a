import { resolve, sentence } from "../../schema/widgets";
import { type WidgetProps, useForm } from "../form";

/** One of a few words, or a number. */
export function Pick(props: WidgetProps) {
  const form = useForm();
  const options = (props.field.schema.anyOf ?? []).map((one) => resolve(one, form.root));
  const words = options.flatMap((one) => one.enum ?? []);
  const range = options.find((one) => one.type === "integer" || one.type === "number");
  const isNumber = typeof props.value === "number";
  return (
    <div className="b-pick">
      <select id={props.id} className="b-input b-select" aria-labelledby={`${props.id}-label`} aria-describedby={props.describedBy} aria-invalid={props.invalid || undefined} disabled={form.readOnly} value={isNumber ? "#" : String(props.value ?? "")} onChange={(event) => props.onChange(event.target.value === "#" ? (range?.minimum ?? 1) : event.target.value)}>
        {words.map((word) => <option key={String(word)} value={String(word)}>{sentence(String(word))}</option>)}
        <option value="#">Exactly…</option>
      </select>
      {isNumber ? <input className="b-input b-input--number" aria-label={`${props.field.title}: how many`} type="number" min={range?.minimum} max={range?.maximum} readOnly={form.readOnly} value={String(props.value)} onChange={(event) => event.target.value && props.onChange(Number(event.target.value))} /> : null}
    </div>
  );
}
