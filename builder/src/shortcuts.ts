/** Keys for the whole page. Those of a text field stay the field's. */

import { renewToken } from "./api/client";
import { stepOf } from "./graph/model";
import { readText } from "./graph/clipboard";
import { writeClipboard } from "./state/actions";
import type { Builder } from "./state/context";
import { mayEdit } from "./state/store";

const isTyping = (target: EventTarget | null): boolean => target instanceof Element && target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const onButton = (target: EventTarget | null): boolean => target instanceof Element && target.closest("button, a, [role=option]") !== null;

/** Listen; the function ends it. */
export function listen(builder: Builder, openVerbs: () => void): () => void {
  const { store, actions, services } = builder;
  const state = () => store.getState();

  const withControl: Record<string, (event: KeyboardEvent) => void> = {
    z: (event) => (event.shiftKey ? state().redo() : state().undo()),
    y: () => state().redo(),
    d: () => actions.duplicate(),
    a: () => state().select([...state().doc.nodes.filter((step) => step.parent === null).map((step) => step.key), ...state().doc.notes.map((note) => note.id)]),
  };
  const always: Record<string, () => void> = {
    s: () => void (mayEdit(state()) && actions.saveVersion()),
    Enter: () => state().boot.rights.run && state().boot.rights.edit && state().set(state().launchable ? { dialog: "test" } : { problemsOpen: true }),
  };
  const bare: Record<string, () => void> = {
    Delete: () => actions.removeSelected(),
    Backspace: () => actions.removeSelected(),
    F2: () => state().selected.length === 1 && mayEdit(state()) && state().set({ renaming: state().selected[0] ?? null }),
    "/": findStep,
    ".": openVerbs,
    "?": () => state().set({ dialog: "keys" }),
    "+": () => state().hands?.zoom(1),
    "-": () => state().hands?.zoom(-1),
    "0": () => state().hands?.fit(),
  };

  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const control = event.ctrlKey || event.metaKey;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const typing = isTyping(event.target);
    const run = control ? (always[name] ?? (typing ? undefined : withControl[name])) : typing || event.altKey ? undefined : bare[event.key];
    if (!run) return enter(event, typing, control);
    event.preventDefault();
    run(event);
  };
  const enter = (event: KeyboardEvent, typing: boolean, control: boolean): void => {
    const node = event.target instanceof Element ? event.target.closest<HTMLElement>(".react-flow__node") : null;
    if (event.key !== "Enter" || typing || control || !node || onButton(event.target)) return;
    if (!stepOf(state().doc, node.dataset.id)) {
      event.preventDefault();
      state().select([node.dataset.id as string]);
      return void requestAnimationFrame(() => state().hands?.focus(node.dataset.id as string, "textarea"));
    }
    state().select([node.dataset.id as string]);
    state().set({ wanted: { key: node.dataset.id as string, field: "" } });
  };
  const copied = (event: ClipboardEvent): void => {
    if (isTyping(event.target) || document.querySelector("dialog[open]") || getSelection()?.toString() || !state().selected.length) return;
    writeClipboard(event, actions.copied());
    if (event.type === "cut") actions.removeSelected();
  };
  const pasted = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (isTyping(event.target) || document.querySelector("dialog[open]") || !readText(text)) return;
    event.preventDefault();
    actions.pasteText(text);
  };
  const left = (event: BeforeUnloadEvent): void => {
    if (!services.autosave.isSafe && state().boot.rights.edit) event.preventDefault();
  };
  const gone = (): void => services.autosave.leave();
  const back = (): void => void services.autosave.push();
  const seen = async (): Promise<void> => {
    if (document.visibilityState !== "visible") return;
    if (services.autosave.state.status !== "signed-out") await actions.catchUp();
    else if (await renewToken(state().boot.user)) await services.autosave.push();
  };

  const pairs: [EventTarget, string, EventListener][] = [
    [document, "keydown", pressed as EventListener],
    [document, "copy", copied as EventListener],
    [document, "cut", copied as EventListener],
    [document, "paste", pasted as EventListener],
    [window, "beforeunload", left as EventListener],
    [window, "pagehide", gone],
    [window, "online", back],
    [document, "visibilitychange", () => void seen()],
  ];
  pairs.forEach(([target, name, run]) => target.addEventListener(name, run));
  return () => pairs.forEach(([target, name, run]) => target.removeEventListener(name, run));
}

function findStep(): void {
  const opener = document.getElementById("open-steps");
  if (opener?.offsetParent && opener.ariaExpanded === "false") opener.click();
  requestAnimationFrame(() => document.getElementById("find-step")?.focus());
}
