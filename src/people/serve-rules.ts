import { checkApis } from "./api-rules.js";
import { checkMetrics } from "./metrics-rules.js";
import { MACHINE_MODES, SIGN_IN_MATRIX } from "./sign-in-matrix.js";
import { checkSignOn } from "./sign-on-rules.js";
import { checkStoreMembers } from "./store-rules.js";
import type { AddMistake, WholeParts } from "./whole-parts.js";

/** Checks what several members of serve.json say together, as far as they are right by themselves. */
export function checkTogether(given: WholeParts, add: AddMistake): void {
  checkWebApp(given, add);
  checkSignOn(given, add);
  checkTokens(given, add);
  checkIssuer(given, add);
  checkGroups(given, add);
  checkRoles(given, add);
  checkMachines(given, add);
  checkAdmins(given, add);
  checkListener(given, add);
  checkMetrics(given, add);
  checkApis(given, add);
  const { store } = given.members;
  if (store !== undefined) checkStoreMembers(store, (member, problem) => add(["store", member], problem));
}

/** Tokens and what they open never travel where others can read them. */
function checkListener({ members, faulty }: WholeParts, add: AddMistake): void {
  const { public_url, listen, tls, trusted_proxies = [] } = members;
  const plain = public_url && new URL(public_url).origin;
  if (plain !== public_url?.replace(/\/$/, "")) {
    // Addresses are compared as texts by clients, and every path of this server begins at the root.
    add(["public_url"], `is not in its plain form, without a path. Write ${plain}`);
  }
  if (tls !== undefined && public_url?.startsWith("http:")) {
    add(["public_url"], "begins with http, but the listener has tls");
  }
  if (listen === undefined || faulty.has("tls") || faulty.has("trusted_proxies")) return;
  const isLocal = listen.host === "localhost" || listen.host === "::1" || listen.host.startsWith("127.");
  if (tls === undefined && !isLocal && trusted_proxies.length === 0) {
    const instead = "add tls, list the proxy in front in trusted_proxies, or listen on 127.0.0.1";
    add(["listen", "host"], `would take plain http from other machines: ${instead}`);
  }
}

function checkWebApp({ members: { okta, sign_in } }: WholeParts, add: AddMistake): void {
  if (okta === undefined) return;
  const { client_id, client_secret_file: secret, private_key_file: key } = okta;
  if (client_id === undefined) {
    if (sign_in === "proxy") add(["okta", "client_id"], "is missing: sign_in proxy needs the web app in Okta");
    if (secret !== undefined || key !== undefined) add(["okta", "client_id"], "is missing beside a secret or key");
    return;
  }
  if ((secret === undefined) === (key === undefined)) {
    add(["okta"], "needs exactly one of client_secret_file, private_key_file");
  }
}

function checkTokens({ members: { sign_in, tokens, machines }, faulty }: WholeParts, add: AddMistake): void {
  if (sign_in === undefined || faulty.has("tokens")) return;
  if (sign_in === "proxy") {
    if (tokens !== undefined) add(["tokens"], "is for sign_in native, introspect and bearer; proxy gives out its own");
    return;
  }
  if (tokens === undefined) {
    add(["tokens"], `is missing: sign_in ${sign_in} needs to know which tokens count`);
    return;
  }
  if (tokens.clients.length === 0 && machines?.length === 0) {
    add(["tokens", "clients"], "is missing or empty, and so is machines: nobody could call");
  }
  if (sign_in !== "bearer" && tokens.issuer === undefined) add(["tokens", "issuer"], "is missing");
  if (sign_in === "bearer" && tokens.accept_nonconformant !== true) {
    add(["tokens", "accept_nonconformant"], "has to be true for sign_in bearer, which departs from MCP's rules");
  }
  if (sign_in === "bearer" && tokens.cache_seconds > 0) {
    add(["tokens", "cache_seconds"], "has to be 0 for sign_in bearer");
  }
  if (sign_in === "native") return;
  const { client_id, client_secret_file: secret, private_key_file: key } = tokens;
  if (client_id === undefined) add(["tokens", "client_id"], `is missing: sign_in ${sign_in} introspects each token`);
  if (secret !== undefined && key !== undefined) {
    add(["tokens"], "needs one of client_secret_file, private_key_file, and not both");
  }
}

