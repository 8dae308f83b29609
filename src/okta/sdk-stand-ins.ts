import type { Upload } from "./request.js";

/** A body as an operation's caller gave it, on its way past the SDK's serializer. */
export interface UntouchedBody {
  untouched: unknown;
  mediaType: string;
}

/**
 * What the SDK calls to turn a body into text. The original knows some 1,850 models, drops every
 * field it does not know and takes half a second to load; this one hands the caller's value on.
 */
const ObjectSerializer = {
  serialize: (value: unknown): unknown => value,
  deserialize: (value: unknown): unknown => value,
  stringify: (untouched: unknown, mediaType: string): UntouchedBody => ({ untouched, mediaType }),
  parse: (value: unknown): unknown => value,
  normalizeMediaType: (mediaType: string): string => mediaType,
  getPreferredMediaType: ([mediaType]: string[]): string => mediaType ?? "application/json",
  getPreferredMediaTypeAndEncoding: ([mediaType]: string[]): [string] => [mediaType ?? "application/json"],
};

/** The form that the SDK fills for an upload: one part, whose data is ours. */
export class UploadForm {
  readonly parts: { part: string; upload: Upload }[] = [];

  append(part: string, upload: Upload): void {
    this.parts.push({ part, upload });
  }
}

const HttpMethodEnum = Object.fromEntries(
  ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"].map((method) => [method, method]),
);

/**
 * The modules that stand in for the SDK's own when its request factories are loaded, by the
 * specifier that resolves from the SDK's folder. What they replace serializes, sends and pages,
 * none of which is wanted here; without it, loading takes 45 ms instead of 1,100.
 */
export const standIns: Record<string, unknown> = {
  "./src/generated/models/ObjectSerializer.js": { ObjectSerializer },
  "./src/generated/http/http.js": { HttpMethodEnum },
  "./src/collection.js": { Collection: class {} },
  "form-data": UploadForm,
};
