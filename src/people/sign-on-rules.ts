import { SIGN_IN_MATRIX } from "./sign-in-matrix.js";
import type { AddMistake, WholeParts } from "./whole-parts.js";

/** Checks how people sign in, together with how callers are known. */
export function checkSignOn(given: WholeParts, add: AddMistake): void {
  checkIssuerOfPeople(given, add);
  checkSwitchedOff(given, add);
  checkScopes(given, add);
  checkBreakGlass(given, add);
  const { sign_in, sign_on } = given.members;
  if (sign_in === undefined || sign_in === "proxy" || sign_on === undefined) return;
  // An access token does not say whether an address was verified, nor how its person signed in.
  for (const member of ["trusted_domains", "second_factor"] as const) {
    const isSet = member === "trusted_domains" ? sign_on.trusted_domains.length > 0 : sign_on.second_factor;
    if (isSet) {
      add(["sign_on", member], `needs sign_in proxy: a token of sign_in ${sign_in} does not tell what it asks for`);
    }
  }
}

function checkBreakGlass({ members: { sign_on, admins, listen }, faulty }: WholeParts, add: AddMistake): void {
  if (sign_on?.break_glass !== true) return;
  if (admins === undefined && !faulty.has("admins")) {
    add(["sign_on", "break_glass"], "needs admins: without them there are no admin pages to come to");
  }
  if (listen?.port === sign_on.break_glass_port) {
    add(["sign_on", "break_glass_port"], "is the port of listen, which everybody reaches");
  }
}

/** The path of an issuer: that of a custom authorization server, or none for the org itself. */
const ISSUER_PATH = /^(?:\/?|\/oauth2\/[\w-]+\/?)$/;

function checkIssuerOfPeople({ members: { okta } }: WholeParts, add: AddMistake): void {
  if (okta?.issuer === undefined) return;
  const [issuer, org] = [new URL(okta.issuer), new URL(okta.org_url)];
  if (issuer.origin !== org.origin) {
    add(
      ["okta", "issuer"],
      `is not of the org ${org.origin}. Write ${org.origin}/oauth2/aus1abcd, or change okta.org_url`,
    );
  } else if (!ISSUER_PATH.test(issuer.pathname)) {
    add(
      ["okta", "issuer"],
      "is no issuer of Okta's: it ends with /oauth2/ and the id of the server, as Security > API > Authorization Servers shows it",
    );
  }
}

/** Without sign-on nobody can grant their own right, and a client of sign_in proxy gets no token. */
function checkSwitchedOff({ members: { sign_on, sign_in, admins }, roles }: WholeParts, add: AddMistake): void {
  if (sign_on?.enabled !== false || sign_in === undefined) return;
  if (admins !== undefined) add(["admins"], "needs sign_on.enabled, since admins sign in there");
  if (sign_in === "proxy") {
    add(["sign_on", "enabled"], "is false, but with sign_in proxy everybody signs in there: nobody could call");
  }
  for (const { index, role } of roles) {
    const combined = SIGN_IN_MATRIX[sign_in][role.act_as];
    if ("refused" in combined || combined.right !== "grant" || sign_in === "proxy") continue;
    add(["roles", index, "act_as"], "needs sign_on.enabled, since people grant their own right at Okta there");
  }
}

function checkScopes({ members: { sign_on } }: WholeParts, add: AddMistake): void {
  const { scopes } = sign_on ?? {};
  if (scopes === undefined) return;
  if (!scopes.includes("openid"))
    add(["sign_on", "scopes"], "has no openid, without which Okta does not say who it is");
  const rights = scopes.filter((scope) => scope.startsWith("okta."));
  if (rights.length > 0) {
    add(["sign_on", "scopes"], `has ${rights.join(", ")}, which a role asks for by roles[].scopes`);
  }
  if (scopes.includes("offline_access")) {
    add(["sign_on", "scopes"], "has offline_access, which is asked for by itself wherever it is needed");
  }
  if (sign_on?.trusted_domains.length && !scopes.includes("email")) {
    add(["sign_on", "scopes"], "has no email, which sign_on.trusted_domains needs");
  }
}
