/** Which connections may be drawn, and why the others may not. */

import { type Catalog, handlesOf } from "../schema/types";
import { type Doc, type Link, nameOf, stepOf } from "./model";
import { leadsTo } from "./walk";

/** Why a connection may not be drawn, in words for people; null when it may. */
export function refusal(doc: Doc, types: Catalog, link: Link): string | null {
  const source = stepOf(doc, link.source);
  const target = stepOf(doc, link.target);
  if (!source || !target) return "One of the two steps is gone.";
  if (source === target) return "A step cannot wait for itself.";
  if (types.get(target.type)?.is_root) return `${nameOf(target)} comes first: nothing leads into it.`;
  if (source.parent !== target.parent) return acrossTheWall(doc, source.parent ?? target.parent);
  if (!handlesOf(types.get(source.type), source.config).includes(link.source_handle)) {
    return `${nameOf(source)} has no way out called “${link.source_handle}”.`;
  }
  if (doc.edges.some((one) => one.source === link.source && one.target === link.target && one.source_handle === link.source_handle)) {
    return "These two are connected already.";
  }
  if (leadsTo(doc, link.target, link.source)) {
    return `${nameOf(target)} comes before ${nameOf(source)}: they would wait for each other.`;
  }
  return null;
}

function acrossTheWall(doc: Doc, container: string | null): string {
  const step = stepOf(doc, container);
  return `A connection cannot cross the wall of ${step ? nameOf(step) : "a container"}. Connect the container itself.`;
}

/** Why a step may not stand in a container; null when it may. */
export function parentRefusal(doc: Doc, types: Catalog, key: string, parent: string | null): string | null {
  const step = stepOf(doc, key);
  if (!step) return "The step is gone.";
  if (parent === null) return null;
  const type = types.get(step.type);
  if (type?.is_root) return `${nameOf(step)} comes first and stands in no container.`;
  if (type?.is_container) return "A container cannot stand in another.";
  const container = stepOf(doc, parent);
  return container && types.get(container.type)?.is_container ? null : "That step cannot hold others.";
}
