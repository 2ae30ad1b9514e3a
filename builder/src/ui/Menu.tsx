import { type ReactNode, useEffect, useRef } from "react";
import { Popover } from "./Popover";

export interface Item {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly disabled?: string | false;
  readonly run: () => void;
}

/** A menu of verbs: arrows move, Enter does, a letter jumps. */
export function Menu({ label, at, items, onClose }: { label: string; at: { x: number; y: number }; items: readonly Item[]; onClose: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  const buttons = (): HTMLButtonElement[] => [...(ref.current?.querySelectorAll("button") ?? [])];
  useEffect(() => buttons()[0]?.focus(), []);
  const step = (event: React.KeyboardEvent): void => {
    const all = buttons();
    const here = all.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    const letter = event.key.length === 1 ? all.findIndex((one, index) => index > here && one.textContent?.toLowerCase().startsWith(event.key.toLowerCase())) : -1;
    const next = to ?? (letter >= 0 ? letter : undefined);
    if (next === undefined) return;
    event.preventDefault();
    all[(next + all.length) % all.length]?.focus();
  };
  return (
    <Popover at={at} label={label} width={248} onClose={onClose} role="menu">
      <div ref={ref} onKeyDown={step} className="b-menu">
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            className={item.danger ? "menu__item menu__item--danger" : "menu__item"}
            aria-disabled={Boolean(item.disabled)}
            title={item.disabled || undefined}
            onClick={() => {
              if (item.disabled) return;
              onClose();
              item.run();
            }}
          >
            {item.icon}
            <span className="menu__label">{item.label}</span>
            {item.keys ? <kbd className="keycap">{item.keys}</kbd> : null}
          </button>
        ))}
      </div>
    </Popover>
  );
}
