import * as z from "zod";
import { isHttpsOrLocal } from "../net/loopback.js";

/** A text with something in it. */
export const text = (description: string, max = 500) =>
  z.string().min(1, "is empty").max(max, `is longer than ${max} characters`).describe(description);

/** A path; a relative one begins at the folder of the file of settings. */
export const file = (description: string) => text(description, 4_096);

/** A URL that says where something is, and nothing more. */
export const origin = (description: string) =>
  text(description, 2_000).superRefine((value, { addIssue }) => {
    const wrong = wrongAddress(value);
    if (wrong !== undefined) addIssue(wrong);
  });

function wrongAddress(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return "is no https URL, as https://mcp.acme.com";
  if (url.username || url.password || url.search || url.hash) return "has a user, a query or a fragment. Leave it out";
  if (isHttpsOrLocal(url)) return undefined;
  return "is plain http, which is for this machine alone (127.0.0.1, localhost). Use https";
}

/** A number of things, at least one. */
export const count = (description: string, max = 1_000_000) => z.int().min(1).max(max).optional().describe(description);

/** The private key and id of a service app in Okta (client credentials, `private_key_jwt`). */
export const serviceApp = (description: string) =>
  z
    .strictObject({
      client_id: text("Its client id.", 200),
      private_key_file: file("A file with its private key, PEM or JWK."),
      key_id: text("The id of the key, where the file does not tell it.", 200).optional(),
    })
    .describe(description);
