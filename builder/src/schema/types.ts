/** What the server says of node types. Nothing here names one of them. */

import type { Config } from "../graph/model";

/** A part of a JSON Schema, with the hints that our forms read. */
export interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalProperties?: boolean | Schema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly "x-widget"?: string;
  readonly "x-level"?: string;
  readonly "x-roots"?: readonly string[];
  readonly "x-prefill"?: readonly string[];
  readonly "x-summary"?: string;
  readonly "x-when"?: Readonly<Record<string, readonly unknown[]>>;
}

/** A kind of step. */
export interface NodeType {
  readonly type: string;
  readonly label: string;
  readonly category: string;
  readonly color: string;
  readonly icon: string;
  readonly handles: readonly string[];
  readonly handles_from: string;
  readonly outputs: readonly string[];
  readonly outputs_from: string;
  readonly is_root: boolean;
  readonly is_container: boolean;
  readonly schema: Schema;
  readonly defaults: Config;
  readonly help: string;
}

/** Node types by name. */
export type Catalog = ReadonlyMap<string, NodeType>;

/** Whatever stands at a path such as `branches.*.name`, empty or not. */
export function valuesAt(config: Config, path: string): unknown[] {
  let found: unknown[] = path ? [config] : [];
  for (const part of path.split(".")) {
    found = found.flatMap((value) => {
      if (part === "*") return Array.isArray(value) ? value : [];
      return value && typeof value === "object" ? [(value as Record<string, unknown>)[part]] : [];
    });
  }
  return found;
}

/** The texts at such a path. */
export function textsAt(config: Config, path: string): string[] {
  return valuesAt(config, path).filter((value): value is string => typeof value === "string" && value !== "");
}

/** The ways out of a step. Those that the config names come first. */
export function handlesOf(type: NodeType | undefined, config: Config): string[] {
  if (!type) return ["out"];
  if (!type.handles_from) return [...type.handles];
  return [...new Set([...textsAt(config, type.handles_from), ...type.handles])];
}

/** What `nodes.<key>.` (or the root's own name) may be followed by. */
export function outputsOf(type: NodeType | undefined, config: Config): string[] {
  if (!type) return [];
  return type.outputs_from ? [...new Set(textsAt(config, type.outputs_from))] : [...type.outputs];
}
