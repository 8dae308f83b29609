import { invalid, refusal } from "./okta-error.js";
import type { SandboxRequest } from "./route.js";

/** The file of a multipart body with one part. */
export interface UploadedFile {
  data: Uint8Array;
  name: string;
  contentType: string;
}

/**
 * The file of a request that must have exactly one part, named `file` (RFC 7578).
 * @throws OktaRefusal 400 for any other body, 415 where it is not multipart
 */
export async function uploadedFile({ headers, rawBody }: SandboxRequest): Promise<UploadedFile> {
  const type = headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    const summary = "Bad request. Accept and/or Content-Type headers likely do not match supported values.";
    throw refusal(415, "E0000021", summary);
  }
  const form = await new Response(rawBody, { headers: { "content-type": type } }).formData().catch(() => undefined);
  if (form === undefined) throw refusal(400, "E0000003", "The request body was not well-formed.");
  const [part, another] = [...form];
  if (part === undefined || another !== undefined || part[0] !== "file" || typeof part[1] === "string") {
    throw invalid("file", "file: The body must have one part, a file of this name.");
  }
  const file = part[1];
  return { data: new Uint8Array(await file.arrayBuffer()), name: file.name, contentType: file.type };
}
