import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer } from "../api/client";
import { markOf } from "../graph/mark";
import type { Doc } from "../graph/model";
import { rename } from "../graph/operations";
import { doc, step } from "../testing";
import { Autosave, PAUSE, type SaveState } from "./autosave";
import { keeperFor, type Shelf } from "./pending";

const START = doc([step("start", "start"), step("a")], "start > a");
const named = (label: string): Doc => rename(START, "a", label);

/** A server that keeps one draft, as the real one does. */
function server() {
  const self = { doc: START, etag: 1, up: true, status: 0, message: "no", calls: 0 };
  const refused = (status: number): Answer<never> => ({ ok: false, status, message: self.message, issues: [] });
  return Object.assign(self, {
    async saveDraft(sent: Doc, etag: string): Promise<Answer<never>> {
      self.calls += 1;
      await Promise.resolve();
      if (!self.up) return refused(0);
      if (self.status) return refused(self.status);
      if (etag !== `"${self.etag}"`) return refused(412);
      if (markOf(sent) !== markOf(self.doc)) self.etag += 1;
      self.doc = sent;
      return { ok: true, data: { draft: null, issues: [], launchable: true } as never, etag: `"${self.etag}"` };
    },
    async read(): Promise<Answer<never>> {
      if (!self.up) return refused(0);
      return { ok: true, data: { draft: { nodes: self.doc.nodes, edges: self.doc.edges, canvas_notes: self.doc.notes } } as never, etag: `"${self.etag}"` };
    },
  });
}

function memory(): Shelf {
  const map = new Map<string, string>();
  return { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value), removeItem: (key) => void map.delete(key), key: (index) => [...map.keys()][index] ?? null, get length() { return map.size; } };
}

