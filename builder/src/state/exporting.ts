/** The drawing as a file in the export format, draft and all. */

import type { State } from "./store";

/** The file's content; what belongs to one place or person is left to the server's own export. */
export function exported(state: State): Record<string, unknown> {
  const { template } = state.boot;
  return {
    format: "copyloom.template",
    format_version: 1,
    name: state.name,
    slug: template.slug,
    description: template.description ?? "",
    category: template.category ?? "",
    tags: template.tags,
    nodes: state.doc.nodes,
    edges: state.doc.edges,
    canvas_notes: state.doc.notes,
  };
}

/** Hand the file to the browser. */
export function download(state: State): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(exported(state), null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${state.boot.template.slug}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
