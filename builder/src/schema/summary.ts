/** The line of small facts on a step's card: the fields that the server marks with `x-summary`. */

import type { Config } from "../graph/model";
import { type NodeType, type Schema, outputsOf } from "./types";
import { fieldsOf, resolve, sentence } from "./widgets";

export interface Chip {
  readonly text: string;
  /** Whether it is a variable's path. */
  readonly code: boolean;
}

const MOST = 4;
const kept = new WeakMap<Config, Chip[]>();

/** At most four facts; a config that does not change is read once. */
export function summaryOf(type: NodeType | undefined, config: Config): Chip[] {
  if (!type) return [];
  const known = kept.get(config);
  if (known) return known;
  const found = chips(type.schema, type.schema, config).slice(0, MOST);
  kept.set(config, found);
  return found;
}

/** What a step hands down that is counted, such as `5 variants`; empty for one, and where the number is not known yet. */
export function countOf(type: NodeType | undefined, config: Config): string {
  if (!type) return "";
  const field = fieldsOf(type.schema, type.schema).find((one) => one.widget === "quantity");
  const number = field && Number(config[field.name] ?? field.schema.default);
  const name = outputsOf(type, config).find((one) => one.endsWith("s"));
  return number && number > 1 && name ? `${number} ${name.replaceAll("_", " ")}` : "";
}

function chips(schema: Schema, root: Schema, config: Config): Chip[] {
  return fieldsOf(schema, root).flatMap((field): Chip[] => {
    const value = config[field.name] === undefined ? field.schema.default : config[field.name];
    const format = field.schema["x-summary"];
    if (format) return chip(format, value, field.widget === "variable" || field.widget === "items", Boolean(field.schema.enum));
    const inner = field.widget === "list" && Array.isArray(value) ? value[0] : undefined;
    return inner && typeof inner === "object" ? chips(resolve(field.schema.items ?? {}, root), root, inner as Config) : [];
  });
}

function chip(format: string, value: unknown, code: boolean, named: boolean): Chip[] {
  const shown = Array.isArray(value) ? (value.length ? String(value.length) : "") : value == null || value === "none" || typeof value === "object" ? "" : String(value).trim();
  if (!shown) return [];
  const words = named ? sentence(shown).toLowerCase() : shown.replace(/\s+/g, " ").slice(0, 60);
  return [{ text: format.replace("{}", words), code: code && /^[a-z_][\w.[\]-]*$/i.test(shown) }];
}
