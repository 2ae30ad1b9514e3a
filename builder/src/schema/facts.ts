/** All that a step is set to, as words to read. */

import type { Config } from "../graph/model";
import type { NodeType, Schema } from "./types";
import { type Field, fieldsOf, isShown, resolve, sentence } from "./widgets";

export interface Fact {
  readonly title: string;
  /** One line for each of several values. */
  readonly text: string;
}

/** The fields that hold something and matter, in the order of the form. */
export function factsOf(type: NodeType | undefined, config: Config): Fact[] {
  return type ? factsIn(type.schema, type.schema, config) : [];
}

function factsIn(schema: Schema, root: Schema, values: Config): Fact[] {
  return fieldsOf(schema, root)
    .filter((field) => isShown(field, values))
    .map((field) => ({ title: field.title, text: textOf(field, root, values[field.name] === undefined ? field.schema.default : values[field.name]) }))
    .filter((fact) => fact.text !== "");
}

function textOf(field: Field, root: Schema, value: unknown): string {
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (Array.isArray(value)) return value.map((one) => (isObject(one) ? row(resolve(field.schema.items ?? {}, root), root, one) : String(one))).join("\n");
  if (isObject(value)) return field.schema.properties ? row(field.schema, root, value) : JSON.stringify(value);
  return field.schema.enum ? sentence(String(value)) : String(value);
}

/** What stands in one row of a list: `Topic, Text, Required: Yes`. */
function row(schema: Schema, root: Schema, value: Config): string {
  const facts = factsIn(schema, root, value).filter((fact) => fact.text !== "No");
  return facts.map((fact, index) => (index === 0 ? fact.text : `${fact.title}: ${fact.text.replaceAll("\n", ", ")}`)).join(" · ");
}

function isObject(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
