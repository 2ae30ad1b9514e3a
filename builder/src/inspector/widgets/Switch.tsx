import { type WidgetProps, aria, useForm } from "../form";

/** Yes or no. */
export function Switch(props: WidgetProps) {
  const { readOnly } = useForm();
  return <input type="checkbox" role="switch" className="switch b-switch" {...aria(props)} checked={Boolean(props.value)} disabled={readOnly} onChange={(event) => props.onChange(event.target.checked)} />;
}
