/** Other keys for steps, everywhere that they are named. */

import { type Catalog, type Schema } from "../schema/types";
import { resolve } from "../schema/widgets";
import { KEY } from "./keys";
import { type Config, type Doc, stepOf } from "./model";

/** Why a step may not have this key; null when it may. */
export function keyRefusal(doc: Doc, key: string, fresh: string): string | null {
  if (!KEY.test(fresh)) return "Small letters, digits and _ alone, a letter first, at most 40.";
  return fresh !== key && stepOf(doc, fresh) ? "Another step is called that." : null;
}

/** Give a step another key: connections, the steps inside it and all that reads its output follow. */
export function rekey(doc: Doc, types: Catalog, key: string, fresh: string): Doc {
  if (!stepOf(doc, key) || key === fresh || keyRefusal(doc, key, fresh)) return doc;
  const keys = new Map([[key, fresh]]);
  const swap = (one: string): string => keys.get(one) ?? one;
  const nodes = doc.nodes.map((step) => ({
    ...step,
    key: swap(step.key),
    parent: step.parent === null ? null : swap(step.parent),
    config: renamed(step.config, types.get(step.type)?.schema, keys),
  }));
  return { ...doc, nodes, edges: doc.edges.map((link) => ({ ...link, source: swap(link.source), target: swap(link.target) })) };
}

const NAMED = /(?<![\w.])nodes(?:\.([a-z][a-z0-9_]*)|\[(["'])([a-z][a-z0-9_]*)\2\])/g;

/** A config that names other keys: paths in its texts, and the fields that hold a bare key. */
export function renamed(config: Config, schema: Schema | undefined, keys: ReadonlyMap<string, string>): Config {
  const inText = (text: string): string =>
    text.replace(NAMED, (whole, dotted?: string, _quote?: string, quoted?: string) => {
      const fresh = keys.get(dotted ?? quoted ?? "");
      return fresh ? `nodes.${fresh}` : whole;
    });
  const swap = (text: string, widget: string | undefined): string => (widget === "node" && keys.has(text) ? (keys.get(text) as string) : inText(text));
  return mapTexts(config, schema ?? {}, schema ?? {}, swap) as Config;
}

/** Every text inside a value replaced, beside the widget that its schema names. */
function mapTexts(value: unknown, given: Schema, root: Schema, swap: (text: string, widget: string | undefined) => string): unknown {
  const schema = resolve(given, root);
  if (typeof value === "string") return swap(value, schema["x-widget"] ?? schema.anyOf?.find((one) => one["x-widget"])?.["x-widget"]);
  const inner = [schema, ...(schema.anyOf ?? []).map((one) => resolve(one, root))];
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, inner.find((each) => each.items)?.items ?? {}, root, swap));
  if (!value || typeof value !== "object") return value;
  const fields = inner.find((each) => each.properties)?.properties ?? {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, fields[name] ?? {}, root, swap)]));
}
