import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { useBuilder } from "../state/context";
import type { FlowEdge, FlowNode } from "./flow";

const WIDE = 1200;

/** How much of the canvas the panels cover, so that nothing is shown beneath them. */
export function marginsOf() {
  const wide = innerWidth >= WIDE;
  return { top: "84px", bottom: "76px", left: wide ? "264px" : "84px", right: wide ? "384px" : "24px" } as const;
}

/** Whether a rectangle of the screen is in sight, between what covers the canvas. */
function isBetween(box: DOMRect | undefined): boolean {
  const { top, bottom, left, right } = marginsOf();
  return box !== undefined && box.top >= parseInt(top) && box.left >= parseInt(left) && box.bottom <= innerHeight - parseInt(bottom) && box.right <= innerWidth - parseInt(right);
}

const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Lend the rest of the builder what only the canvas can do. */
export function useHands(): void {
  const { store } = useBuilder();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  useEffect(() => {
    const duration = still() ? 0 : 280;
    const short = still() ? 0 : 140;
    const element = (key: string): HTMLElement | null => document.querySelector(`.react-flow__node[data-id="${CSS.escape(key)}"]`);
    store.getState().set({
      hands: {
        centre: () => {
          const wide = innerWidth >= WIDE;
          return flow.screenToFlowPosition({ x: wide ? 240 + (innerWidth - 616) / 2 : innerWidth / 2, y: innerHeight / 2 });
        },
        show: (keys) => void flow.fitView({ nodes: keys.map((id) => ({ id })), padding: marginsOf(), maxZoom: Math.max(1, Math.min(flow.getZoom(), 1.2)), duration }),
        fit: () => void requestAnimationFrame(() => void flow.fitView({ padding: marginsOf(), maxZoom: 1, duration })),
        reveal: (keys) => requestAnimationFrame(() => void (keys.every((key) => isBetween(element(key)?.getBoundingClientRect())) || store.getState().hands?.show(keys))),
        sees: (corner, size) => {
          const [from, to] = [flow.flowToScreenPosition(corner), flow.flowToScreenPosition({ x: corner.x + size.width, y: corner.y + size.height })];
          return isBetween(new DOMRect(from.x, from.y, to.x - from.x, to.y - from.y));
        },
        zoom: (by) => void (by === null ? flow.zoomTo(1, { duration: short }) : by > 0 ? flow.zoomIn({ duration: short }) : flow.zoomOut({ duration: short })),
        focus: (key, within = "") => {
          const there = (): HTMLElement | null => (within ? (element(key)?.querySelector<HTMLElement>(within) ?? null) : element(key));
          const found = there();
          if (found) found.focus({ preventScroll: true });
          else requestAnimationFrame(() => there()?.focus({ preventScroll: true }));
        },
        toCanvas: (point) => flow.screenToFlowPosition(point),
      },
    });
    return () => store.getState().set({ hands: null });
  }, [store, flow]);
}
