/** What new things start with. */

import type { Config, Doc, Step } from "../graph/model";
import { stepOf } from "../graph/model";
import { configure } from "../graph/operations";
import { upstreamLevels } from "../graph/walk";
import { type Catalog, type Schema, outputsOf } from "./types";
import { fieldsOf, resolve } from "./widgets";

/** An empty value of a schema. */
export function emptyOf(given: Schema, root: Schema): unknown {
  const schema = resolve(given, root);
  if (schema.default !== undefined) return structuredClone(schema.default);
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return schema.anyOf.some((one) => one.type === "null") ? null : emptyOf(schema.anyOf[0] ?? {}, root);
  if (schema.type === "array") return Array.from({ length: schema.minItems ?? 0 }, () => emptyOf(schema.items ?? {}, root));
  if (schema.type === "object") return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, emptyOf(one, root)]));
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 0;
  return schema.type === "string" ? "" : null;
}

/** Fill what a new step leaves open with what the nearest steps above it make, as its schema asks. */
export function prefill(doc: Doc, types: Catalog, key: string): Doc {
  const step = stepOf(doc, key);
  const type = step && types.get(step.type);
  if (!step || !type) return doc;
  const levels = upstreamLevels(doc, key);
  let config: Config = step.config;
  for (const field of fieldsOf(type.schema, type.schema)) {
    const wanted = field.schema["x-prefill"];
    const value = config[field.name];
    if (!wanted || (Array.isArray(value) ? value.length : value)) continue;
    const paths = nearest(levels, types, wanted);
    const [first] = paths;
    if (!first) continue;
    const filled = field.schema.type === "array" ? paths : field.widget === "variable" ? first : `{{ ${first} }}`;
    config = { ...config, [field.name]: filled };
  }
  return configure(doc, types, key, config);
}

function nearest(levels: Step[][], types: Catalog, wanted: readonly string[]): string[] {
  for (const level of levels) {
    const paths = level.flatMap((step) => {
      const type = types.get(step.type);
      const outputs = type?.is_root ? [] : outputsOf(type, step.config);
      return wanted.filter((name) => outputs.includes(name)).map((name) => `nodes.${step.key}.${name}`);
    });
    if (paths.length) return paths;
  }
  return [];
}
