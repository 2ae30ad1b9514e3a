/** The builder's state: one store a page, made by a factory so that tests make their own. */

import { createStore } from "zustand/vanilla";
import type { Calls } from "../api/calls";
import type { Shapes } from "../api/client";
import { begin, record, redo, undo, type History } from "../graph/history";
import { type Doc, type Point, type Size, linkId } from "../graph/model";
import { PLAIN, type View } from "../graph/sizes";
import { byStep, type Issue, worded } from "../schema/issues";
import type { Catalog } from "../schema/types";
import type { SaveState } from "./autosave";
import type { Boot } from "./boot";
import { catalogOf, firstDoc } from "./boot";
import type { Run } from "./run";

/** Where a step is to be added. */
export type Target =
  | { readonly kind: "after"; readonly key: string; readonly handle: string; readonly at?: Point }
  | { readonly kind: "on"; readonly link: string }
  | { readonly kind: "inside"; readonly key: string }
  | { readonly kind: "at"; readonly at: Point };

/** What is open over the canvas. */
export type Dialog = "versions" | "test" | "keys" | "import" | "connect" | null;

/** What only the canvas can do. */
export interface CanvasHands {
  centre(): Point;
  show(keys: readonly string[]): void;
  /** Pan to them unless they are in sight already. */
  reveal(keys: readonly string[]): void;
  /** Whether what has its corner there lies between the panels. */
  sees(corner: Point, size: Size): boolean;
  fit(): void;
  zoom(by: number | null): void;
  /** Give the focus to a step or note, or to what a selector finds in it. */
  focus(key: string, within?: string): void;
  toCanvas(point: Point): Point;
}

export interface State {
  readonly boot: Boot;
  readonly types: Catalog;
  readonly name: string;
  readonly history: History<Doc>;
  readonly doc: Doc;
  readonly selected: readonly string[];
  readonly selectedLinks: readonly string[];
  readonly issues: readonly Issue[];
  readonly issuesByStep: ReadonlyMap<string, Issue[]>;
  readonly launchable: boolean;
  readonly version: number | null;
  /** Whether the drawing differs from the version that runs are launched from. */
  readonly isDraft: boolean;
  readonly save: SaveState;
  readonly view: View;
  readonly adding: { readonly target: Target; readonly at: Point } | null;
  readonly dialog: Dialog;
  readonly panel: "setup" | "inputs" | "output" | "advanced";
  /** Whether the panel stands open for the selected step. */
  readonly panelOpen: boolean;
  /** A field that is to be shown and to get the focus. */
  readonly wanted: { readonly key: string; readonly field: string } | null;
  readonly renaming: string | null;
  readonly dropInto: string | null;
  /** The connection under the pointer. */
  readonly near: string | null;
  readonly run: Run | null;
  readonly tries: Readonly<Record<string, Shapes["TryAnswer"]>>;
  /** Answers to the brief that people gave for a test or a try. */
  readonly sample: Readonly<Record<string, unknown>>;
  readonly problemsOpen: boolean;
  readonly locked: boolean;
  readonly hands: CanvasHands | null;
  /** Change the drawing. `about` puts changes of one thing that follow each other into one step back. */
  edit(make: (doc: Doc) => Doc, about?: string): void;
  undo(): void;
  redo(): void;
  /** Undo the last change as if it had never been. */
  takeBack(): void;
  /** Show a drawing that came from elsewhere, as a step that can be undone. */
  replace(doc: Doc): void;
  select(ids: readonly string[], links?: readonly string[]): void;
  judge(issues: readonly Issue[], launchable: boolean): void;
  set(part: Partial<State>): void;
}

export type Store = ReturnType<typeof makeStore>;

/** Whether the person may change the drawing. */
export const mayEdit = (state: State): boolean => state.boot.rights.edit && !state.locked;

/** A store for the workflow of a page. `changed` hears of every change of the drawing. */
export function makeStore(boot: Boot, options: { view?: View; changed?: (doc: Doc) => void; now?: () => number } = {}) {
  const doc = firstDoc(boot);
  const types = catalogOf(boot.types);
  const issues = worded(boot.issues, doc, types);
  const now = options.now ?? Date.now;
  return createStore<State>()((set, get) => {
    const go = (history: History<Doc>): void => {
      if (history === get().history) return;
      const changed = history.present !== get().doc;
      set({ history, doc: history.present, ...pruned(get(), history.present) });
      if (changed) options.changed?.(history.present);
    };
    return {
      boot,
      types,
      name: boot.template.name,
      history: begin(doc),
      doc,
      selected: [],
      selectedLinks: [],
      issues,
      issuesByStep: byStep(issues),
      launchable: boot.launchable,
      version: boot.template.version ?? null,
      isDraft: boot.template.draft !== null,
      save: { status: "saved", at: now(), message: "", theirs: null, isKept: true },
      view: options.view ?? PLAIN,
      adding: null,
      dialog: null,
      panel: "setup",
      panelOpen: true,
      wanted: null,
      renaming: null,
      dropInto: null,
      near: null,
      run: null,
      tries: {},
      sample: {},
      problemsOpen: false,
      locked: false,
      hands: null,
      edit: (make, about = "") => {
        if (mayEdit(get())) go(record(get().history, make(get().doc), about, now()));
      },
      undo: () => mayEdit(get()) && go(undo(get().history)),
      redo: () => mayEdit(get()) && go(redo(get().history)),
      takeBack: () => go({ ...undo(get().history), future: [] }),
      replace: (next) => go(record(get().history, next)),
      select: (selected, selectedLinks = []) => {
        const old = get();
        const only = selected.length === 1 ? selected[0] : null;
        const panelOpen = only !== null && !(old.selected.length === 1 && old.selected[0] === only) ? true : old.panelOpen;
        set({ selected, selectedLinks, panelOpen });
      },
      judge: (found, launchable) => {
        const told = worded(found, get().doc, types);
        set({ issues: told, launchable, issuesByStep: byStep(told) });
      },
      set: (part) => set(part),
    };
  });
}

/** The selection without what is no longer there. */
function pruned(state: State, doc: Doc): Pick<State, "selected" | "selectedLinks"> {
  const there = new Set([...doc.nodes.map((step) => step.key), ...doc.notes.map((note) => note.id)]);
  const links = new Set(doc.edges.map(linkId));
  const selected = state.selected.filter((id) => there.has(id));
  const selectedLinks = state.selectedLinks.filter((id) => links.has(id));
  return {
    selected: selected.length === state.selected.length ? state.selected : selected,
    selectedLinks: selectedLinks.length === state.selectedLinks.length ? state.selectedLinks : selectedLinks,
  };
}

/** The calls and the machine that saves, beside the store. */
export interface Services {
  readonly calls: Calls;
  readonly autosave: import("./autosave").Autosave;
}
