import { createHash } from "node:crypto";

/**
 * The owner of tokens: an org, a client and a way of signing in. Tokens of different owners are kept apart, and go to
 * no other org.
 */
export interface StoreKey {
  /** The org's origin. */
  orgUrl: string;
  clientId: string;
  /** `private-key` for the token of a service app; undefined for a person's sign-in. */
  method?: "private-key";
}

/** A file name for this org, client and way of signing in. */
export function fileNameOf({ orgUrl, clientId, method }: StoreKey): string {
  const parts = method === undefined ? [orgUrl, clientId] : [orgUrl, clientId, method];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}
