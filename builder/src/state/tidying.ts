import type { Store } from "./store";

const MOVING = 420;

/** Put everything in its place, moving there smoothly. */
export async function tidyUp(store: Store): Promise<void> {
  const { tidy } = await import("../graph/layout");
  const canvas = document.querySelector(".b-canvas");
  canvas?.classList.add("is-tidied");
  store.getState().edit((doc) => tidy(doc, store.getState().types, store.getState().view));
  store.getState().hands?.fit();
  setTimeout(() => canvas?.classList.remove("is-tidied"), MOVING);
}
