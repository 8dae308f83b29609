import * as z from "zod";
import { file, origin, text } from "../config/schema-parts.js";

/** The ways in which a caller can be known. */
export const SIGN_IN_MODES = ["proxy", "native", "introspect", "bearer"] as const;

/** The longest time for which an answer of an introspection may be used again. */
const MAX_CACHE_SECONDS = 30;

/** Which tokens of others count: who gave them out, for whom, and what they have to say. */
export function tokensSchema() {
  return z.strictObject({
    issuer: origin(
      "The issuer, e.g. https://acme.okta.com/oauth2/aus1abcd. For bearer it is the org itself.",
    ).optional(),
    audience: text("The audience, which has to be this server's alone. By default {public_url}/mcp.", 2_000).optional(),
    shared_audience: z
      .array(text("An audience.", 2_000))
      .max(20)
      .default([])
      .describe(
        "Other audiences that a token may have besides. Whoever has one of them can use the token here. None by default.",
      ),
    clients: z
      .array(text("A client id.", 200))
      .max(500)
      .default([])
      .describe("The ids of the clients whose tokens count for people. A program in machines need not be here."),
    scopes: z
      .strictObject({
        read: text("The scope for tools that read.", 200).default("mcp:read"),
        write: text("The scope for every other tool.", 200).default("mcp:write"),
      })
      .prefault({})
      .describe("The scopes of the authorization server."),
    groups_claim: text("The claim with the ids of a person's groups.", 100)
      .optional()
      .describe("The claim with the ids of a person's groups. Without it the directory is asked."),
    client_id: text("The client id with which this server introspects.", 200).optional(),
    client_secret_file: file("A file with its client secret.").optional(),
    private_key_file: file("A file with its private key, PEM or JWK.").optional(),
    key_id: text("The id of the key, where the file does not tell it.", 200).optional(),
    cache_seconds: z
      .int()
      .min(0)
      .max(MAX_CACHE_SECONDS, `is more than ${MAX_CACHE_SECONDS}`)
      .default(0)
      .describe("How long an answer of the introspection is used again: 0, never; at most 30 seconds."),
    accept_nonconformant: z
      .literal(true)
      .optional()
      .describe(
        "Has to be true for bearer: a token that was given out for Okta's API is passed on, which MCP forbids.",
      ),
  });
}

/** A program that calls without a person. */
export function machineSchema() {
  return z.strictObject({
    client_id: text("The client id, as in the token.", 200),
    role: text("The name of its role, which acts as service.", 64),
  });
}
