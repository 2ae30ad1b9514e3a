/** From what the server finds wrong to the place on the screen where it is put right. */

import { type Doc, type Link, stepOf } from "../graph/model";
import type { Catalog, NodeType, Schema } from "./types";
import { fieldsOf, levelsOf, resolve } from "./widgets";

export interface Issue {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly node: string | null;
  readonly field: string | null;
  readonly message: string;
}

/** Issues that call a field as its form does, where the server names its path: `Fill in Text.`, not `template`. */
export function worded(issues: readonly Issue[], doc: Doc, types: Catalog): readonly Issue[] {
  return issues.map((issue) => {
    const { field, message } = issue;
    const starts = field ? [`Fill in ${field}.`, `${field} `, `${field}: `].some((start) => message.startsWith(start)) : false;
    const title = starts && field ? titleAt(types.get(stepOf(doc, issue.node)?.type ?? ""), field) : "";
    return title ? { ...issue, message: message.replace(field as string, title) } : issue;
  });
}

/** What a form calls the field at a path such as `branches.0.name`; of an entry of a list, what it calls the list. */
function titleAt(type: NodeType | undefined, path: string): string {
  if (!type) return "";
  let [schema, title]: [Schema, string] = [type.schema, ""];
  for (const part of path.split(".")) {
    if (/^\d+$/.test(part)) schema = resolve(schema.items ?? {}, type.schema);
    else {
      const field = fieldsOf(schema, type.schema).find((one) => one.name === part);
      if (!field) return "";
      [schema, title] = [field.schema, field.title];
    }
  }
  return title;
}

/** The issues of each step, the grave ones first. */
export function byStep(issues: readonly Issue[]): Map<string, Issue[]> {
  const found = new Map<string, Issue[]>();
  for (const issue of issues) if (issue.node) found.set(issue.node, [...(found.get(issue.node) ?? []), issue]);
  return found;
}

/** An issue, and of how many other steps the very same is said. */
export interface Alike {
  readonly issue: Issue;
  readonly others: number;
}

/** Issues with those that say the same told once, at the first of them. */
export function alike(issues: readonly Issue[]): Alike[] {
  const found = new Map<string, { issue: Issue; others: number }>();
  for (const issue of issues) {
    const name = `${issue.code}|${issue.field}|${issue.message}`;
    const known = found.get(name);
    if (known) known.others += 1;
    else found.set(name, { issue, others: 0 });
  }
  return [...found.values()];
}

/** The issues of one field; with `deep` those of all that is inside it too. */
export function issuesAt(issues: readonly Issue[], path: string, deep: boolean): Issue[] {
  return issues.filter((issue) => issue.field === path || (deep && issue.field?.startsWith(`${path}.`)));
}

/** Issues of a step that no field of its form can show. */
export function issuesOfStep(issues: readonly Issue[], type: NodeType | undefined): Issue[] {
  const names = new Set(Object.keys(type?.schema.properties ?? {}));
  return issues.filter((issue) => !issue.field || !names.has(issue.field.split(".")[0] ?? ""));
}

/** Which part of the form holds a field. */
export function levelAt(type: NodeType | undefined, field: string | null): "setup" | "advanced" {
  const name = field?.split(".")[0];
  return type && levelsOf(type).advanced.some((one) => one.name === name) ? "advanced" : "setup";
}

/** The connection that an issue is about. */
export function linkAt(doc: Doc, field: string | null): Link | undefined {
  const number = /^edges\.(\d+)$/.exec(field ?? "")?.[1];
  return number === undefined ? undefined : doc.edges[Number(number)];
}
