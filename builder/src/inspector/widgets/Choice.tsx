import { sentence } from "../../schema/widgets";
import { type WidgetProps, aria, useForm } from "../form";

const SHORT = 3;
const LONGEST = 9;

/** One of a few: side by side where that fits, else a list. */
export function Choice(props: WidgetProps) {
  const { readOnly } = useForm();
  const options = (props.field.schema.enum ?? []) as readonly unknown[];
  const words = (option: unknown): string => (option === "" ? "Anyone" : sentence(String(option)));
  if (options.length <= SHORT && options.every((option) => words(option).length <= LONGEST)) {
    return (
      <div className="segmented b-segmented" role="radiogroup" aria-labelledby={`${props.id}-label`} aria-describedby={props.describedBy} id={props.id} tabIndex={-1}>
        {options.map((option) => (
          <label key={String(option)} className={option === props.value ? "is-on" : ""}>
            <input type="radio" className="visually-hidden" name={props.id} checked={option === props.value} disabled={readOnly} onChange={() => props.onChange(option)} />
            {words(option)}
          </label>
        ))}
      </div>
    );
  }
  return (
    <select className="b-input b-select" {...aria(props)} value={String(props.value ?? "")} disabled={readOnly} onChange={(event) => props.onChange(options.find((option) => String(option) === event.target.value))}>
      {options.includes(props.value) ? null : <option value={String(props.value ?? "")}>{String(props.value ?? "Choose")}</option>}
      {options.map((option) => <option key={String(option)} value={String(option)}>{words(option)}</option>)}
    </select>
  );
}
