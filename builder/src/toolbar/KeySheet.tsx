import { useBuilder } from "../state/context";
import { Dialog } from "../ui/Dialog";

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "Find a step to add"],
  ["Enter", "Set up the step that has the focus"],
  [".", "All verbs of the selected step: connect, move into a container, …"],
  ["F2", "Rename"],
  ["Arrows", "Move what is selected; with Shift, further"],
  ["Del", "Delete"],
  ["Ctrl Z", "Undo"],
  ["Shift Ctrl Z", "Redo"],
  ["Ctrl C", "Copy, also into another workflow"],
  ["Ctrl V", "Paste"],
  ["Ctrl D", "Duplicate"],
  ["Ctrl A", "Select everything"],
  ["Ctrl S", "Save a version"],
  ["Ctrl Enter", "Test run"],
  ["Shift + drag", "Select with a box"],
  ["Ctrl K", "Search, or jump to a page"],
  ["+  −  0", "Zoom in, out, show everything"],
  ["?", "This sheet"],
];

/** The keys. */
export function KeySheet() {
  const { store } = useBuilder();
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => store.getState().set({ dialog: null })}>
      <dl className="keys">{KEYS.map(([key, words]) => <div key={key} className="b-keys__row"><dt><kbd className="keycap">{key}</kbd></dt><dd>{words}</dd></div>)}</dl>
    </Dialog>
  );
}