/** The issuer of a custom authorization server ends like this; that of the org itself has no path. */
const CUSTOM_ISSUER = /\/oauth2\/[\w-]+\/?$/;

function checkIssuer({ members: { sign_in, tokens, okta } }: WholeParts, add: AddMistake): void {
  const { issuer } = tokens ?? {};
  if (issuer === undefined || sign_in === undefined || sign_in === "proxy") return;
  const isCustom = CUSTOM_ISSUER.test(new URL(issuer).pathname);
  if (sign_in === "bearer") {
    const isOrg = okta === undefined || new URL(okta.org_url).href === new URL(issuer).href;
    if (!isOrg) add(["tokens", "issuer"], "has to be okta.org_url for sign_in bearer, or be left out");
  } else if (!isCustom) {
    add(
      ["tokens", "issuer"],
      "is no custom authorization server (…/oauth2/aus1abcd): the org's own tokens are for Okta alone",
    );
  }
}

function checkGroups({ members, faulty }: WholeParts, add: AddMistake): void {
  const { sign_in, tokens, directory, machines = [] } = members;
  if (tokens === undefined || sign_in === undefined || sign_in === "proxy") return;
  const isTold = sign_in !== "bearer" && tokens.groups_claim !== undefined;
  if (isTold || directory !== undefined || faulty.has("directory") || machines.length > 0) return;
  const otherwise = sign_in === "bearer" ? "" : ", or set tokens.groups_claim";
  add(["directory"], `is missing: nothing would tell the groups of people, and so their roles${otherwise}`);
}

function checkRoles({ roles, members: { sign_in, okta } }: WholeParts, add: AddMistake): void {
  for (const { index, role } of roles) {
    const { name, act_as, service, scopes } = role;
    // Without scopes no right at Okta is used, whoever's it would be.
    const usesOkta = scopes.length > 0;
    if (roles.find((one) => one.role.name === name)?.role !== role)
      add(["roles", index, "name"], "is the name of an earlier role");
    if (act_as === "service" && service === undefined && usesOkta) {
      add(["roles", index, "service"], "is missing: a role that acts as service needs its service app");
    }
    if (act_as === "user" && service !== undefined) {
      add(["roles", index, "service"], "is there, but the role acts as user");
    }
    const combined = sign_in && SIGN_IN_MATRIX[sign_in][act_as];
    if (combined === undefined) continue;
    if ("refused" in combined) add(["roles", index, "act_as"], combined.refused);
    else if (combined.right === "grant" && usesOkta && okta !== undefined && okta.client_id === undefined) {
      add(["roles", index, "act_as"], "needs the web app in Okta (okta.client_id), with which people grant access");
    }
  }
}

function checkAdmins({ members: { admins, okta }, faulty }: WholeParts, add: AddMistake): void {
  if (admins === undefined || okta === undefined || faulty.has("okta") || okta.client_id !== undefined) return;
  add(["admins"], "needs the web app in Okta (okta.client_id), with which admins sign in");
}

function checkMachines({ members: { machines = [], sign_in }, roles, faulty }: WholeParts, add: AddMistake): void {
  const ids = machines.map(({ client_id }) => client_id);
  for (const [index, { client_id, role: name }] of machines.entries()) {
    const found = roles.find(({ role }) => role.name === name)?.role;
    // The name may be that of a role with a mistake.
    if (found === undefined && !faulty.has("roles")) add(["machines", index, "role"], "is the name of no role");
    if (found?.act_as === "user") add(["machines", index, "role"], "has to act as service: a machine is no user");
    if (ids.indexOf(client_id) < index) add(["machines", index, "client_id"], "is there twice");
  }
  if (machines.length > 0 && sign_in !== undefined && !MACHINE_MODES.has(sign_in)) {
    add(["machines"], "needs sign_in native or introspect");
  }
}
