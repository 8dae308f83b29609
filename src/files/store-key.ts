import { createHash } from "node:crypto";

/**
 * The owner of tokens: an org, a client and a way of signing in. Tokens of different owners are kept apart, and go to
 * no other org.
 */
export interface StoreKey {
  /** The org's origin, or the issuer of the authorization server that an API trusts. */
  orgUrl: string;
  clientId: string;
  /**
   * `private-key` for the token of a service app; for the tokens of a person that are meant for a company's API the name
   * of the API and its address, so that they go to no other; undefined for a person's sign-in to the org.
   */
  method?: "private-key" | `api ${string}`;
}

/** A file name for this org, client and way of signing in. */
export function fileNameOf({ orgUrl, clientId, method }: StoreKey): string {
  const parts = method === undefined ? [orgUrl, clientId] : [orgUrl, clientId, method];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}
