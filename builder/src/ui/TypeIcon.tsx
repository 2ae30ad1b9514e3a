import type { CSSProperties } from "react";
import type { NodeType } from "../schema/types";

/** A node type's icon, which is a picture and never markup: its shape is a mask, its colour the text's. */
export function TypeIcon({ type, size = 18 }: { type: NodeType | undefined; size?: number }) {
  const style: CSSProperties = { width: size, height: size };
  if (type) style.maskImage = `url("data:image/svg+xml,${encodeURIComponent(type.icon)}")`;
  return <span className={type ? "b-mask" : "b-mask b-mask--unknown"} style={style} aria-hidden="true" />;
}

/** The class and colours of a type. Ours have tokens; a type that is new gets shades of its own colour. */
export function lookOf(type: NodeType | undefined): { className: string; style: CSSProperties } {
  const style = { "--own": type?.color ?? "#64748b" } as CSSProperties;
  return { className: type ? `b-type type-${type.type}` : "b-type", style };
}