function tab(one: ReturnType<typeof server>, shelf: Shelf, name = "t1", from: Doc = one.doc) {
  const told: SaveState[] = [];
  const keeper = keeperFor(shelf, "w:1", name);
  const autosave = new Autosave({ saveDraft: one.saveDraft, read: one.read, keeper, told: (state) => told.push(state), judged: () => undefined, now: Date.now }, from, `"${one.etag}"`);
  return { autosave, keeper, told };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("saving by itself", () => {
  it("saves after a pause, once for many changes", async () => {
    const one = server();
    const { autosave } = tab(one, memory());
    autosave.changed(named("b"));
    autosave.changed(named("c"));
    expect(autosave.state.status).toBe("pending");
    await vi.advanceTimersByTimeAsync(PAUSE + 50);
    expect([autosave.state.status, one.calls, one.doc.nodes[1]?.label]).toEqual(["saved", 1, "c"]);
    expect(autosave.isSafe).toBe(true);
  });
  it("keeps what is unsaved when the workflow is called otherwise, and saves it after that", async () => {
    const one = server();
    const shelf = memory();
    const { autosave, keeper } = tab(one, shelf);
    one.status = 503;
    autosave.changed(named("b"));
    await autosave.push();
    const renamed = autosave.beside(async (etag): Promise<Answer<string>> => {
      await Promise.resolve();
      expect(etag).toBe('"1"');
      one.etag += 1;
      return { ok: true, data: "Other name", etag: '"2"' };
    });
    autosave.changed(named("c"));
    const pushed = autosave.push();
    await renamed;
    await pushed;
    expect([autosave.state.status, autosave.isSafe]).toEqual(["offline", false]);
    expect(keeper.found(new Set())?.doc.nodes[1]?.label).toBe("c");
    one.status = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([autosave.state.status, one.doc.nodes[1]?.label, one.etag]).toEqual(["saved", "c", 3]);
  });
  it("saves what was changed while it was saving", async () => {
    const one = server();
    const { autosave } = tab(one, memory());
    autosave.changed(named("b"));
    const first = autosave.push();
    autosave.changed(named("c"));
    await first;
    expect(autosave.state.status).toBe("pending");
    await vi.advanceTimersByTimeAsync(PAUSE + 50);
    expect([autosave.state.status, one.doc.nodes[1]?.label]).toEqual(["saved", "c"]);
  });
  it("keeps changes while offline, and tries again", async () => {
    const one = server();
    const shelf = memory();
    const { autosave } = tab(one, shelf);
    one.up = false;
    autosave.changed(named("b"));
    await vi.advanceTimersByTimeAsync(PAUSE + 50);
    expect([autosave.state.status, shelf.length]).toEqual(["offline", 1]);
    one.up = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect([autosave.state.status, shelf.length, one.doc.nodes[1]?.label]).toEqual(["saved", 0, "b"]);
  });
  it("says so when the browser has no room to keep what is not saved", async () => {
    const one = server();
    const full: Shelf = { ...memory(), setItem: () => { throw new Error("QuotaExceededError"); } };
    const { autosave } = tab(one, full);
    one.up = false;
    autosave.changed(named("b"));
    await vi.advanceTimersByTimeAsync(PAUSE + 50);
    expect([autosave.state.status, autosave.state.isKept]).toEqual(["offline", false]);
  });
  it("gives up on what is refused until it is changed, and on a session that is over", async () => {
    const one = server();
    const { autosave } = tab(one, memory());
    one.status = 422;
    autosave.changed(named("b"));
    await autosave.push();
    expect(autosave.state.status).toBe("refused");
    one.status = 403;
    await autosave.push();
    expect(autosave.state.status).toBe("refused");
    one.message = "CSRF Failed: CSRF token from the header incorrect.";
    await autosave.push();
    expect(autosave.state.status).toBe("signed-out");
    one.status = 401;
    await autosave.push();
    expect(autosave.state.status).toBe("signed-out");
    one.status = 0;
    await autosave.push();
    expect(autosave.state.status).toBe("saved");
  });
});

describe("two tabs", () => {
  it("the second save is a conflict that loses neither", async () => {
    const one = server();
    const shelf = memory();
    const [left, right] = [tab(one, shelf, "t1"), tab(one, shelf, "t2")];
    left.autosave.changed(named("left"));
    await left.autosave.push();
    right.autosave.changed(named("right"));
    await right.autosave.push();
    expect(right.autosave.state.status).toBe("conflict");
    expect(right.autosave.state.theirs?.doc.nodes[1]?.label).toBe("left");
    expect(one.doc.nodes[1]?.label).toBe("left");
    expect(shelf.length).toBe(1);
    right.autosave.resolve(named("right"), right.autosave.state.theirs!);
    await right.autosave.push();
    expect([right.autosave.state.status, one.doc.nodes[1]?.label]).toEqual(["saved", "right"]);
  });
  it("a change of something else, such as the name, is no conflict", async () => {
    const one = server();
    const { autosave } = tab(one, memory());
    one.etag += 1;
    autosave.changed(named("b"));
    await autosave.push();
    expect([autosave.state.status, one.doc.nodes[1]?.label]).toEqual(["saved", "b"]);
  });
});

describe("a reload", () => {
  it("brings back what had not been sent", async () => {
    const one = server();
    const shelf = memory();
    tab(one, shelf).autosave.changed(named("b"));
    const next = tab(one, shelf);
    const left = next.keeper.found(new Set());
    expect(next.autosave.resume(left!, one.doc)).toBe(true);
    await vi.advanceTimersByTimeAsync(50);
    expect([next.autosave.state.status, one.doc.nodes[1]?.label, shelf.length]).toEqual(["saved", "b", 0]);
  });
  it("is no conflict with a save whose answer never came", async () => {
    const one = server();
    const shelf = memory();
    const before = tab(one, shelf);
    before.autosave.changed(named("b"));
    before.autosave.leave();
    await vi.advanceTimersByTimeAsync(1);
    before.autosave.stop();
    before.autosave.changed(named("c"));
    before.autosave.stop();
    const next = tab(one, shelf);
    expect(next.autosave.resume(next.keeper.found(new Set())!, one.doc)).toBe(true);
    await vi.advanceTimersByTimeAsync(50);
    expect([next.autosave.state.status, one.doc.nodes[1]?.label]).toEqual(["saved", "c"]);
  });
  it("is a conflict where somebody else has saved meanwhile", () => {
    const one = server();
    const shelf = memory();
    tab(one, shelf).autosave.changed(named("mine"));
    one.doc = named("theirs");
    one.etag += 1;
    const next = tab(one, shelf);
    expect(next.autosave.resume(next.keeper.found(new Set())!, one.doc)).toBe(true);
    expect(next.autosave.state.status).toBe("conflict");
    expect(next.autosave.state.theirs?.doc).toBe(one.doc);
  });
  it("takes nothing from a tab that is still open", () => {
    const shelf = memory();
    const one = server();
    tab(one, shelf, "t1").autosave.changed(named("b"));
    expect(tab(one, shelf, "t2").keeper.found(new Set(["t1"]))).toBeNull();
    expect(tab(one, shelf, "t2").keeper.found(new Set())?.doc.nodes[1]?.label).toBe("b");
  });
});
