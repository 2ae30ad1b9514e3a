import { useBuilderState } from "../../state/context";
import { type WidgetProps, aria, useForm } from "../form";

/** One of the model services, else the default one. */
export function Provider(props: WidgetProps) {
  const { readOnly } = useForm();
  const providers = useBuilderState((state) => state.boot.providers);
  const value = String(props.value ?? "");
  return (
    <select className="b-input b-select" {...aria(props)} disabled={readOnly} value={value} onChange={(event) => props.onChange(event.target.value)}>
      <option value="">The workspace's default</option>
      {providers.map((one) => <option key={one.slug} value={one.slug}>{one.name}</option>)}
      {value && !providers.some((one) => one.slug === value) ? <option value={value}>{value} (not here)</option> : null}
    </select>
  );
}
