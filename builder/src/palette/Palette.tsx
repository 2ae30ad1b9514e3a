import { useMemo, useRef, useState } from "react";
import { DRAGGED } from "../canvas/Canvas";
import type { NodeType } from "../schema/types";
import { add } from "../state/adding";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { GripVertical, List, MousePointer2, Plus, Search, StickyNote } from "../ui/icons";
import { TypeIcon, lookOf } from "../ui/TypeIcon";
import { Outline } from "./Outline";
import { blurb, search, shelves } from "./search";

/** Steps to add, and the outline of those that are there. */
export function Palette() {
  const canEdit = useBuilderState(mayEdit);
  const [tab, setTab] = useState<"steps" | "outline">(canEdit ? "steps" : "outline");
  const [opened, setOpened] = useState(false);
  const shown = canEdit ? tab : "outline";
  return (
    <aside className={opened ? "b-palette is-opened" : "b-palette"} aria-label="Steps and outline">
      <button type="button" className="b-tool b-palette__open" aria-label={opened ? "Close the steps" : "Open the steps"} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {opened ? <List size={18} /> : <Plus size={18} />}
      </button>
      <div className="b-palette__body">
        <div className="segmented b-tabs" role="tablist" aria-label="Steps or outline">
          {canEdit ? <button type="button" role="tab" id="tab-steps" aria-controls="panel-steps" aria-selected={shown === "steps"} onClick={() => setTab("steps")}>Steps</button> : null}
          <button type="button" role="tab" id="tab-outline" aria-controls="panel-outline" aria-selected={shown === "outline"} onClick={() => setTab("outline")}>Outline</button>
        </div>
        <div role="tabpanel" id={`panel-${shown}`} aria-labelledby={`tab-${shown}`} className="b-palette__panel">
          {shown === "steps" ? <Steps onAdded={() => setOpened(false)} /> : <Outline />}
        </div>
      </div>
    </aside>
  );
}

function Steps({ onAdded }: { onAdded: () => void }) {
  const { store, actions } = useBuilder();
  const types = useBuilderState((state) => state.boot.types);
  const [words, setWords] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => search(types, words), [types, words]);
  const take = (type: NodeType): void => {
    const key = add(store, type.type);
    if (!key) return;
    setWords("");
    onAdded();
    store.getState().set({ wanted: { key, field: "" } });
    requestAnimationFrame(() => store.getState().hands?.show([key]));
  };
  const move = (event: React.KeyboardEvent): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>(".b-kind") ?? [])];
    const here = rows.indexOf(document.activeElement as HTMLElement);
    const to = event.key === "ArrowDown" ? here + 1 : event.key === "ArrowUp" ? here - 1 : null;
    if (to === null) return;
    event.preventDefault();
    if (to < 0) document.getElementById("find-step")?.focus();
    else rows[to % rows.length]?.focus();
  };
  return (
    <div onKeyDown={move} className="b-kinds" ref={list}>
      <div className="b-search">
        <Search size={16} />
        <input
          id="find-step"
          aria-label="Find a step"
          placeholder="Find a step"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0]) take(found[0]);
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <kbd className="keycap" aria-hidden="true">/</kbd>
      </div>
      <div className="b-kinds__list">
        {shelves(found).map((shelf) => (
          <section key={shelf.category} aria-label={shelf.category}>
            <h2 className="label b-kinds__head">{shelf.category}</h2>
            {shelf.types.map((type) => <Kind key={type.type} type={type} onTake={() => take(type)} />)}
          </section>
        ))}
        {found.length ? null : <p className="caption b-kinds__none">No step is called that.</p>}
        <section aria-label="Beside the steps">
          <h2 className="label b-kinds__head">Beside the steps</h2>
          <button type="button" className="b-kind" onClick={() => actions.note()}>
            <span className="tile b-tile--note"><StickyNote size={18} /></span>
            <span className="b-kind__words"><b className="name">Note</b><small className="caption">A word to the others</small></span>
          </button>
        </section>
      </div>
      <p className="inset b-hint"><MousePointer2 size={15} /><span>Drag onto the canvas, or press <b>Enter</b> to add after the selected step</span></p>
    </div>
  );
}

function Kind({ type, onTake }: { type: NodeType; onTake: () => void }) {
  const look = lookOf(type);
  return (
    <button
      type="button"
      className={`b-kind ${look.className}`}
      style={look.style}
      draggable
      title={type.help}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, type.type);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={onTake}
    >
      <span className="tile"><TypeIcon type={type} /></span>
      <span className="b-kind__words"><b className="name">{type.label}</b><small className="caption ellipsis">{blurb(type)}</small></span>
      <GripVertical className="b-kind__grip" size={14} />
    </button>
  );
}
