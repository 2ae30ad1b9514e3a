/** Saving by itself: one call at a time, never over another's change, again until it has worked. */

import type { Answer, Shapes } from "../api/client";
import { currentDoc } from "../api/calls";
import { markOf } from "../graph/mark";
import type { Doc } from "../graph/model";
import type { Keeper, Pending } from "./pending";

export type SaveStatus = "saved" | "pending" | "saving" | "offline" | "conflict" | "refused" | "signed-out";

/** Somebody else's state of the workflow, found where ours was to be saved. */
export interface Theirs {
  readonly doc: Doc;
  readonly etag: string;
}

export interface SaveState {
  readonly status: SaveStatus;
  /** Milliseconds of the last save. */
  readonly at: number;
  readonly message: string;
  readonly theirs: Theirs | null;
  /** Whether what is not saved yet outlives the page. */
  readonly isKept: boolean;
}

export interface Ports {
  saveDraft(doc: Doc, etag: string, keepalive?: boolean): Promise<Answer<Shapes["DraftSaved"]>>;
  read(): Promise<Answer<Shapes["Template"]>>;
  readonly keeper: Keeper;
  told(state: SaveState): void;
  judged(saved: Shapes["DraftSaved"]): void;
  now(): number;
}

export const PAUSE = 500;
export const RETRY = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** A request that outlives its page may have so many bytes. */
const KEEPALIVE = 60_000;
/** Of how many calls without an answer is kept what they carried. */
const REMEMBERED = 8;

/** The machine that saves one drawing. */
export class Autosave {
  private mine: Doc;
  /** What the server holds, or the mark of it. */
  private held: Doc | string;
  private sent: string[] = [];
  private isKept = true;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  state: SaveState;

  /** Start from what the server holds: `doc` with its ETag. */
  constructor(
    private readonly ports: Ports,
    doc: Doc,
    public etag: string,
  ) {
    this.mine = doc;
    this.held = doc;
    this.state = { status: "saved", at: ports.now(), message: "", theirs: null, isKept: true };
  }

  /** Whether leaving now could lose nothing. */
  get isSafe(): boolean {
    return this.isClean && this.state.status === "saved";
  }

  /** The mark of what the server holds. A page that only shows a drawing never reads it through for one. */
  private get base(): string {
    return typeof this.held === "string" ? this.held : markOf(this.held);
  }

  private get isClean(): boolean {
    return this.mine === this.held || markOf(this.mine) === this.base;
  }

  /** The drawing has changed. */
  changed(doc: Doc): void {
    this.mine = doc;
    const { status } = this.state;
    if (this.isClean && !this.running && status !== "conflict") return this.settled(doc, this.etag);
    this.keep();
    if (status === "conflict") return;
    if (status !== "offline" && status !== "saving") this.tell("pending");
    if (status !== "offline") this.plan(PAUSE);
  }

  /** Save now, unless there is nothing to save or a person has to choose first. */
  async push(): Promise<void> {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (this.state.status === "conflict") return;
    if (this.isClean) {
      if (this.state.status !== "saved") this.settled(this.mine, this.etag);
      return;
    }
    this.running = this.once().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  /** Take up what an earlier page left behind; whether its drawing is to be shown. */
  resume(left: Pending, server: Doc): boolean {
    if (markOf(left.doc) === this.base) {
      this.ports.keeper.forget();
      return false;
    }
    this.mine = left.doc;
    this.sent = [...left.sent];
    if (left.etag !== this.etag && left.base !== this.base && !left.sent.includes(this.base)) {
      const theirs = { doc: server, etag: this.etag };
      [this.held, this.etag] = [left.base, left.etag];
      this.keep();
      this.tell("conflict", "", theirs);
    } else {
      this.keep();
      this.tell("pending");
      this.plan(0);
    }
    return true;
  }

  /** The server holds this now, by another way than the draft: a version was saved or restored. */
  adopt(doc: Doc, etag: string): void {
    this.settled(doc, etag);
  }

  /** Change the workflow beside its drawing while no save is under way: what is unsaved goes on from the new ETag. */
  async beside<T>(work: (etag: string) => Promise<Answer<T>>): Promise<Answer<T>> {
    while (this.running) await this.running;
    const call = work(this.etag);
    this.running = call
      .then((answer) => {
        if (answer.ok) this.etag = answer.etag;
        if (!this.isClean) this.keep();
      })
      .finally(() => {
        this.running = null;
      });
    await this.running;
    return call;
  }

  /** A person has chosen: `doc` goes on from the other's state. */
  resolve(doc: Doc, theirs: Theirs): void {
    this.mine = doc;
    this.held = theirs.doc;
    this.etag = theirs.etag;
    this.sent = [];
    this.keep();
    this.tell("pending");
    this.plan(0);
  }

  /** The page goes: send what is left with a call that outlives it. The browser keeps it in any case. */
  leave(): void {
    if (this.isClean || this.state.status === "conflict") return;
    if (JSON.stringify(this.mine).length < KEEPALIVE) {
      this.remember(this.mine);
      void this.ports.saveDraft(this.mine, this.etag, true);
    }
    this.keep();
  }

  /** Try no more. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private async once(): Promise<void> {
    const doc = this.mine;
    this.remember(doc);
    this.keep();
    this.tell("saving");
    const answer = await this.ports.saveDraft(doc, this.etag);
    if (answer.ok) {
      this.ports.judged(answer.data);
      this.settled(doc, answer.etag);
    } else if (answer.status === 412) await this.meet();
    else this.failed(answer);
  }

  /** The server holds another state than ours was made from; ours, if a call arrived whose answer did not. */
  private async meet(): Promise<void> {
    const answer = await this.ports.read();
    if (!answer.ok) return this.failed(answer);
    const theirs = currentDoc(answer.data);
    const mark = markOf(theirs);
    if (mark === markOf(this.mine)) return this.settled(this.mine, answer.etag);
    if (mark === this.base || this.sent.includes(mark)) {
      [this.held, this.etag] = [mark, answer.etag];
      return this.once();
    }
    this.keep();
    this.tell("conflict", "", { doc: theirs, etag: answer.etag });
  }

  private settled(saved: Doc, etag: string): void {
    this.failures = 0;
    this.held = saved;
    this.etag = etag;
    this.sent = [];
    if (this.isClean) {
      this.ports.keeper.forget();
      this.tell("saved");
    } else {
      this.keep();
      this.tell("pending");
      this.plan(PAUSE);
    }
  }

  private failed(answer: { status: number; message: string }): void {
    // A session that began in another tab has another token: that is a 403 too, and signing in again mends it.
    if (answer.status === 401 || (answer.status === 403 && answer.message.startsWith("CSRF"))) this.tell("signed-out", answer.message);
    else if (answer.status === 0 || answer.status >= 500 || answer.status === 429) {
      this.tell("offline", answer.message);
      this.plan(RETRY[Math.min(this.failures, RETRY.length - 1)] as number);
      this.failures += 1;
    } else this.tell("refused", answer.message);
  }

  private remember(doc: Doc): void {
    this.sent = [...this.sent, markOf(doc)].slice(-REMEMBERED);
  }

  private keep(): void {
    this.isKept = this.ports.keeper.keep({ doc: this.mine, base: this.base, etag: this.etag, sent: this.sent, at: this.ports.now() });
  }

  private plan(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.push(), wait);
  }

  private tell(status: SaveStatus, message = "", theirs: Theirs | null = null): void {
    this.state = { status, message, theirs, at: status === "saved" ? this.ports.now() : this.state.at, isKept: this.isKept };
    this.ports.told(this.state);
  }
}
