import { useId, useMemo, useState } from "react";
import { add, addRefusal } from "../state/adding";
import { useBuilder, useBuilderState } from "../state/context";
import { Search } from "../ui/icons";
import { Popover } from "../ui/Popover";
import { TypeIcon, lookOf } from "../ui/TypeIcon";
import { blurb, search } from "./search";

/** Choose what comes next: opened by a plus, or by a connection that ends on the empty canvas. */
export function AddMenu() {
  const adding = useBuilderState((state) => state.adding);
  return adding ? <Open key={JSON.stringify(adding.target)} /> : null;
}

function Open() {
  const { store } = useBuilder();
  const adding = useBuilderState((state) => state.adding);
  const types = useBuilderState((state) => state.boot.types);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const found = useMemo(() => {
    const state = store.getState();
    return search(types, words).filter((type) => adding && !addRefusal(state, type, adding.target));
  }, [store, types, words, adding]);
  if (!adding) return null;
  const close = (): void => store.getState().set({ adding: null });
  const choose = (index: number): void => {
    const type = found[index];
    if (!type) return;
    const key = add(store, type.type, adding.target);
    if (key) store.getState().set({ wanted: { key, field: "" } });
  };
  const keys = (event: React.KeyboardEvent): void => {
    if (event.key === "ArrowDown") setAt((at + 1) % Math.max(1, found.length));
    else if (event.key === "ArrowUp") setAt((at + found.length - 1) % Math.max(1, found.length));
    else if (event.key === "Enter") choose(at);
    else return;
    event.preventDefault();
  };
  return (
    <Popover at={adding.at} label="Add a step" width={264} onClose={close}>
      <div className="b-search">
        <Search size={16} />
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
          aria-label="Find a step"
          placeholder="Find a step"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setAt(0);
          }}
          onKeyDown={keys}
        />
      </div>
      <ul className="b-options" role="listbox" id={`${id}-list`} aria-label="Steps">
        {found.map((type, index) => {
          const look = lookOf(type);
          return (
            <li key={type.type} id={`${id}-${index}`} role="option" aria-selected={index === at} className={look.className} style={look.style} onPointerMove={() => setAt(index)} onClick={() => choose(index)}>
              <span className="tile tile--sm"><TypeIcon type={type} size={15} /></span>
              <span className="b-options__words"><b className="name">{type.label}</b><small className="caption">{blurb(type)}</small></span>
            </li>
          );
        })}
        {found.length ? null : <li className="b-options__none" role="option" aria-selected="false" aria-disabled="true">No step is called that.</li>}
      </ul>
    </Popover>
  );
}
