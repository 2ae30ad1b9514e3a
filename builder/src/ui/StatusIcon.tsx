import { CircleCheck, CircleDashed, CircleSlash2, CircleX, Clock3, UserCheck } from "lucide-react";
import type { NodeStatus } from "../state/run";

const ICONS = { pending: CircleDashed, queued: Clock3, waiting: UserCheck, completed: CircleCheck, failed: CircleX, skipped: CircleSlash2 } as const;

/** The icon of a status; what runs has a pulse. */
export function StatusIcon({ status, size = 13 }: { status: NodeStatus; size?: number }) {
  if (status === "running") return <i className="pulse" />;
  const Icon = ICONS[status];
  return <Icon size={size} aria-hidden="true" />;
}
