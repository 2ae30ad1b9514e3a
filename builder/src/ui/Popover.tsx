import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

interface Props {
  /** Where it opens: below this point of the screen, or beside it where there is no room. */
  readonly at: { readonly x: number; readonly y: number };
  readonly label: string;
  readonly width: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly role?: "dialog" | "menu";
}

const EDGE = 12;

/** A surface over the page that closes by Escape and by a press beside it. */
export function Popover({ at, label, width, onClose, children, role = "dialog" }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: at.x, top: at.y });
  useLayoutEffect(() => {
    const height = ref.current?.offsetHeight ?? 0;
    const left = Math.max(EDGE, Math.min(at.x, innerWidth - width - EDGE));
    const top = Math.max(EDGE, Math.min(at.y, innerHeight - height - EDGE));
    setPlace((old) => (old.left === left && old.top === top ? old : { left, top }));
  }, [at.x, at.y, width]);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    const pressed = (event: PointerEvent): void => {
      if (!ref.current?.contains(event.target as Node)) close.current();
    };
    document.addEventListener("pointerdown", pressed, true);
    return () => {
      document.removeEventListener("pointerdown", pressed, true);
      const lost = document.activeElement === document.body || document.activeElement === null;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return createPortal(
    <div
      ref={ref}
      className="b-popover"
      role={role}
      aria-label={label}
      style={{ ...place, width }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onClose();
      }}
    >
      {children}
    </div>,
    document.querySelector("#builder") ?? document.body,
  );
}
