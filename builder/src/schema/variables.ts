/** Which variables a step may use, and which it uses. */

import { type Doc, type Step, nameOf, stepOf } from "../graph/model";
import { upstream } from "../graph/walk";
import { type Catalog, type NodeType, outputsOf } from "./types";

export interface Variable {
  readonly path: string;
  readonly label: string;
  readonly isImage: boolean;
}

/** The variables that one step gives, or those that are there for every step. */
export interface VariableGroup {
  readonly title: string;
  readonly type: string;
  readonly variables: readonly Variable[];
}

const ALWAYS: readonly [string, string][] = [
  ["today", "Today's date"],
  ["workspace.name", "Workspace"],
  ["project.name", "Project"],
  ["feedback", "The reviewer's comment, while the step runs again"],
];

/** What a step may use: the brief, the item of its container, outputs of steps above it. Nothing else. */
export function variablesFor(doc: Doc, types: Catalog, key: string, roots: readonly string[] = []): VariableGroup[] {
  const above = upstream(doc, key);
  const brief = above.filter((step) => types.get(step.type)?.is_root);
  const others = above.filter((step) => !types.get(step.type)?.is_root);
  const groups = [...brief, ...others].map((step) => ofStep(step, types.get(step.type)));
  const own = roots.map((root) => variable(root, root === "variant" ? "The agent's number, from 1" : root));
  const lane = laneOf(doc, types, key);
  const rest: VariableGroup[] = [
    { title: "This step", type: "", variables: own },
    { title: "This item", type: "", variables: lane },
    { title: "Always there", type: "", variables: ALWAYS.map(([path, label]) => variable(path, label)) },
  ];
  return [...groups, ...rest].filter((group) => group.variables.length > 0);
}

function ofStep(step: Step, type: NodeType | undefined): VariableGroup {
  const prefix = type?.is_root ? "brief" : `nodes.${step.key}`;
  const labels = labelsOf(step, type);
  const variables = outputsOf(type, step.config).map((name) => variable(`${prefix}.${name}`, labels.get(name) ?? name.replaceAll("_", " ")));
  return { title: nameOf(step), type: step.type, variables };
}

/** What people call outputs that the config names, as `fields.*.key` does. */
function labelsOf(step: Step, type: NodeType | undefined): Map<string, string> {
  const [list, , name] = type?.outputs_from.split(".") ?? [];
  const rows = list ? step.config[list] : undefined;
  if (!Array.isArray(rows) || !name) return new Map();
  return new Map(rows.filter((row) => row && typeof row === "object").map((row) => [String(row[name]), String(row.label || row[name])]));
}

function laneOf(doc: Doc, types: Catalog, key: string): Variable[] {
  const container = stepOf(doc, stepOf(doc, key)?.parent);
  if (!container || !types.get(container.type)?.is_container) return [];
  const { items, item_name: name } = container.config;
  if (items == null || items === "" || (Array.isArray(items) && !items.length)) return [];
  const own = typeof name === "string" && name !== "item" && name ? [variable(name, `The ${name.replaceAll("_", " ")} of this lane`)] : [];
  return [...own, variable("item", "The item of this lane"), variable("index", "Its number, from 0")];
}

function variable(path: string, label: string): Variable {
  return { path, label, isImage: /(^|\.)(images?|photo)$/.test(path) };
}

const IN_BRACES = /\{\{-?([\s\S]*?)-?\}\}|\{%-?([\s\S]*?)-?%\}/g;
const PATH = /(?<![\w."'[])(brief|nodes|item|index|variant|workspace|project|today|feedback)((?:\.[A-Za-z_]\w*|\.\d+|\[-?\d+\])*)(?!\w)/g;

/** The variables that a text uses, each once, without Liquid's own. */
export function pathsIn(text: string): string[] {
  const found = new Set<string>();
  for (const [, written, tag] of text.matchAll(IN_BRACES)) {
    const code = (written ?? tag ?? "").replace(/"[^"]*"|'[^']*'/g, '""');
    for (const [path] of code.matchAll(PATH)) found.add(path);
  }
  return [...found];
}

/** The variables that a step's config uses, bare paths among them. */
export function pathsOf(config: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === "string") {
      pathsIn(value).forEach((path) => found.add(path));
      if (/^(brief|nodes)(\.\w+|\[-?\d+\])+$/.test(value.trim())) found.add(value.trim());
    } else if (value && typeof value === "object") Object.values(value).forEach(visit);
  };
  visit(config);
  return [...found];
}

/** What a path holds in values that are known; undefined where they end. */
export function lookup(path: string, scope: unknown): unknown {
  const parts = path.replace(/\[(-?\d+)\]/g, ".$1").split(".");
  return parts.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) {
      if (part === "size") return value.length;
      return value.at(part === "first" ? 0 : part === "last" ? -1 : Number(part));
    }
    return value && typeof value === "object" ? (value as Record<string, unknown>)[part] : undefined;
  }, scope);
}

/** A text with the variables filled in that are known; the others and all tags stay as they are. */
export function preview(text: string, scope: unknown): string {
  return text.replace(/\{\{-?\s*([\w.[\]-]+)\s*-?\}\}/g, (whole, path: string) => {
    const value = lookup(path, scope);
    if (value === undefined || value === null) return whole;
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  });
}
