import { type Step, nameOf } from "../graph/model";
import { parentRefusal } from "../graph/rules";
import type { Actions } from "../state/actions";
import { type Store } from "../state/store";
import { Copy, Maximize, Pencil, Play, Spline, Trash2, Undo2 } from "../ui/icons";
import type { Item } from "../ui/Menu";

/** All that can be done with a step, in its menu and by the `.` key. */
export function stepItems(store: Store, actions: Actions, step: Step): Item[] {
  const { doc, types, set, boot } = store.getState();
  const homes = doc.nodes.filter((one) => one.key !== step.parent && one.key !== step.key && types.get(one.type)?.is_container && !parentRefusal(doc, types, step.key, one.key));
  const root = types.get(step.type)?.is_root;
  const alone = !root && !types.get(step.type)?.is_container;
  return [
    { label: "Set up", icon: <Maximize size={16} />, keys: "Enter", run: () => set({ panelOpen: true, panel: "setup", wanted: { key: step.key, field: "" } }) },
    { label: "Connect to…", icon: <Spline size={16} />, run: () => set({ dialog: "connect" }) },
    ...(boot.rights.run && alone ? [{ label: "Try this step", icon: <Play size={16} />, run: () => set({ panelOpen: true, panel: "output" as const }) }] : []),
    { label: "Rename", icon: <Pencil size={16} />, keys: "F2", run: () => set({ renaming: step.key }) },
    ...(root ? [] : [{ label: "Duplicate", icon: <Copy size={16} />, keys: "Ctrl D", run: () => actions.duplicate() }]),
    ...homes.map((home): Item => ({ label: `Move into ${nameOf(home)}`, icon: <Maximize size={16} />, run: () => inside(store, actions, step, home.key) })),
    ...(step.parent ? [{ label: "Move out of its container", icon: <Undo2 size={16} />, run: () => actions.putInto(step.key, null) }] : []),
    ...(root ? [] : [{ label: "Delete", icon: <Trash2 size={16} />, keys: "Del", danger: true, run: () => actions.removeSelected() }]),
  ];
}

function inside(store: Store, actions: Actions, step: Step, home: string): void {
  const { doc } = store.getState();
  const box = doc.nodes.find((one) => one.key === home);
  const right = Math.max(0, ...doc.nodes.filter((one) => one.parent === home).map((one) => one.position.x + 186));
  if (box) actions.putInto(step.key, home, { x: box.position.x + Math.max(16, right), y: box.position.y + 48 });
}
