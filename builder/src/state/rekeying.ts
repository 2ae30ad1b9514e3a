import { keyRefusal, rekey } from "../graph/rekey";
import type { View } from "../graph/sizes";
import type { Store } from "./store";

/** Give a step another key, and keep it selected; why not, if it may not have it. */
export function rekeyStep(store: Store, key: string, fresh: string): string | null {
  const { doc, types, tries, view, set, edit, select } = store.getState();
  const reason = keyRefusal(doc, key, fresh);
  if (reason || key === fresh) return reason;
  const tried = tries[key];
  set({ view: alsoCalled(view, key, fresh), ...(tried ? { tries: { ...tries, [fresh]: tried } } : {}) });
  edit((one) => rekey(one, types, key, fresh));
  select([fresh]);
  return null;
}

/** Sizes under both names, since Undo gives the old one back. */
function alsoCalled(view: View, key: string, fresh: string): View {
  const size = view.sizes[key];
  if (!size && !view.closed.includes(key)) return view;
  return { sizes: size ? { ...view.sizes, [fresh]: size } : view.sizes, closed: view.closed.includes(key) ? [...view.closed, fresh] : view.closed };
}
