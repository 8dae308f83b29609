/** One cause for which a sign-in fails, in words. */
export interface CauseWords {
  /** What happened, in a sentence for whoever sits in front of the page. */
  means: string;
  /** What that person does. */
  person: string;
  /** What whoever runs the server does. `{public_url}` is the address of the server. */
  operator: string;
}

const AGAIN = "Start again from your program.";
const ASK = "Ask who runs this server.";
const NOTHING = "Nothing, where it does not go on.";
const LOG = "The log has the reason, under the name that the page shows.";

/**
 * The causes for which a sign-in through Okta fails, each with its own code. Page, log, `serve check` and docs have the
 * same codes and words.
 */
export const SIGN_IN_CAUSES = {
  access_denied: {
    means: "Okta did not let you in.",
    person: "You may have cancelled. If not, ask who runs this server.",
    operator: "Reports > System Log in Okta has the reason: the app's sign-on policy, or what the person answered.",
  },
  user_not_assigned: {
    means: "You are not assigned to this server's app in Okta.",
    person: "Ask who runs this server to assign you, or a group of yours, to the app.",
    operator: "Applications > the app > Assignments: assign the person or a group of theirs.",
  },
  policy_denied: {
    means: "A policy of Okta's does not let you use this server's app from here.",
    person: ASK,
    operator:
      "Reports > System Log in Okta names the policy and the rule. With a custom authorization server its access policy has to list the app: Security > API > Authorization Servers > the server > Access Policies.",
  },
  mfa_required: {
    means: "Okta does not say that you signed in with a second factor, which this server needs.",
    person: "Set up a second factor at Okta, then start again.",
    operator:
      "Security > Authentication Policies: give the app a policy that asks for two factors, and see that the person has enrolled one. Or correct sign_on.second_factor or admins.acr_values.",
  },
  domain_not_trusted: {
    means: "Your e-mail address is not one that this server trusts.",
    person: "Sign in with the account of your company, and verify its address at Okta.",
    operator:
      "The address has to be verified at Okta and at exactly one of sign_on.trusted_domains. A domain below a listed one is listed apart.",
  },
  not_invited: {
    means: "You were not invited to this server.",
    person: "Ask who runs this server to invite you.",
    operator: "`okta-mcp serve invite LOGIN`, or the admin page. Or set sign_on.auto_create to true.",
  },
  no_role: {
    means: "None of your groups has a role here.",
    person: "Ask who runs this server which group you need.",
    operator:
      "`okta-mcp serve who LOGIN` tells the person's groups. Put them into a group of a role, or its id into roles[].groups.",
  },
  not_admin: {
    means: "These pages are for admins of this server, and none of your groups makes you one.",
    person: "What you have allowed yourself is at /me. To become an admin, ask who runs this server.",
    operator: "Put the person into a group of admins.groups, or its id there.",
  },
  admin_link_ended: {
    means: "This link does not count: it was used, is older than five minutes, or was never made here.",
    person: "Make another one on the machine of the server: okta-mcp serve admin-link.",
    operator:
      "The record has who made links, and every try that failed. Where you made none, somebody on the machine tries.",
  },
  not_found_here: {
    means: "What an admin page is about is not there, or no more.",
    person: "Go back to the list, which shows what is there now.",
    operator: NOTHING,
  },
  not_confirmed: {
    means: "What was typed on an admin page is not what the page asked for, so nothing was done.",
    person: "Go back, look once more at whom it concerns, and type it exactly as the page shows it.",
    operator: NOTHING,
  },
  last_admin: {
    means: "Nobody else who has signed in is in a group of admins, so this one stays.",
    person: "Have another admin sign in to these pages first, then do it.",
    operator: "In an emergency open the admin pages by a link of the machine, which may block the last admin too.",
  },
  blocked: {
    means: "Your access to this server was blocked.",
    person: ASK,
    operator: "Somebody blocked the person here; the record has who and when.",
  },
  groups_claim_missing: {
    means: "Okta does not tell this server which groups you are in.",
    person: ASK,
    operator:
      "Give the app a groups claim that lists ids (Applications > the app > Sign On > OpenID Connect ID Token), or set directory in serve.json to a service app that reads groups. Okta leaves groups out where there are more than a hundred.",
  },
  scope_not_granted: {
    means: "Okta does not grant this server's app a scope that is needed.",
    person: ASK,
    operator:
      "Applications > the app > Okta API Scopes: grant what `okta-mcp serve check` lists. A scope of sign_on.scopes has to be there at the authorization server.",
  },
  invalid_client: {
    means: "Okta does not know this server's app, or not as it proves itself.",
    person: ASK,
    operator:
      "Compare okta.client_id and the secret or key with Applications > the app > General > Client Credentials, and tick Authorization Code and Refresh Token there. `okta-mcp serve check` says which is wrong.",
  },
  redirect_uri_mismatch: {
    means: "Okta does not know the address to which it has to send you back.",
    person: ASK,
    operator:
      "Register exactly {public_url}/auth/sso/callback/okta under the app's Sign-in redirect URIs: no slash at the end, the same scheme, and okta as its last part.",
  },
  issuer_mismatch: {
    means: "The authorization server that answered is not the one of this server's settings.",
    person: ASK,
    operator:
      "Set okta.org_url, or okta.issuer for a custom authorization server, to the issuer that the log and `okta-mcp serve check` show beside the one of the settings.",
  },
  clock_skew: {
    means: "The clocks of Okta and this server differ.",
    person: ASK,
    operator:
      "Set this machine's clock (NTP). The log and `okta-mcp serve check` tell by how many seconds it is wrong.",
  },
  id_token_invalid: {
    means: "Okta's answer could not be used.",
    person: `${AGAIN} If it happens again, tell who runs this server.`,
    operator: LOG,
  },
  login_required: {
    means: "Okta wants you to sign in again.",
    person: AGAIN,
    operator: NOTHING,
  },
  sign_in_ended: {
    means: "Okta no longer takes this sign-in.",
    person: `${AGAIN} It may have taken too long, or your access at Okta has ended.`,
    operator: "Look at the person's status and assignment in Okta, where it happens again.",
  },
  state_expired: {
    means: "This sign-in was not begun in this browser, has ended, or took longer than ten minutes.",
    person: "Start again from your program, and finish in the same browser.",
    operator:
      "Nothing. Where it happens to everybody, a proxy drops cookies or answers under another address than public_url.",
  },
  another_browser: {
    means: "This sign-in was begun in another browser.",
    person:
      "If you did not begin it yourself, somebody may have sent you the link to get into your account: close this page. Otherwise start again from your program, and finish in the same browser.",
    operator: "The record has the address. Somebody may be sending links around.",
  },
  another_person: {
    means: "Somebody else signed in at Okta meanwhile.",
    person: "Sign out of Okta in this browser, then start again from your program.",
    operator: NOTHING,
  },
  form_not_ours: {
    means: "This form was not shown in this browser, or its page is too old.",
    person: "Open the page again and answer there. If you did not open it yourself, close this window.",
    operator: "Where it happens to everybody, a proxy changes Origin or drops cookies.",
  },
  no_such_question: {
    means: "There is no such question for you.",
    person: "Have your program make the call again: it gets a link that counts.",
    operator: NOTHING,
  },
  too_many_requests: {
    means: "Too many requests came from your address.",
    person: "Wait a minute, then open the page again.",
    operator: "Where many people share an address, raise limits.oauth_per_address; list proxies in trusted_proxies.",
  },
  sso_disabled: {
    means: "SSO authentication is disabled",
    person: ASK,
    operator: "Set sign_on.enabled to true and okta.client_id to the web app, and start the server again.",
  },
  api_not_there: {
    means: "There is no API of this name that your roles let you use.",
    person: "Ask who runs this server which role you need.",
    operator: "Put a role of the person into apis.{name}.roles, with auth.kind user_grant.",
  },
  api_token_wrong: {
    means: "What came for the API is not meant for it, or not for you, so it was not kept.",
    person: ASK,
    operator:
      "Compare apis.{name}.auth.issuer and audience with the authorization server (Security > API > Authorization Servers > Settings). The log says what is wrong.",
  },
  okta_busy: {
    means: "Okta does not answer at the moment.",
    person: `Wait a minute. ${AGAIN}`,
    operator: "https://status.okta.com; the log says whether a rate limit is used up.",
  },
  okta_unreachable: {
    means: "Okta cannot be reached at the moment.",
    person: `Wait a minute. ${AGAIN}`,
    operator: "The way from this machine to okta.org_url: firewall, proxy, DNS. `okta-mcp serve check` tries it.",
  },
  okta_refused: {
    means: "Okta refused the sign-in.",
    person: `${AGAIN} If it happens again, tell who runs this server.`,
    operator: LOG,
  },
} as const satisfies Readonly<Record<string, CauseWords>>;

/** The code of a cause. */
export type SignInCause = keyof typeof SIGN_IN_CAUSES;
