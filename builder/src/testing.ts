/** What tests are written with: a catalogue with a type of every sort, and short ways to draw. */

import type { Doc, Link, Step } from "./graph/model";
import type { Catalog, NodeType } from "./schema/types";

const base = { color: "#64748b", icon: "<svg/>", handles_from: "", outputs_from: "", is_root: false, is_container: false, help: "Does something.", defaults: {} };

export const TYPES: readonly NodeType[] = [
  { ...base, type: "start", label: "Start", category: "Start", handles: ["out"], outputs: [], outputs_from: "fields.*.key", is_root: true, defaults: { fields: [{ key: "topic", label: "Topic" }] },
    schema: { type: "object", properties: { fields: { type: "array", title: "Questions", "x-summary": "Asks {}", items: { $ref: "#/$defs/F" } } }, $defs: { F: { type: "object", title: "F", properties: { key: { type: "string", pattern: "^[a-z]" }, label: { type: "string", default: "" } }, required: ["key"] } } } },
  { ...base, type: "write", label: "Write", category: "Create", handles: ["out"], outputs: ["text", "variants"], defaults: { prompt: "", quantity: 1, tone: "plain" },
    schema: { type: "object", properties: { prompt: { type: "string", title: "Prompt", "x-widget": "prompt", "x-roots": ["variant"] }, quantity: { type: "integer", minimum: 1, maximum: 20, "x-widget": "quantity", "x-summary": "× {}", default: 1 }, tone: { enum: ["plain", "warm"], default: "plain", "x-level": "advanced" } }, required: ["prompt"] } },
  { ...base, type: "judge", label: "Judge", category: "People", handles: ["approved", "rejected"], outputs: ["text", "images"],
    schema: { type: "object", properties: { show: { type: "array", items: { type: "string", "x-widget": "variable" }, "x-prefill": ["variants", "images"] }, again: { type: "string", "x-widget": "node" } }, required: ["show"] } },
  { ...base, type: "route", label: "Route", category: "Flow", handles: ["else"], handles_from: "branches.*.name", outputs: [], defaults: { branches: [{ name: "yes" }] },
    schema: { type: "object", properties: { branches: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } } } } },
  { ...base, type: "lanes", label: "Lanes", category: "Flow", handles: ["out"], outputs: ["items"], is_container: true, defaults: { items: null, item_name: "item" },
    schema: { type: "object", properties: { items: { anyOf: [{ type: "string" }, { type: "null" }], "x-widget": "items" } } } },
];

export const CATALOG: Catalog = new Map(TYPES.map((type) => [type.type, type]));

/** A step with its type's defaults. */
export function step(key: string, type = "write", rest: Partial<Step> = {}): Step {
  return { key, type, label: key, config: CATALOG.get(type)?.defaults ?? {}, position: { x: 0, y: 0 }, parent: null, ...rest };
}

/** Connections of drawings such as `a > b.yes > c`. */
export function links(...chains: string[]): Link[] {
  return chains.flatMap((chain) => {
    const parts = chain.split(">").map((part) => part.trim().split("."));
    return parts.slice(1).map(([target = ""], index) => ({ source: parts[index]?.[0] ?? "", source_handle: parts[index]?.[1] ?? "out", target }));
  });
}

/** A drawing of steps and chains. */
export function doc(nodes: Step[], ...chains: string[]): Doc {
  return { nodes, edges: links(...chains), notes: [] };
}
