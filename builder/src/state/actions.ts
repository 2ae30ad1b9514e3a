/** What people do beyond drawing: copy, paste, save versions, settle conflicts, test, import. */

import { currentDoc } from "../api/calls";
import type { Answer } from "../api/client";
import { copyText, noteId, paste, readText } from "../graph/clipboard";
import { lostLinks, moveInto } from "../graph/containers";
import { markOf } from "../graph/mark";
import { type Point, nameOf, stepOf } from "../graph/model";
import { addNote, connect, disconnect, remove } from "../graph/operations";
import { parentRefusal, refusal } from "../graph/rules";
import { absolute, freePlace } from "../graph/sizes";
import type { Theirs } from "./autosave";
import { withId } from "./boot";
import { homeOf, importRefusal, inside, shiftOf } from "./pasting";
import { follow, toRun } from "./run";
import { say } from "./say";
import { type Services, type Store, mayEdit } from "./store";

/** The verbs that need the store and the server. */
export function actionsFor(store: Store, { calls, autosave }: Services) {
  const state = () => store.getState();

  const removeSelected = (): void => {
    const { selected, selectedLinks, doc, types } = state();
    const roots = selected.filter((id) => types.get(stepOf(doc, id)?.type ?? "")?.is_root);
    if (roots.length) say("Every workflow starts with its brief, so it stays.", "warning");
    const ids = selected.filter((id) => !roots.includes(id));
    if (ids.length || selectedLinks.length) state().edit((one) => remove(disconnect(one, selectedLinks), ids));
  };

  const pasteText = (text: string): boolean => {
    const cut = readText(text);
    if (!cut) return false;
    if (!mayEdit(state())) return true;
    const { doc, types, boot, hands } = state();
    const home = homeOf(state(), cut);
    const made = paste(doc, types, home ? inside(state(), cut, home) : cut, home ? { x: 0, y: 0 } : shiftOf(state(), cut));
    if (made.doc.nodes.length > boot.max_nodes) say(`A workflow holds at most ${boot.max_nodes} steps.`, "warning");
    else if (made.ids.length) {
      state().edit(() => made.doc);
      state().select(made.ids);
      hands?.reveal(made.ids);
    } else say("Every workflow has one brief, and it is here already.", "warning");
    return true;
  };

  const importText = async (text: string): Promise<string | null> => {
    const read = readText(text);
    if (!read) return "This is no workflow. Choose a file that Export has written, or steps that were copied.";
    const reason = importRefusal(read, state().boot.max_nodes);
    if (reason) return reason;
    state().edit(() => read);
    await autosave.push();
    if (autosave.state.status !== "refused") {
      state().hands?.fit();
      return null;
    }
    const { message } = autosave.state;
    state().takeBack();
    await autosave.push();
    return message;
  };

  const join = (source: string, handle: string, target: string): boolean => {
    const link = { source, source_handle: handle, target };
    const reason = refusal(state().doc, state().types, link);
    if (reason) say(reason, "warning");
    else state().edit((doc) => connect(doc, state().types, link));
    return !reason;
  };

  const putInto = (key: string, parent: string | null, at?: Point): void => {
    const { doc, types } = state();
    const reason = parentRefusal(doc, types, key, parent);
    const step = stepOf(doc, key);
    if (reason || !step) {
      if (reason) say(reason, "warning");
      return;
    }
    const next = moveInto(doc, types, key, parent, at ?? absolute(doc, step));
    const lost = lostLinks(doc, next).length;
    state().edit(() => next);
    if (lost) say(`${nameOf(step)} is ${parent ? "inside" : "outside"} now; its connections lead to the container instead.`);
  };

  const isSaved = async (): Promise<boolean> => {
    await autosave.push();
    if (autosave.state.status === "saved") return true;
    say(autosave.state.message || "Not saved yet; try again when the connection is back.", "error");
    return false;
  };

  /** Go on from what the server holds, and have it say what is wrong with that: the call changes nothing. */
  const take = async ({ doc, etag }: Theirs): Promise<void> => {
    state().replace(doc);
    autosave.adopt(doc, etag);
    const answer = await calls.saveDraft(doc, etag);
    if (!answer.ok) return;
    state().judge(answer.data.issues, answer.data.launchable);
    state().set({ isDraft: answer.data.draft !== null });
  };

  /** Show what others have saved meanwhile, unless there is something of one's own to save; whether there was any. */
  const catchUp = async (): Promise<boolean> => {
    if (!autosave.isSafe || !state().boot.rights.edit) return false;
    const answer = await calls.read();
    if (!answer.ok || answer.etag === autosave.etag || !autosave.isSafe) return false;
    const doc = currentDoc(answer.data);
    state().set({ name: answer.data.name, version: answer.data.version ?? null, isDraft: answer.data.draft !== null });
    if (markOf(doc) === markOf(state().doc)) {
      autosave.adopt(state().doc, answer.etag);
      return false;
    }
    await take({ doc, etag: answer.etag });
    say("Somebody else has changed this workflow. It is shown as it stands now; Undo shows how it was.", "warning");
    return true;
  };

  /** Call for the drawing that is shown; nothing is done with one that somebody else has changed meanwhile. */
  const forShown = async <T>(call: (etag: string) => Promise<Answer<T>>): Promise<Extract<Answer<T>, { ok: true }> | null> => {
    if (!(await isSaved())) return null;
    let answer = await call(autosave.etag);
    if (!answer.ok && answer.status === 412) {
      if (await catchUp()) return null;
      answer = await call(autosave.etag);
    }
    if (answer.ok) return answer;
    say(answer.message, "error");
    return null;
  };

  const saveVersion = async (note = ""): Promise<boolean> => {
    let doc = state().doc;
    const answer = await forShown((etag) => calls.saveVersion((doc = state().doc), note, etag));
    if (!answer) return false;
    const before = state().version;
    autosave.adopt(doc, answer.etag);
    const version = answer.data.version ?? null;
    state().judge(answer.data.issues, answer.data.launchable);
    state().set({ version, isDraft: false });
    say(version === before ? `Version ${version} is up to date.` : `Saved as version ${version}.`, "success");
    return true;
  };

  return {
    removeSelected,
    pasteText,
    join,
    putInto,
    saveVersion,
    catchUp,
    copied: (): string => copyText(state().doc, state().selected),
    duplicate: (): void => {
      if (state().selected.length) pasteText(copyText(state().doc, state().selected));
    },
    note: (): void => {
      const id = noteId();
      const size = { width: 240, height: 120 };
      const { doc, types, view, hands } = state();
      const place = freePlace(doc, types, hands?.centre() ?? { x: 0, y: 0 }, size, null, view);
      state().edit((one) => addNote(one, { id, text: "", position: place, ...size }));
      state().select([id]);
      requestAnimationFrame(() => {
        state().hands?.show([id]);
        state().hands?.focus(id, "textarea");
      });
    },
    call: async (name: string): Promise<void> => {
      const fresh = name.trim();
      if (!fresh || fresh === state().name) return;
      await autosave.push();
      const called = () => autosave.beside((etag) => calls.call(fresh, etag));
      let answer = await called();
      if (!answer.ok && answer.status === 412 && autosave.isSafe) {
        await catchUp();
        answer = await called();
      }
      if (!answer.ok) return say(answer.message, "error");
      state().set({ name: answer.data.name });
    },
    restore: async (number: number): Promise<void> => {
      const answer = await forShown((etag) => calls.restore(number, etag));
      if (!answer) return;
      const doc = currentDoc(answer.data);
      state().replace(doc);
      autosave.adopt(doc, answer.etag);
      state().judge(answer.data.issues, answer.data.launchable);
      state().set({ version: answer.data.version ?? null, isDraft: false, dialog: null });
      say(`Version ${number} is back, as version ${answer.data.version}. Undo brings yours back.`, "success");
    },
    keepMine: (): void => {
      const { theirs } = state().save;
      if (!theirs) return;
      const mine = state().doc;
      state().replace(theirs.doc);
      state().replace(mine);
      autosave.resolve(mine, theirs);
      say("Yours goes on. Undo shows the other one.", "success");
    },
    takeTheirs: (): void => {
      const { theirs } = state().save;
      if (!theirs) return;
      void take(theirs);
      say("The other one goes on. Undo brings yours back.", "success");
    },
    keepBoth: async (): Promise<void> => {
      const { theirs } = state().save;
      if (!theirs) return;
      const answer = await calls.copy(`${state().name} (my version)`.slice(0, 200), state().doc);
      if (!answer.ok) return say(answer.message, "error");
      void take(theirs);
      say("Yours is a workflow of its own now.", "success", { href: withId(state().boot.urls.builder, answer.data.id), action: "Open it" });
    },
    importText,
    launch: async (): Promise<void> => {
      if (await catchUp()) return;
      if ((state().isDraft || autosave.state.status !== "saved") && state().boot.rights.edit && !(await saveVersion())) return;
      location.assign(state().boot.urls.launch);
    },
    test: async (inputs: Record<string, unknown>, key: string): Promise<string | null> => {
      await autosave.push();
      if (autosave.state.status !== "saved") return autosave.state.message || "The last changes are not saved yet.";
      if (await catchUp()) return "Somebody else has changed this workflow; it is drawn as it stands now. Start again to test that.";
      const answer = await calls.launch(inputs, key);
      if (!answer.ok) return answer.message;
      state().set({ run: toRun(answer.data), dialog: null });
      void follow(store, calls, answer.data.id);
      return null;
    },
    clone: async (): Promise<void> => {
      const answer = await calls.clone();
      if (answer.ok) location.assign(withId(state().boot.urls.builder, answer.data.id));
      else say(answer.message, "error");
    },
  };
}

export type Actions = ReturnType<typeof actionsFor>;

/** Put a drawing's text on the clipboard by the browser's own command. */
export function writeClipboard(event: ClipboardEvent, text: string): void {
  event.clipboardData?.setData("text/plain", text);
  event.preventDefault();
}

