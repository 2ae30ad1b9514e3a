/** What the page gives the builder, and what is made of it. */

import type { Answer, Shapes } from "../api/client";
import { currentDoc } from "../api/calls";
import type { Doc } from "../graph/model";
import type { Issue } from "../schema/issues";
import type { Catalog, NodeType } from "../schema/types";

export interface Boot {
  readonly template: Shapes["Template"];
  readonly issues: readonly Issue[];
  readonly launchable: boolean;
  readonly etag: string;
  readonly types: readonly NodeType[];
  readonly providers: readonly Shapes["ProviderRow"][];
  readonly people: readonly { readonly email: string; readonly name: string }[];
  readonly workspace: { readonly slug: string; readonly name: string };
  /** Who is signed in. */
  readonly user: number;
  readonly max_nodes: number;
  readonly rights: { readonly edit: boolean; readonly copy: boolean; readonly run: boolean };
  readonly urls: {
    readonly list: string;
    readonly page: string;
    readonly launch: string;
    readonly builder: string;
    readonly run: string;
    readonly login: string;
  };
}

/** Read what the page holds as JSON. */
export function readBoot(): Boot {
  return JSON.parse(document.getElementById("builder-data")?.textContent ?? "null") as Boot;
}

/** The same with the workflow as the server holds it now; as it was, if the server cannot be reached. */
export async function renewed(boot: Boot, read: () => Promise<Answer<Shapes["Template"]>>): Promise<Boot> {
  const answer = await read();
  return answer.ok ? { ...boot, template: answer.data, etag: answer.etag } : boot;
}

/** The drawing to begin with. */
export function firstDoc(boot: Boot): Doc {
  return currentDoc(boot.template);
}

/** Node types by name, in the order of the palette. */
export function catalogOf(types: readonly NodeType[]): Catalog {
  return new Map(types.map((type) => [type.type, type]));
}

/** An address with the place of its id filled in: `/runs/0` as `/runs/7`. */
export function withId(address: string, id: number): string {
  return address.replace(/\/0(?=\/|$)/, `/${id}`);
}
