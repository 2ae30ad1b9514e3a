/** Which widget edits a value: the hint of its schema where we have that widget, else one for its type. */

import type { NodeType, Schema } from "./types";

/** Every widget of the form; `inspector/widgets` has a file for each. */
export const WIDGETS = [
  "choice", "group", "items", "list", "model", "node", "number", "people", "pick", "primary", "prompt", "provider",
  "quantity", "switch", "template", "template-line", "text", "texts", "value", "variable", "variables",
] as const;
export type Widget = (typeof WIDGETS)[number];

const KNOWN: ReadonlySet<string> = new Set(WIDGETS);

/** A field of a form. */
export interface Field {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly widget: Widget;
  readonly schema: Schema;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly advanced: boolean;
}

/** A schema with its references followed. */
export function resolve(schema: Schema, root: Schema): Schema {
  if (!schema.$ref) return schema;
  const { $ref, ...rest } = schema;
  const target = root.$defs?.[$ref.replace("#/$defs/", "")];
  return target ? { ...resolve(target, root), ...rest } : rest;
}

/** The fields of an object, in the order in which the server names them. */
export function fieldsOf(schema: Schema, root: Schema): Field[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(resolve(schema, root).properties ?? {}).map(([name, one]) => fieldOf(name, one, root, required.has(name)));
}

/** A field by its schema. */
export function fieldOf(name: string, given: Schema, root: Schema, required = false): Field {
  const whole = resolve(given, root);
  const options = (whole.anyOf ?? []).map((one) => resolve(one, root));
  const real = options.filter((one) => one.type !== "null");
  const [single] = real;
  const schema = single && real.length === 1 ? { ...single, ...whole, anyOf: undefined } : whole;
  return {
    name,
    title: whole.title ?? sentence(name),
    help: whole.description ?? "",
    widget: widgetOf(schema, root),
    schema,
    required,
    nullable: real.length < options.length,
    advanced: whole["x-level"] === "advanced",
  };
}

/** Whether a field matters beside what the others hold now. */
export function isShown(field: Field, value: Readonly<Record<string, unknown>>): boolean {
  const when = Object.entries(field.schema["x-when"] ?? {});
  return when.every(([name, wanted]) => value[name] === undefined || wanted.includes(value[name]));
}

/** The fields of a step's config by level. */
export function levelsOf(type: NodeType): { basic: Field[]; advanced: Field[] } {
  const fields = fieldsOf(type.schema, type.schema);
  return { basic: fields.filter((field) => !field.advanced), advanced: fields.filter((field) => field.advanced) };
}

function widgetOf(schema: Schema, root: Schema): Widget {
  const hint = schema["x-widget"];
  if (hint && KNOWN.has(hint)) return hint as Widget;
  if (schema.enum) return "choice";
  if (schema.anyOf) return ofUnion(schema.anyOf.map((one) => resolve(one, root)));
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "string") return "text";
  if (schema.type === "array") return ofList(schema, root);
  return schema.type === "object" && schema.properties ? "group" : "value";
}

function ofUnion(options: Schema[]): Widget {
  const rest = options.filter((one) => !one.enum && one.type !== "null");
  const hasChoices = options.some((one) => one.enum);
  return hasChoices && rest.every((one) => one.type === "integer" || one.type === "number") ? "pick" : "value";
}

function ofList(schema: Schema, root: Schema): Widget {
  const inner = resolve(schema.items ?? {}, root);
  if (inner["x-widget"] === "variable") return "variables";
  if (inner.properties) return "list";
  return inner.type === "string" ? "texts" : "value";
}

/** A name of the code as words: `max_tokens` as `Max tokens`. */
export function sentence(name: string): string {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
