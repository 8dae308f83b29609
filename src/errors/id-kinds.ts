/** How Okta's ids of a kind begin, and what the kind is called. An id of Okta's has 20 characters. */
const KINDS: Readonly<Record<string, string>> = {
  "00u": "user",
  "00g": "group",
  "0oa": "application",
  "00p": "policy",
  rst: "policy",
  "0pr": "rule",
  rul: "rule",
  oty: "user type",
  osc: "schema",
  bnd: "brand",
  thd: "theme",
  OcD: "custom domain",
  OeD: "email domain",
  dae: "device assurance policy",
  oel: "email customization",
  nzo: "network zone",
  aut: "authenticator",
  aus: "authorization server",
  guo: "device",
};

/** Which kind of id stands behind a path segment. */
const WANTED: Readonly<Record<string, string>> = {
  users: "user",
  groups: "group",
  apps: "application",
  policies: "policy",
  rules: "rule",
  "device-assurances": "device assurance policy",
  brands: "brand",
  themes: "theme",
  customizations: "email customization",
  domains: "custom domain",
  "email-domains": "email domain",
  user: "schema",
};

const OKTA_ID = /^[0-9A-Za-z]{20}$/;

/** "a user", "an application". */
function withArticle(kind: string): string {
  return `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;
}

/**
 * Tells that an id is one of another kind than its place in a path asks for, in a sentence; undefined
 * where it is not, or where its kind is not known.
 * @param segment the segment of the path before the id, e.g. `groups`
 */
export function otherKind(id: string, segment: string): string | undefined {
  const wanted = WANTED[segment];
  const kind = OKTA_ID.test(id) ? KINDS[id.slice(0, 3)] : undefined;
  if (wanted === undefined || kind === undefined || kind === wanted) return undefined;
  const more =
    kind === "user type" && wanted === "schema"
      ? " A user type names its schema in _links.schema; that of most users is default."
      : "";
  return `${id} is the id of ${withArticle(kind)}, and ${withArticle(wanted)} is asked for.${more}`;
}
