import { createHash } from "node:crypto";

/** Whose tokens these are: they are kept apart by org and by client, and go to no other org. */
export interface StoreKey {
  /** The org's origin. */
  orgUrl: string;
  clientId: string;
}

/** A file name for this org and client. */
export function fileNameOf({ orgUrl, clientId }: StoreKey): string {
  return createHash("sha256").update(`${orgUrl}\n${clientId}`).digest("hex").slice(0, 32);
}
