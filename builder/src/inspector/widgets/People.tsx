import { useBuilderState } from "../../state/context";
import { X } from "../../ui/icons";
import { type WidgetProps, useForm } from "../form";

/** People of the workspace, by their addresses. */
export function People(props: WidgetProps) {
  const { readOnly } = useForm();
  const people = useBuilderState((state) => state.boot.people);
  const chosen = Array.isArray(props.value) ? props.value.map(String) : [];
  const names = new Map(people.map((one) => [one.email, one.name]));
  return (
    <div className="b-tags">
      {chosen.map((email) => (
        <span key={email} className="badge b-tag">
          {names.get(email) ?? email}
          {readOnly ? null : <button type="button" aria-label={`Take ${names.get(email) ?? email} away`} onClick={() => props.onChange(chosen.filter((one) => one !== email))}><X size={12} /></button>}
        </span>
      ))}
      {readOnly ? null : (
        <select id={props.id} className="b-input b-select" aria-label="Add a reviewer" aria-describedby={props.describedBy} value="" onChange={(event) => event.target.value && props.onChange([...chosen, event.target.value])}>
          <option value="">{chosen.length ? "Add another" : "Anybody with the role"}</option>
          {people.filter((one) => !chosen.includes(one.email)).map((one) => <option key={one.email} value={one.email}>{one.name === one.email ? one.email : `${one.name} (${one.email})`}</option>)}
        </select>
      )}
    </div>
  );
}
