import { useEffect, useState } from "react";
import { renewToken } from "../api/client";
import { useBuilder, useBuilderState } from "../state/context";
import { say } from "../state/say";
import { CircleAlert, CloudCheck, CloudOff, LoaderCircle, LogIn } from "../ui/icons";

const TICK = 10_000;

/** Saved, Saving, Offline, Conflict: where the last change is. */
export function SaveStateLine() {
  const { services } = useBuilder();
  const save = useBuilderState((state) => state.save);
  const edit = useBuilderState((state) => state.boot.rights.edit);
  const user = useBuilderState((state) => state.boot.user);
  const login = useBuilderState((state) => state.boot.urls.login);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  if (!edit) return null;
  const again = async (): Promise<void> => {
    if (save.status === "signed-out" && !(await renewToken(user))) say("You are still signed out, or somebody else is signed in. Sign in in another tab, then try again; your changes are kept here.", "warning");
    else await services.autosave.push();
  };
  const kept = save.isKept ? "kept in this browser" : "not kept: leave this page open";
  const [icon, words, tone] = {
    saved: [<CloudCheck key="i" size={15} />, `Saved${ago(now - save.at)}`, "ok"],
    pending: [<LoaderCircle key="i" size={15} />, "Saving", ""],
    saving: [<LoaderCircle key="i" size={15} className="b-spin" />, "Saving", ""],
    offline: [<CloudOff key="i" size={15} />, `Offline, ${kept}`, "warn"],
    conflict: [<CircleAlert key="i" size={15} />, "Conflict", "bad"],
    refused: [<CircleAlert key="i" size={15} />, "Not saved", "bad"],
    "signed-out": [<LogIn key="i" size={15} />, `Signed out, ${kept}`, "bad"],
  }[save.status] as [React.ReactNode, string, string];
  const isStuck = save.status === "offline" || save.status === "refused" || save.status === "signed-out";
  return (
    <span className={`b-save b-save--${tone}`} title={save.message || undefined}>
      {icon}<span role="status" aria-live="polite" className="number">{words}</span>
      {save.status === "signed-out" ? <a className="b-save__again" href={login} target="_blank" rel="noreferrer">Sign in</a> : null}
      {isStuck ? <button type="button" className="b-save__again" onClick={() => void again()}>Try again</button> : null}
    </span>
  );
}

function ago(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  if (seconds < 10) return "";
  if (seconds < 60) return ` ${Math.floor(seconds / 10) * 10} s ago`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? ` ${minutes} min ago` : ` ${Math.floor(minutes / 60)} h ago`;
}
