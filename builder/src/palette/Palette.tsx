import { useMemo, useState } from "react";
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
  const { store } = useBuilder();
  const canEdit = useBuilderState(mayEdit);
  const types = useBuilderState((state) => state.boot.types);
  const [tab, setTab] = useState<"steps" | "outline">(canEdit ? "steps" : "outline");
  const [opened, setOpened] = useState(false);
  const [words, setWords] = useState("");
  const shown = canEdit ? tab : "outline";
  const found = useMemo(() => search(types, words), [types, words]);
  const take = (type: NodeType): void => {
    const key = add(store, type.type);
    if (!key) return;
    setWords("");
    setOpened(false);
    store.getState().set({ wanted: { key, field: "" } });
    requestAnimationFrame(() => store.getState().hands?.show([key]));
  };
  return (
    <aside className={opened ? "b-palette is-opened" : "b-palette"} aria-label="Steps and outline" onKeyDown={moveInList}>
      <button type="button" id="open-steps" className="b-tool b-palette__open" aria-label={opened ? "Close the steps" : "Open the steps"} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {opened ? <List size={18} /> : <Plus size={18} />}
      </button>
      <div className="b-palette__body">
        {canEdit ? (
          <div className="b-search">
            <Search size={16} />
            <input
              id="find-step"
              aria-label="Find a step"
              placeholder="Find a step"
              value={words}
              onChange={(event) => {
                setWords(event.target.value);
                setTab("steps");
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter" && found[0]) take(found[0]);
                if (event.key === "Escape") event.currentTarget.blur();
              }}
            />
            <kbd className="keycap" aria-hidden="true">/</kbd>
          </div>
        ) : null}
        <div className="b-tabs" role="tablist" aria-label="Steps or outline">
          {canEdit ? <button type="button" role="tab" id="tab-steps" aria-controls="panel-steps" aria-selected={shown === "steps"} onClick={() => setTab("steps")}>Steps</button> : null}
          <button type="button" role="tab" id="tab-outline" aria-controls="panel-outline" aria-selected={shown === "outline"} onClick={() => setTab("outline")}>Outline</button>
        </div>
        <div role="tabpanel" id={`panel-${shown}`} aria-labelledby={`tab-${shown}`} className="b-palette__panel">
          {shown === "steps" ? <Kinds found={found} onTake={take} /> : <Outline />}
        </div>
      </div>
    </aside>
  );
}

/** Up and down between the search and what it finds. */
function moveInList(event: React.KeyboardEvent<HTMLElement>): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!by) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".b-kind")];
  const next = rows.indexOf(document.activeElement as HTMLElement) + by;
  event.preventDefault();
  if (next < 0) document.getElementById("find-step")?.focus();
  else rows[next % rows.length]?.focus();
}

function Kinds({ found, onTake }: { found: readonly NodeType[]; onTake: (type: NodeType) => void }) {
  const { actions } = useBuilder();
  return (
    <div className="b-kinds">
      <div className="b-kinds__list">
        {shelves(found).map((shelf) => (
          <section key={shelf.category} aria-label={shelf.category}>
            <h2 className="label b-kinds__head">{shelf.category}</h2>
            {shelf.types.map((type) => <Kind key={type.type} type={type} onTake={() => onTake(type)} />)}
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
