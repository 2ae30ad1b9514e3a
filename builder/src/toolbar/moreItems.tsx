import type { Builder } from "../state/context";
import { download } from "../state/exporting";
import { mayEdit } from "../state/store";
import { Download, History, Keyboard, StickyNote, Upload } from "../ui/icons";
import type { Item } from "../ui/Menu";

/** What the toolbar keeps behind its dots. */
export function moreItems({ store, actions, services }: Builder): Item[] {
  const state = store.getState();
  const edit = mayEdit(state);
  return [
    { label: "Versions", icon: <History size={16} />, run: () => state.set({ dialog: "versions" }) },
    { label: "Export as JSON", icon: <Download size={16} />, run: () => void download(store, services) },
    ...(edit ? [{ label: "Import JSON", icon: <Upload size={16} />, run: () => state.set({ dialog: "import" as const }) }] : []),
    ...(edit ? [{ label: "Add a note", icon: <StickyNote size={16} />, run: () => actions.note() }] : []),
    { label: "Keyboard shortcuts", icon: <Keyboard size={16} />, keys: "?", run: () => state.set({ dialog: "keys" }) },
  ];
}
