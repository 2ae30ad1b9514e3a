/** The drawing as a file in the export format, draft and all; the server leaves out what belongs to one place. */

import { equal } from "../graph/equal";
import { type Doc, nameOf } from "../graph/model";
import { say } from "./say";
import type { Services, Store } from "./store";

/** The names of the steps whose settings are not in the file as they are drawn. */
export function leftOut(doc: Doc, file: { readonly nodes: readonly { readonly key: string; readonly config?: unknown }[] }): string[] {
  const configs = new Map(file.nodes.map((node) => [node.key, node.config]));
  return doc.nodes.filter((step) => !equal(configs.get(step.key) ?? {}, step.config)).map(nameOf);
}

/** Save what is drawn, then hand the file to the browser and say what is not in it. */
export async function download(store: Store, { calls, autosave }: Services): Promise<void> {
  const { doc, boot } = store.getState();
  if (boot.rights.edit) await autosave.push();
  const answer = await calls.exported();
  if (!answer.ok) return say(answer.message, "error");
  const url = URL.createObjectURL(new Blob([JSON.stringify(answer.data, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${answer.data.slug}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  const without = leftOut(doc, answer.data);
  if (without.length) say(`People, documents and uploads of this workspace are not in the file. Choose them again where it is imported: ${without.join(", ")}.`, "warning");
}
