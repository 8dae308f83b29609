import * as z from "zod";
import type { StoreKey } from "../files/store-key.js";

/** A stored sign-in: that of a person by the device grant, or that of an app by its key. All of it is secret. */
export const storedSignIn = z.object({
  version: z.literal(1),
  orgUrl: z.string(),
  clientId: z.string(),
  /** One for each time that somebody signs in; renewals keep it. */
  signInId: z.string(),
  /** The person who signed in, from the ID token. */
  user: z.string().optional(),
  /** The id by which the org knows them (`sub` of the ID token); absent in what older versions kept. */
  subject: z.string().optional(),
  askedScopes: z.array(z.string()),
  grantedScopes: z.array(z.string()),
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** The fingerprint of the key with which the app signed in; absent for a person's sign-in. */
  signedBy: z.string().optional(),
  /** The key that the tokens are bound to (RFC 9449). */
  proofKey: z
    .object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: z.string(), y: z.string(), d: z.string() })
    .optional(),
  /** Epoch milliseconds of the last exchange. */
  obtainedAtMs: z.number(),
  /** Epoch milliseconds; absent where Okta named no lifetime. */
  expiresAtMs: z.number().optional(),
});

export type StoredSignIn = z.infer<typeof storedSignIn>;

/** A sign-in out of what a store held; undefined when it is damaged or of another org or client. */
export function parseStoredSignIn(text: string, { orgUrl, clientId }: StoreKey): StoredSignIn | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = storedSignIn.safeParse(json);
  const ours = parsed.success && parsed.data.orgUrl === orgUrl && parsed.data.clientId === clientId;
  return ours ? parsed.data : undefined;
}
