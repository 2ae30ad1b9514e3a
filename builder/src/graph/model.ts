/** The shapes of a drawing. Those of steps and connections are the API's, to the letter. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Config = Readonly<Record<string, unknown>>;

/** One step. A child's position counts from the corner of its container. */
export interface Step {
  readonly key: string;
  readonly type: string;
  readonly label: string;
  readonly config: Config;
  readonly position: Point;
  readonly parent: string | null;
}

/** A connection from one way out of a step to another step. */
export interface Link {
  readonly source: string;
  readonly source_handle: string;
  readonly target: string;
}

/** A sticky note beside the steps. */
export interface Note {
  readonly id: string;
  readonly text: string;
  readonly position: Point;
  readonly width: number;
  readonly height: number;
}

/** All that is drawn, and all that is saved. */
export interface Doc {
  readonly nodes: readonly Step[];
  readonly edges: readonly Link[];
  readonly notes: readonly Note[];
}

export const EMPTY: Doc = { nodes: [], edges: [], notes: [] };

/** The step of a key. */
export function stepOf(doc: Doc, key: string | null | undefined): Step | undefined {
  return key == null ? undefined : doc.nodes.find((step) => step.key === key);
}

/** The steps inside a container, as drawn. */
export function childrenOf(doc: Doc, key: string): Step[] {
  return doc.nodes.filter((step) => step.parent === key);
}

/** What tells a connection from all others. */
export function linkId(link: Link): string {
  return `${link.source}.${link.source_handle}>${link.target}`;
}

/** What people read of a step. */
export function nameOf(step: Pick<Step, "key" | "label">): string {
  return step.label.trim() || step.key;
}
