import { type ReactNode, useEffect, useId, useRef } from "react";
import { X } from "./icons";

/** A window over the page that keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, wide = false }: { title: string; onClose: () => void; children: ReactNode; wide?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    ref.current?.querySelector<HTMLElement>("[data-autofocus], form :is(input, textarea, select)")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? "dialog b-dialog b-dialog--wide" : "dialog b-dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="spread b-dialog__head">
        <h2 className="card-title" id={id}>{title}</h2>
        <button type="button" className="button button--ghost button--xs button--icon" aria-label="Close" onClick={onClose}><X size={16} /></button>
      </div>
      {children}
    </dialog>
  );
}
