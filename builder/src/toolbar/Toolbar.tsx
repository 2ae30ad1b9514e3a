import { useState } from "react";
import { useBuilder, useBuilderState } from "../state/context";
import { mayEdit } from "../state/store";
import { tidyUp } from "../state/tidying";
import { ArrowLeft, Copy, Ellipsis, FlaskConical, Redo2, Rocket, Undo2, WandSparkles } from "../ui/icons";
import { Menu } from "../ui/Menu";
import { Problems } from "./Problems";
import { RunState } from "./RunState";
import { SaveStateLine } from "./SaveState";
import { moreItems } from "./moreItems";

/** The bar above the canvas. */
export function Toolbar() {
  const { store, actions } = useBuilder();
  const canEdit = useBuilderState(mayEdit);
  const { edit, run, copy } = useBuilderState((state) => state.boot.rights);
  const urls = useBuilderState((state) => state.boot.urls);
  const canUndo = useBuilderState((state) => state.history.past.length > 0);
  const canRedo = useBuilderState((state) => state.history.future.length > 0);
  const blocked = useBuilderState((state) => (state.launchable ? "" : "Put the errors right first: see Problems."));
  const [busy, setBusy] = useState(false);
  const once = async (work: () => Promise<unknown>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await work();
    setBusy(false);
  };
  return (
    <header className="b-bar">
      <a className="b-bar__logo" href={urls.list} aria-label="Copyloom, workflows"><img src={document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? ""} width={32} height={32} alt="" /></a>
      <a className="b-tool" href={urls.page || urls.list} aria-label="Back" data-tip="Back"><ArrowLeft size={18} /></a>
      <Name />
      <Version />
      <SaveStateLine />
      <RunState />
      <span className="b-bar__space" />
      {edit ? (
        <>
          <button type="button" className="b-tool" aria-label="Undo" data-tip="Undo  Ctrl Z" disabled={!canUndo || !canEdit} onClick={() => store.getState().undo()}><Undo2 size={18} /></button>
          <button type="button" className="b-tool" aria-label="Redo" data-tip="Redo  Shift Ctrl Z" disabled={!canRedo || !canEdit} onClick={() => store.getState().redo()}><Redo2 size={18} /></button>
          <i className="b-divider" />
          <button type="button" className="button button--ghost b-bar__tidy" aria-label="Tidy" disabled={!canEdit} onClick={() => void tidyUp(store)}><WandSparkles size={16} /><span>Tidy</span></button>
        </>
      ) : null}
      <Problems />
      <More />
      <i className="b-divider" />
      {edit && run ? <button type="button" className="button" aria-label="Test run" aria-disabled={Boolean(blocked)} title={blocked || undefined} onClick={() => store.getState().set(blocked ? { problemsOpen: true } : { dialog: "test" })}><FlaskConical size={16} /><span>Test run</span></button> : null}
      {edit ? <button type="button" className="button b-bar__save" aria-label="Save version" onClick={() => void once(() => actions.saveVersion())}>Save<kbd className="keycap">Ctrl S</kbd></button> : null}
      {!edit && copy ? <button type="button" className="button" onClick={() => void once(actions.clone)}><Copy size={16} />Customise</button> : null}
      {run && urls.launch ? <button type="button" className="button button--primary" aria-label="Launch" aria-disabled={Boolean(blocked)} title={blocked || undefined} onClick={() => (blocked ? store.getState().set({ problemsOpen: true }) : void once(actions.launch))}><Rocket size={16} /><span>Launch</span></button> : null}
    </header>
  );
}

function Name() {
  const { actions } = useBuilder();
  const name = useBuilderState((state) => state.name);
  const canEdit = useBuilderState(mayEdit);
  const [text, setText] = useState<string | null>(null);
  const end = (keep: boolean): void => {
    if (text !== null && keep) void actions.call(text);
    setText(null);
  };
  return (
    <h1 className="b-bar__name">
      {canEdit ? (
        <input aria-label="Name of the workflow" value={text ?? name} maxLength={200} onChange={(event) => setText(event.target.value)} onBlur={() => end(true)} onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) event.currentTarget.blur();
          if (event.key === "Escape") end(false);
        }} />
      ) : (
        <span className="ellipsis">{name}</span>
      )}
    </h1>
  );
}

function Version() {
  const version = useBuilderState((state) => state.version);
  const isDraft = useBuilderState((state) => state.isDraft);
  const edit = useBuilderState((state) => state.boot.rights.edit);
  const words = version === null ? "Draft" : isDraft ? `Draft after ${version}` : `Version ${version}`;
  return <span className="badge b-bar__version">{edit ? words : `${words}, read only`}</span>;
}

function More() {
  const builder = useBuilder();
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  return (
    <>
      <button type="button" className="b-tool" aria-label="More" aria-haspopup="menu" onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        setAt({ x: box.right - 248, y: box.bottom + 8 });
      }}><Ellipsis size={18} /></button>
      {at ? <Menu label="More" at={at} items={moreItems(builder)} onClose={() => setAt(null)} /> : null}
    </>
  );
}
