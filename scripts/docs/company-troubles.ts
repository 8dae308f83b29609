/** One entry of another server's troubleshooting table, and who names the same fault here. */
export interface Trouble {
  /** The words by which people look for it. */
  theirs: string;
  /** The cause. */
  cause: string;
  /** Who names it: a check, a page or the log, with the code or words. */
  namedBy: string;
  /** What to do. */
  fix: string;
}

/**
 * The troubleshooting entries of other servers that sign people in with Okta. A test plants each fault and finds it named
 * (test/web/troubleshooting.test.ts).
 */
export const TROUBLES = {
  expired: {
    theirs: "Invalid token",
    cause: "The token has expired.",
    namedBy: "401 with `invalid_token`; the log: `The token has expired.`",
    fix: "A client that signs in by itself renews its token. Where a token is pasted by hand, get a new one.",
  },
  audience: {
    theirs: "Token rejected; Invalid audience",
    cause: "The token was given out for another server.",
    namedBy:
      "401 with `invalid_token`; the log: `The token is for another audience.` and the audience; `serve check`: audience",
    fix: "Set the audience of the authorization server to tokens.audience: Security > API > Authorization Servers > Settings. A client id is no audience, and a claim named aud cannot be added.",
  },
  noHeader: {
    theirs: "Missing Authorization header",
    cause: "The client sends no token.",
    namedBy: "401 with a challenge that leads to the sign-in",
    fix: "Let the client sign in. One that cannot has to send `Authorization: Bearer`.",
  },
  tokenArgument: {
    theirs: "Cannot read headers; pass token as parameter",
    cause: "A token is given as an argument of a tool.",
    namedBy: "The call is refused and names the argument.",
    fix: "Over HTTP a token stands in the header and nowhere else; on stdio `okta-mcp login` signs in.",
  },
  notRunning: {
    theirs: "Connection refused",
    cause: "The server does not run, or its address leads elsewhere.",
    namedBy: "`serve check`: port, public address",
    fix: "Start it; compare listen and public_url.",
  },
  certificate: {
    theirs: "SSL error",
    cause: "A certificate has ended, names another host or belongs to another key.",
    namedBy: "`serve check`: TLS",
    fix: "Renew it for the host of public_url. For Okta behind a company's proxy: NODE_EXTRA_CA_CERTS.",
  },
  noDiscovery: {
    theirs: "Failed to initialize OIDC provider",
    cause: "Okta cannot be reached, or there is no authorization server at the issuer.",
    namedBy: "`serve check`: org, authorization server (`okta_unreachable`, `issuer_mismatch`)",
    fix: "Check the address and the firewall. A slash at the end makes no difference. An org without API Access Management has no server `default`.",
  },
  wrongIssuer: {
    theirs: "Token verification failed; The issuer specified in the request is invalid",
    cause: "The token comes from another issuer than the settings name.",
    namedBy:
      "401 with `invalid_token`; the log: `The token comes from another issuer.`; `serve check`: `issuer_mismatch` with both values",
    fix: "Copy the Issuer URI of the authorization server into tokens.issuer; okta.org_url is the org alone.",
  },
  wrongSignature: {
    theirs: "JWT tokens failing validation",
    cause: "The token was not signed by the issuer.",
    namedBy: "401 with `invalid_token`; the log: `The signature of the token does not hold.`",
    fix: "Get the token from the issuer that tokens.issuer names.",
  },
  clock: {
    theirs: "Check server clock synchronization",
    cause: "This machine's clock is wrong.",
    namedBy: "`serve check`: clock (`clock_skew`, with the seconds)",
    fix: "Set the clock (NTP).",
  },
  ssoDisabled: {
    theirs: "SSO authentication is disabled",
    cause: "sign_on.enabled is false, or there is no web app (okta.client_id).",
    namedBy: "404 with `sso_disabled` at every address below /auth/sso",
    fix: "Set sign_on.enabled to true and okta.client_id, and start the server again.",
  },
  invalidClient: {
    theirs: "invalid_client",
    cause: "The client id, the secret or the key is not that of the app.",
    namedBy:
      "`serve check`: redirect URI, proof of the web app (`invalid_client`); the page and the log: `invalid_client`",
    fix: "Compare with Applications > the app > General > Client Credentials.",
  },
  redirectUri: {
    theirs: "redirect_uri_mismatch",
    cause: "The redirect URI is not registered: a slash at the end, http in place of https, another path.",
    namedBy:
      "`serve check`: redirect URI (`redirect_uri_mismatch`, with the exact address). Okta shows the fault on its own page.",
    fix: "Register exactly {public_url}/auth/sso/callback/okta.",
  },
  notAssigned: {
    theirs: "User is not assigned to the client application",
    cause: "The app is not assigned to the person.",
    namedBy: "The page and the log: `user_not_assigned`",
    fix: "Applications > the app > Assignments: assign the person or a group of theirs.",
  },
  secondFactor: {
    theirs: "Users not prompted for MFA",
    cause: "The app's authentication policy does not ask for a second factor.",
    namedBy: "`serve check`: second factor, which it cannot know and says so",
    fix: "Security > Authentication Policies: give the app a policy that asks for two factors.",
  },
  noGroups: {
    theirs: "Group claims included in tokens",
    cause: "The ID token has no groups claim, or it holds names in place of ids.",
    namedBy:
      "`serve check`: groups of people (`groups_claim_missing`); the page: `groups_claim_missing`, or `no_role` where the claim is there and empty",
    fix: "Add the groups claim with ids, or a directory app.",
  },
} as const satisfies Record<string, Trouble>;
