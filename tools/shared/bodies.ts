import type { Json, JsonObject } from "./kit.js";

/** The id at the end of an address of Okta's. Empty where there is none. */
export function lastSegment(href: string): string {
  const { pathname } = URL.canParse(href) ? new URL(href) : { pathname: "" };
  return pathname.split("/").filter(Boolean).at(-1) ?? "";
}

/** A body of the parts that were given; undefined where none was. */
export function given(parts: { readonly [name: string]: Json | undefined }): JsonObject | undefined {
  const body: JsonObject = {};
  for (const [name, part] of Object.entries(parts)) if (part !== undefined) body[name] = part;
  return Object.keys(body).length > 0 ? body : undefined;
}

/** True for names that differ only in case. Domains and language tags are the same then. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
