import { createRoot } from "react-dom/client";
import { App } from "./App";
import { callsFor } from "./api/calls";
import { connectTo } from "./api/client";
import "./css/index.css";
import { actionsFor } from "./state/actions";
import { Autosave } from "./state/autosave";
import { firstDoc, readBoot, renewed } from "./state/boot";
import { type Builder, BuilderContext } from "./state/context";
import { keeperFor, tabNames } from "./state/pending";
import { say } from "./state/say";
import { isStale, noteSaved } from "./state/stale";
import { makeStore } from "./state/store";
import { keepView, readView } from "./state/view";

async function start(root: HTMLElement): Promise<void> {
  const given = readBoot();
  const place = `${given.workspace.slug}:${given.template.id}`;
  const calls = callsFor(connectTo(given.workspace.slug), given.template.id);
  const boot = isStale(place, given.etag) ? await renewed(given, calls.read) : given;
  const { tab, live } = await tabNames();
  const keeper = keeperFor(localStorage, `${place}:${boot.user}`, tab);
  const store = makeStore(boot, { view: readView(place), changed: (doc) => autosave.changed(doc) });
  const autosave = new Autosave(
    {
      saveDraft: calls.saveDraft,
      read: calls.read,
      keeper,
      now: Date.now,
      told: (save) => {
        if (save.status === "refused" && store.getState().save.status !== "refused") say(save.message, "error");
        store.getState().set({ save });
        if (save.status === "saved") noteSaved(place, autosave.etag);
      },
      judged: (saved) => {
        store.getState().judge(saved.issues, saved.launchable);
        store.getState().set({ isDraft: saved.draft !== null });
      },
    },
    firstDoc(boot),
    boot.etag,
  );
  const left = boot.rights.edit ? keeper.found(live) : null;
  if (left && autosave.resume(left, firstDoc(boot))) store.getState().replace(left.doc);
  store.subscribe((state, before) => {
    if (state.view !== before.view) keepView(place, state.view);
  });
  const services = { calls, autosave };
  const builder: Builder = { store, services, actions: actionsFor(store, services) };
  createRoot(root).render(<BuilderContext value={builder}><App /></BuilderContext>);
}

const root = document.getElementById("builder");
if (root) void start(root);
