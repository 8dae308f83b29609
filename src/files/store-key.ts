import { createHash } from "node:crypto";

/** Whose tokens these are: they are kept apart by org, by client and by way of signing in, and go to no other org. */
export interface StoreKey {
  /** The org's origin. */
  orgUrl: string;
  clientId: string;
  /** `private-key` for the token of an app itself; a person's sign-in has none. */
  method?: "private-key";
}

/** A file name for this org, client and way of signing in. */
export function fileNameOf({ orgUrl, clientId, method }: StoreKey): string {
  const parts = method === undefined ? [orgUrl, clientId] : [orgUrl, clientId, method];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}
