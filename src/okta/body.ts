import { toOktaMcpError } from "../errors/render.js";
import { stringifyJson } from "../json/exact-json.js";
import type { OktaRequest } from "./request.js";

/** A body as it goes on the wire, and its type. */
export interface EncodedBody {
  body: string | Uint8Array<ArrayBuffer> | undefined;
  headers: Record<string, string>;
}

/**
 * Writes the body of a request.
 * @throws OktaMcpError bug for a body that cannot be written
 */
export async function encodeBody(body: OktaRequest["body"]): Promise<EncodedBody> {
  try {
    return await encoded(body);
  } catch (error) {
    throw toOktaMcpError(error);
  }
}

async function encoded(body: OktaRequest["body"]): Promise<EncodedBody> {
  if (body === undefined) return { body: undefined, headers: {} };
  if ("json" in body) {
    return { body: stringifyJson(body.json), headers: { "Content-Type": body.contentType ?? "application/json" } };
  }
  if ("raw" in body) {
    const raw = typeof body.raw === "string" ? body.raw : Uint8Array.from(body.raw);
    return { body: raw, headers: { "Content-Type": body.contentType } };
  }
  const { part, upload } = body;
  const form = new FormData();
  form.append(part, new Blob([Uint8Array.from(upload.data)], { type: upload.contentType }), upload.name);
  // The form is sent as bytes, so that every `fetch` takes it, undici's own included.
  const written = new Response(form);
  return {
    body: new Uint8Array(await written.arrayBuffer()),
    headers: { "Content-Type": written.headers.get("Content-Type") ?? "multipart/form-data" },
  };
}
