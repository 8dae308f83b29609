import type { AddMistake, WholeParts } from "./whole-parts.js";

/** The path below /connect of the org's own page. */
const OWN_PAGE = "okta";

/** Checks the company's APIs and texts against what else the file says. */
export function checkApis(given: WholeParts, add: AddMistake): void {
  const { members, roles, faulty } = given;
  const names = new Set(roles.map(({ role }) => role.name));
  for (const [name, { roles: used }] of Object.entries(members.apis ?? {})) {
    if (name === OWN_PAGE)
      add(["apis", name], `cannot be the name of an API: /connect/${OWN_PAGE} is the org's own page`);
    if (faulty.has("roles")) continue;
    for (const [index, role] of used.entries()) {
      if (!names.has(role)) add(["apis", name, "roles", index], "is the name of no role");
    }
  }
  for (const name of Object.keys(members.apis ?? {})) checkAuth(name, given, add);
  checkScopelessRoles(given, add);
}

/** Checks whether an API's way to know who calls goes with the way in which callers are known here. */
function checkAuth(name: string, { members, faulty }: WholeParts, add: AddMistake): void {
  const { okta, sign_in, sign_on, tokens, public_url, apis } = members;
  const auth = apis?.[name]?.auth;
  if (auth === undefined) return;
  const at = (member: string) => ["apis", name, "auth", member];
  const { kind, issuer, audience } = auth;
  if (kind === "exchange" && (sign_in === "proxy" || sign_in === "bearer")) {
    const why =
      sign_in === "proxy"
        ? "callers bring tokens of this server, which no authorization server of Okta's exchanges"
        : "callers bring tokens of the org itself, which Okta exchanges for none of a custom authorization server";
    add(
      at("kind"),
      `cannot be exchange with sign_in ${sign_in}: ${why}. Use user_grant, which each person grants once, or sign_in native or introspect`,
    );
  }
  if (kind === "user_grant" && !faulty.has("okta") && !faulty.has("sign_on")) {
    if (okta?.client_id === undefined || sign_on?.enabled === false) {
      add(
        at("kind"),
        "cannot be user_grant without the pages on which people sign in. Set okta.client_id to the web app in Okta and leave sign_on.enabled true, or use exchange with sign_in native or introspect",
      );
    }
  }
  if (issuer !== undefined && okta !== undefined && new URL(issuer).href === new URL(okta.org_url).href) {
    add(
      at("issuer"),
      "is the org itself, whose tokens are for Okta alone. Name a custom authorization server (…/oauth2/aus1abcd) with the API's audience",
    );
  }
  if (audience === undefined || sign_in === undefined || faulty.has("tokens")) return;
  const own = tokens?.audience ?? (public_url && `${public_url.replace(/\/$/, "")}/mcp`);
  if (audience === own) {
    add(
      at("audience"),
      "is the audience of this server itself: a token for one would open the other. Give the API an authorization server with an audience of its own",
    );
  }
}

/** A role without scopes at Okta is for APIs or texts. */
function checkScopelessRoles({ members, roles, faulty }: WholeParts, add: AddMistake): void {
  if (faulty.has("apis") || faulty.has("resources")) return;
  const used = new Set([
    ...Object.values(members.apis ?? {}).flatMap((api) => api.roles),
    ...(members.resources ?? []).flatMap((resource) => resource.roles),
  ]);
  for (const { index, role } of roles) {
    if (role.scopes.length > 0 || used.has(role.name)) continue;
    add(["roles", index, "scopes"], "is empty, and no API and no resource names the role: nothing would be on");
  }
}
