import { Plus, X } from "../../ui/icons";
import { VariableInput } from "../VariableInput";
import { type WidgetProps, useForm } from "../form";

/** Paths of variables, in their order. */
export function Variables(props: WidgetProps) {
  const { readOnly } = useForm();
  const list = Array.isArray(props.value) ? props.value.map(String) : [];
  const most = props.field.schema.maxItems ?? 20;
  return (
    <div className="b-rows" id={props.id} tabIndex={-1}>
      {list.map((one, index) => (
        <div key={index} className="b-rows__row">
          <VariableInput id={`${props.id}-${index}`} value={one} onChange={(next) => props.onChange(list.map((old, place) => (place === index ? next : old)))} label={`${props.field.title} ${index + 1}`} aria-label={`${props.field.title} ${index + 1}`} />
          {readOnly ? null : <button type="button" className="button button--ghost button--xs button--icon" aria-label={`Take ${props.field.title} ${index + 1} away`} onClick={() => props.onChange(list.filter((_, place) => place !== index))}><X size={14} /></button>}
        </div>
      ))}
      {readOnly || list.length >= most ? null : <button type="button" className="button button--xs" onClick={() => props.onChange([...list, ""])}><Plus size={14} />Add a variable</button>}
    </div>
  );
}
