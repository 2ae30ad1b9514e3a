/** Every call that the builder makes. */

import type { Doc } from "../graph/model";
import { type Answer, type Client, type Shapes, answered } from "./client";

const body = (doc: Doc) => ({
  nodes: doc.nodes as Shapes["NodeRequest"][],
  edges: doc.edges as Shapes["EdgeRequest"][],
  canvas_notes: doc.notes as Shapes["CanvasNoteRequest"][],
});

const PICTURES = 11;

/** One file as the part of a form that the upload calls take. */
function uploaded(file: File) {
  const form = new FormData();
  form.append("files", file);
  return { body: { files: [] as string[] }, bodySerializer: () => form };
}

/** A drawing of the API as ours. */
export function toDoc(graph: { nodes: unknown; edges: unknown; canvas_notes?: unknown }): Doc {
  return { nodes: graph.nodes as Doc["nodes"], edges: graph.edges as Doc["edges"], notes: (graph.canvas_notes ?? []) as Doc["notes"] };
}

/** What the template holds to go on with: its draft, else its current version. */
export function currentDoc(template: Shapes["Template"]): Doc {
  return toDoc(template.draft ?? template);
}

/** The calls about one workflow. */
export function callsFor(client: Client, id: number) {
  const path = { template_id: id };
  return {
    saveDraft: (doc: Doc, etag: string, keepalive = false): Promise<Answer<Shapes["DraftSaved"]>> =>
      answered(client.PATCH("/api/workflows/templates/{template_id}/draft", { params: { path, header: { "If-Match": etag } }, body: body(doc), keepalive })),
    read: (): Promise<Answer<Shapes["Template"]>> => answered(client.GET("/api/workflows/templates/{template_id}", { params: { path } })),
    saveVersion: (doc: Doc, note: string, etag: string): Promise<Answer<Shapes["Template"]>> =>
      answered(client.PUT("/api/workflows/templates/{template_id}", { params: { path, header: { "If-Match": etag } }, body: { ...body(doc), note } })),
    call: (name: string, etag: string): Promise<Answer<Shapes["Template"]>> =>
      answered(client.PUT("/api/workflows/templates/{template_id}", { params: { path, header: { "If-Match": etag } }, body: { name } })),
    versions: () => answered(client.GET("/api/workflows/templates/{template_id}/versions", { params: { path } })),
    version: (number: number) => answered(client.GET("/api/workflows/templates/{template_id}/versions/{number}", { params: { path: { ...path, number } } })),
    restore: (number: number, etag: string): Promise<Answer<Shapes["Template"]>> =>
      answered(client.POST("/api/workflows/templates/{template_id}/versions/{number}/restore", { params: { path: { ...path, number }, header: { "If-Match": etag } } })),
    exported: () => answered(client.GET("/api/workflows/templates/{template_id}/export", { params: { path, query: { draft: true } } })),
    clone: (): Promise<Answer<Shapes["Template"]>> => answered(client.POST("/api/workflows/templates/{template_id}/clone", { params: { path } })),
    copy: (name: string, doc: Doc): Promise<Answer<Shapes["Template"]>> => answered(client.POST("/api/workflows/templates", { body: { name, ...body(doc) } })),
    tryStep: (type: string, config: Record<string, unknown>, context: Record<string, unknown>): Promise<Answer<Shapes["TryAnswer"]>> =>
      answered(client.POST("/api/nodes/try", { body: { type, config, context } })),
    estimate: (inputs: Record<string, unknown>): Promise<Answer<Shapes["Estimate"]>> =>
      answered(client.POST("/api/executions/estimate", { body: { template_id: id, inputs, draft: true } })),
    launch: (inputs: Record<string, unknown>, key: string): Promise<Answer<Shapes["Execution"]>> =>
      answered(client.POST("/api/executions/launch", { params: { header: { "Idempotency-Key": key } }, body: { template_id: id, inputs, draft: true, title: "" } })),
    images: () => answered(client.GET("/api/images", { params: { query: { page_size: PICTURES } } })),
    uploadImage: (file: File): Promise<Answer<Shapes["Images"]>> => answered(client.POST("/api/images", { ...uploaded(file) })),
    uploadFile: (file: File): Promise<Answer<Shapes["UploadedFiles"]>> => answered(client.POST("/api/files", { ...uploaded(file) })),
    follow: (execution: number, etag: string): Promise<Answer<Shapes["Execution"]>> =>
      answered(client.GET("/api/executions/{execution_id}", { params: { path: { execution_id: execution }, ...(etag ? { header: { "If-None-Match": etag } } : {}) } })),
  };
}

export type Calls = ReturnType<typeof callsFor>;
