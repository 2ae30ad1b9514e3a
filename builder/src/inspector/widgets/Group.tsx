import { fieldsOf } from "../../schema/widgets";
import { SchemaForm } from "../SchemaForm";
import { type WidgetProps, useForm } from "../form";

/** An object: its fields, set in. */
export function Group({ field, value, onChange, path, id }: WidgetProps) {
  const { root } = useForm();
  const object = value && typeof value === "object" ? (value as Record<string, unknown>) : {};
  return <div className="b-group" id={id} tabIndex={-1}><SchemaForm fields={fieldsOf(field.schema, root)} value={object} onChange={onChange} path={path} /></div>;
}
