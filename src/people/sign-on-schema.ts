import * as z from "zod";
import { text } from "../config/schema-parts.js";
import { plainDomain } from "./trusted-domains.js";

/** The pages to which the org may send people back after a sign-out there. */
export const AFTER_SIGN_OUT = ["/signed-out", "/admin/login"] as const;

/** A name of a scope (RFC 6749, section 3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

/** Who may sign in through the web app in Okta, and how. */
export function signOnSchema() {
  return z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe(
          "Whether people can sign in to the pages through the web app in Okta. false needs another sign_in than proxy; every path below /auth/sso then answers 404.",
        ),
      auto_create: z
        .boolean()
        .default(true)
        .describe(
          "Whether somebody who was never here and has a role by a group is let in. With false they have to be invited first, by `okta-mcp serve invite` or on the admin page.",
        ),
      trusted_domains: z
        .array(
          text("A domain, as acme.com.", 253).refine(
            (value) => plainDomain(value) !== undefined,
            "is no domain, as acme.com. Domains below it are listed apart",
          ),
        )
        .max(500)
        .default([])
        .transform((domains) => [...new Set(domains.flatMap((domain) => plainDomain(domain) ?? []))])
        .describe(
          "Only people are let in whose e-mail address Okta says is verified, and is at exactly one of these domains. None trusts whoever has the app in Okta.",
        ),
      scopes: z
        .array(z.string().regex(SCOPE, "is no scope"))
        .max(50)
        .optional()
        .describe(
          "The scopes with which people say who they are. By default openid, profile, email and, at the org's own authorization server, groups.",
        ),
      userinfo: z
        .boolean()
        .default(false)
        .describe(
          "Whether Okta's userinfo endpoint is asked at each sign-in too, for what the ID token leaves out: name, e-mail address, department and title.",
        ),
      second_factor: z
        .boolean()
        .default(false)
        .describe(
          "Whether a sign-in counts only where Okta says that it had a second factor. Okta is asked for one, besides what its policies say.",
        ),
      break_glass: z
        .boolean()
        .default(false)
        .describe(
          "Whether `okta-mcp serve admin-link` on this machine makes a link that opens the admin pages without Okta: once, within five minutes, on this machine's loopback alone, for fifteen minutes. There is no password.",
        ),
      break_glass_port: z
        .int()
        .min(1)
        .max(65_535)
        .default(8_481)
        .describe("The port on 127.0.0.1 at which such a link counts."),
      after_sign_out: z
        .enum(AFTER_SIGN_OUT)
        .optional()
        .describe(
          "The page to which Okta sends people back after a sign-out there. {public_url} with it has to be one of the app's Sign-out redirect URIs. By default Okta shows a page of its own.",
        ),
    })
    .prefault({})
    .describe("How people sign in, and who may.");
}

/**
 * The scopes with which people say who they are.
 * @param given those of serve.json
 * @param isCustom true for a custom authorization server, which has no scope `groups` unless somebody adds it
 */
export function scopesToSignIn(given: readonly string[] | undefined, isCustom: boolean): readonly string[] {
  return given ?? ["openid", "profile", "email", ...(isCustom ? [] : ["groups"])];
}
