import { useId, useMemo, useState } from "react";
import { type VariableGroup, variablesFor } from "../schema/variables";
import { useBuilderState } from "../state/context";
import { Search } from "../ui/icons";
import { Popover } from "../ui/Popover";

interface Props {
  readonly stepKey: string;
  readonly at: { readonly x: number; readonly y: number };
  readonly roots?: readonly string[] | undefined;
  readonly onPick: (path: string) => void;
  readonly onClose: () => void;
}

/** The variables that have every word, in their groups. */
export function matching(groups: readonly VariableGroup[], words: string): VariableGroup[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map((group) => ({ ...group, variables: group.variables.filter((one) => wanted.every((word) => `${one.path} ${one.label} ${group.title}`.toLowerCase().includes(word))) }))
    .filter((group) => group.variables.length);
}

/** Choose one of the variables that the step may use: those of steps above it and no others. */
export function VariablePicker({ stepKey, at, roots, onPick, onClose }: Props) {
  const doc = useBuilderState((state) => state.doc);
  const types = useBuilderState((state) => state.types);
  const [words, setWords] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const groups = useMemo(() => matching(variablesFor(doc, types, stepKey, roots), words), [doc, types, stepKey, roots, words]);
  const flat = groups.flatMap((group) => group.variables);
  const pick = (index: number): void => {
    const chosen = flat[index];
    if (!chosen) return;
    onPick(chosen.path);
    onClose();
  };
  const keys = (event: React.KeyboardEvent): void => {
    if (event.key === "ArrowDown") setActive((active + 1) % Math.max(1, flat.length));
    else if (event.key === "ArrowUp") setActive((active + flat.length - 1) % Math.max(1, flat.length));
    else if (event.key === "Enter" || event.key === "Tab") pick(active);
    else return;
    event.preventDefault();
  };
  let index = -1;
  return (
    <Popover at={at} label="Variables" width={304} onClose={onClose}>
      <div className="b-search">
        <Search size={16} />
        <input autoFocus role="combobox" aria-expanded="true" aria-controls={`${id}-list`} aria-activedescendant={flat[active] ? `${id}-${active}` : undefined} aria-label="Find a variable" placeholder="Find a variable" value={words} onKeyDown={keys} onChange={(event) => {
          setWords(event.target.value);
          setActive(0);
        }} />
      </div>
      <div className="b-options b-options--variables" role="listbox" id={`${id}-list`} aria-label="Variables">
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <p className="caption b-options__group" role="presentation">{group.title}</p>
            {group.variables.map((one) => {
              index += 1;
              const place = index;
              return (
                <div key={one.path} id={`${id}-${place}`} role="option" aria-selected={place === active} onPointerMove={() => setActive(place)} onClick={() => pick(place)}>
                  <code className={one.isImage ? "chip b-chip--image" : "chip"}>{one.path}</code>
                  <span className="caption ellipsis">{one.label}</span>
                </div>
              );
            })}
          </div>
        ))}
        {flat.length ? null : <p className="caption b-options__none">Nothing above this step is called that.</p>}
      </div>
    </Popover>
  );
}
