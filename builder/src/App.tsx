import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { Canvas } from "./canvas/Canvas";
import { stepItems } from "./canvas/stepItems";
import { nameOf, stepOf } from "./graph/model";
import { Inspector } from "./inspector/Inspector";
import { AddMenu } from "./palette/AddMenu";
import { Reading } from "./palette/Reading";
import { Palette } from "./palette/Palette";
import { listen } from "./shortcuts";
import { useBuilder, useBuilderState } from "./state/context";
import { mayEdit } from "./state/store";
import { Conflict } from "./toolbar/Conflict";
import { Connect } from "./toolbar/Connect";
import { Import } from "./toolbar/Import";
import { KeySheet } from "./toolbar/KeySheet";
import { TestRun } from "./toolbar/TestRun";
import { Toolbar } from "./toolbar/Toolbar";
import { Versions } from "./toolbar/Versions";
import { Boundary } from "./ui/Boundary";
import { Menu } from "./ui/Menu";

const PHONE = "(max-width: 767px)";
const DIALOGS = { versions: Versions, test: TestRun, keys: KeySheet, import: Import, connect: Connect } as const;

/** The whole builder; on a phone, the outline alone. */
export function App() {
  const [isPhone, setPhone] = useState(() => matchMedia(PHONE).matches);
  useEffect(() => {
    const query = matchMedia(PHONE);
    const changed = (): void => setPhone(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return <Boundary what="The builder">{isPhone ? <Phone /> : <Desktop />}</Boundary>;
}

function Desktop() {
  const dialog = useBuilderState((state) => state.dialog);
  const Open = dialog ? DIALOGS[dialog] : null;
  return (
    <ReactFlowProvider>
      <div className="b-app">
        <Toolbar />
        <Palette />
        <main className="b-main" id="main"><Canvas /></main>
        <Inspector />
        <AddMenu />
        <Keys />
        {Open ? <Open /> : null}
        <Conflict />
      </div>
    </ReactFlowProvider>
  );
}

function Keys() {
  const builder = useBuilder();
  const { store, actions } = builder;
  const [verbs, setVerbs] = useState<{ key: string; at: { x: number; y: number } } | null>(null);
  useEffect(
    () =>
      listen(builder, () => {
        const state = store.getState();
        const step = state.selected.length === 1 ? stepOf(state.doc, state.selected[0]) : undefined;
        const box = step && document.querySelector(`.react-flow__node[data-id="${step.key}"]`)?.getBoundingClientRect();
        if (step && box && mayEdit(state)) setVerbs({ key: step.key, at: { x: box.left + 24, y: box.bottom + 6 } });
      }),
    [builder, store],
  );
  const step = verbs && stepOf(store.getState().doc, verbs.key);
  return verbs && step ? <Menu label={`Verbs of ${nameOf(step)}`} at={verbs.at} items={stepItems(store, actions, step)} onClose={() => setVerbs(null)} /> : null;
}

function Phone() {
  const name = useBuilderState((state) => state.name);
  const urls = useBuilderState((state) => state.boot.urls);
  return (
    <main className="b-phone" id="main">
      <a className="more-link" href={urls.page || urls.list}>Back</a>
      <h1 className="page-title">{name}</h1>
      <p className="notice">On a phone you can read a workflow. Open it on a larger screen to change it.</p>
      <Reading />
    </main>
  );
}
