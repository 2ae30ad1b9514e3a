/** The API, typed by its OpenAPI description, as the person who is signed in. */

import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Shapes = components["schemas"];

/** What came back: data with its ETag, or why not. Status 0: the server was not reached. */
export type Answer<T> =
  | { readonly ok: true; readonly data: T; readonly etag: string }
  | { readonly ok: false; readonly status: number; readonly message: string; readonly issues: readonly Shapes["Issue"][] };

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly detail?: string; readonly attr?: string | null }[];
  readonly issues?: readonly Shapes["Issue"][];
}

interface Raw<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

const meta = (): HTMLMetaElement | null => document.querySelector('meta[name="csrf-token"]');

/** A client for one workspace. */
export function connectTo(workspace: string) {
  const client = createClient<paths>({ baseUrl: "", credentials: "same-origin", headers: { "X-Workspace": workspace } });
  client.use({
    onRequest({ request }) {
      if (request.method !== "GET") request.headers.set("X-CSRFToken", meta()?.content ?? "");
      return request;
    },
  });
  return client;
}

export type Client = ReturnType<typeof connectTo>;

/** Make one call's outcome an answer; what cannot be sent is status 0. */
export async function answered<T>(call: Promise<Raw<T>>): Promise<Answer<T>> {
  let raw: Raw<T>;
  try {
    raw = await call;
  } catch {
    return { ok: false, status: 0, message: "The server cannot be reached.", issues: [] };
  }
  const { response, data } = raw;
  if (response.ok || response.status === 304) return { ok: true, data: data as T, etag: response.headers.get("ETag") ?? "" };
  const problem = (typeof raw.error === "object" && raw.error !== null ? raw.error : {}) as Problem;
  return { ok: false, status: response.status, message: wordsOf(problem, response), issues: problem.issues ?? [] };
}

function wordsOf(problem: Problem, response: Response): string {
  const details = (problem.errors ?? []).map((one) => one.detail).filter(Boolean).slice(0, 3);
  if (details.length) return details.join(" ");
  return problem.detail || problem.title || `The server answered ${response.status}.`;
}

/** After the same person has signed in again in another tab: take over the token of the new session. */
export async function renewToken(user: number): Promise<boolean> {
  try {
    const page = await fetch(location.href, { credentials: "same-origin" });
    const found = new DOMParser().parseFromString(await page.text(), "text/html");
    const fresh = found.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
    const own = meta();
    if (page.redirected || !page.ok || !fresh || !own) return false;
    const { user: now } = JSON.parse(found.getElementById("builder-data")?.textContent ?? "{}") as { user?: number };
    if (now !== user) return false;
    own.content = fresh.content;
    return true;
  } catch {
    return false;
  }
}
