import { TemplateEditor } from "../TemplateEditor";
import { type WidgetProps, aria } from "../form";

/** Text with variables. */
export function Template(props: WidgetProps) {
  return <TemplateEditor {...aria(props)} kind="text" value={String(props.value ?? "")} onChange={props.onChange} roots={props.field.schema["x-roots"]} title={props.field.title} />;
}

/** The same on one line. */
export function TemplateLine(props: WidgetProps) {
  return <TemplateEditor {...aria(props)} kind="line" value={String(props.value ?? "")} onChange={props.onChange} roots={props.field.schema["x-roots"]} title={props.field.title} />;
}

/** What an agent is asked: larger, with a preview of what the last run would make of it. */
export function Prompt(props: WidgetProps) {
  return <TemplateEditor {...aria(props)} kind="prompt" value={String(props.value ?? "")} onChange={props.onChange} roots={props.field.schema["x-roots"]} title={props.field.title} />;
}
