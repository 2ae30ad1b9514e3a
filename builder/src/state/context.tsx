import { createContext, use } from "react";
import { useStore } from "zustand";
import type { Actions } from "./actions";
import type { Services, State, Store } from "./store";

/** What every part of the builder reaches for. */
export interface Builder {
  readonly store: Store;
  readonly actions: Actions;
  readonly services: Services;
}

export const BuilderContext = createContext<Builder | null>(null);

/** The builder around this component. */
export function useBuilder(): Builder {
  const builder = use(BuilderContext);
  if (!builder) throw new Error("There is no builder around this component.");
  return builder;
}

/** A part of the state; the component is drawn again when it changes. */
export function useBuilderState<T>(pick: (state: State) => T): T {
  return useStore(useBuilder().store, pick);
}
