import { issuesAt } from "../schema/issues";
import { type Field, type Widget, isShown } from "../schema/widgets";
import { CircleX, Info, TriangleAlert } from "../ui/icons";
import { type WidgetProps, controlId, useForm } from "./form";
import { WIDGETS } from "./widgets";

/** Widgets that draw what is inside them, problems and all, or more than one control. */
const NESTED: ReadonlySet<Widget> = new Set(["group", "list"]);
const GROUPS: ReadonlySet<Widget> = new Set(["group", "list", "variables", "texts", "people", "pick"]);

/** The fields of an object. Which widget draws which is decided by the schema alone. */
export function SchemaForm({ fields, value, onChange, path = "" }: { fields: readonly Field[]; value: Readonly<Record<string, unknown>>; onChange: (value: Record<string, unknown>) => void; path?: string }) {
  return (
    <div className="b-form">
      {fields.filter((field) => isShown(field, value)).map((field) => (
        <FormField
          key={field.name}
          field={field}
          path={path ? `${path}.${field.name}` : field.name}
          value={value[field.name] === undefined ? field.schema.default : value[field.name]}
          onChange={(next) => onChange({ ...value, [field.name]: next })}
        />
      ))}
    </div>
  );
}

/** One field: label, help, widget, what is wrong with it. */
export function FormField({ field, path, value, onChange }: Pick<WidgetProps, "field" | "path" | "value" | "onChange">) {
  const form = useForm();
  const id = controlId(form.stepKey, path);
  const issues = issuesAt(form.issues, path, !NESTED.has(field.widget));
  const describedBy = [field.help ? `${id}-help` : "", issues.length ? `${id}-issues` : ""].filter(Boolean).join(" ") || undefined;
  const Control = WIDGETS[field.widget];
  const isGroup = GROUPS.has(field.widget);
  const label = <>{field.title}{field.required ? <span className="b-required" aria-hidden="true"> *</span> : null}</>;
  return (
    <div className={`b-field b-field--${field.widget}`} role={isGroup ? "group" : undefined} aria-labelledby={isGroup ? `${id}-label` : undefined} data-field={path}>
      <div className="b-field__label">
        {isGroup ? <span className="label" id={`${id}-label`}>{label}</span> : <label className="label" htmlFor={id} id={`${id}-label`}>{label}</label>}
        {field.help ? (
          <span className="b-help">
            <button type="button" className="b-help__mark" aria-label={`Help: ${field.title}`} aria-describedby={`${id}-help`}><Info size={13} /></button>
            <span className="b-help__text" role="tooltip" id={`${id}-help`}>{field.help}</span>
          </span>
        ) : null}
      </div>
      <Control field={field} path={path} value={value} onChange={onChange} id={id} describedBy={describedBy} invalid={issues.some((issue) => issue.severity === "error")} />
      {issues.length ? (
        <ul className="b-issues" id={`${id}-issues`}>
          {issues.map((issue) => (
            <li key={issue.code + issue.message} className={issue.severity === "error" ? "is-error" : ""}>
              {issue.severity === "error" ? <CircleX size={13} /> : <TriangleAlert size={13} />}<span>{issue.message}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
