import { createContext, use } from "react";
import type { Issue } from "../schema/issues";
import type { Field } from "../schema/widgets";
import type { Schema } from "../schema/types";

/** What every widget of a step's form may need. */
export interface Form {
  readonly stepKey: string;
  readonly root: Schema;
  readonly readOnly: boolean;
  readonly issues: readonly Issue[];
}

export const FormContext = createContext<Form | null>(null);

/** The form around this widget. */
export function useForm(): Form {
  const form = use(FormContext);
  if (!form) throw new Error("There is no form around this widget.");
  return form;
}

/** What a widget gets. */
export interface WidgetProps {
  readonly field: Field;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** The dotted path in the config. */
  readonly path: string;
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

/** The id of a field's control. */
export function controlId(stepKey: string, path: string): string {
  return `f-${stepKey}-${path.replaceAll(".", "-")}`;
}

/** What the control of a field needs for screen readers. */
export function aria(props: WidgetProps) {
  return { id: props.id, "aria-invalid": props.invalid || undefined, "aria-describedby": props.describedBy, "aria-required": props.field.required || undefined } as const;
}
