import * as z from "zod";
import { file, origin } from "../config/schema-parts.js";

/** How this server learns that somebody has left, and how long it goes on where nobody can tell. */
export function leavingSchema() {
  return z
    .strictObject({
      global_token_revocation: z
        .boolean()
        .default(true)
        .describe(
          "Okta may end everything of a person at {public_url}/okta/global-token-revocation (Universal Logout), with a JWT that the org has signed.",
        ),
      global_token_revocation_issuer: origin("An issuer.")
        .optional()
        .describe("The issuer of those JWTs, where it is not okta.org_url."),
      event_hook_secret_files: z
        .array(file("A file with a secret."))
        .max(2, "has more than two")
        .default([])
        .describe(
          "Files with the secret of an event hook, which Okta sends in Authorization to {public_url}/okta/events. Two of them while one takes the other's place. Their content is read anew every half minute. Without any there is no event hook.",
        ),
      poll_seconds: z
        .int()
        .max(3_600, "is more than 3600")
        .refine((seconds) => seconds === 0 || seconds >= 60, "is neither 0 nor at least 60")
        .default(300)
        .describe(
          "How often the directory app asks Okta about the people who have something here or called within the last 24 hours. 0: never.",
        ),
      max_age_minutes: z
        .int()
        .min(5, "is less than 5")
        .max(1_440, "is more than 1440")
        .default(60)
        .describe(
          "Once Okta has not answered about a person for this long, the person may read and no longer write, until it answers again.",
        ),
    })
    .prefault({})
    .describe("What ends the access of people who leave.");
}
