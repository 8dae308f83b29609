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

/** Which kind of id stands behind a path segment, where its ids are of one kind, and which tool finds it. */
const COLLECTIONS: Readonly<Record<string, { kind?: string; finder?: string }>> = {
  users: { kind: "user", finder: "list_users" },
  groups: { kind: "group", finder: "list_groups" },
  apps: { kind: "application", finder: "list_applications" },
  policies: { kind: "policy", finder: "list_policies" },
  rules: { kind: "rule", finder: "list_policy_rules" },
  "device-assurances": { kind: "device assurance policy", finder: "list_device_assurance_policies" },
  brands: { kind: "brand", finder: "list_brands" },
  themes: { kind: "theme", finder: "list_brand_themes" },
  email: { finder: "list_email_templates" },
  customizations: { kind: "email customization", finder: "list_email_customizations" },
  domains: { kind: "custom domain", finder: "list_custom_domains" },
  "email-domains": { kind: "email domain", finder: "list_email_domains" },
  user: { kind: "schema" },
};

const OKTA_ID = /^[0-9A-Za-z]{20}$/;

/** "a user", "an application". */
function withArticle(kind: string): string {
  return `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** The tool that finds the ids behind a path segment, e.g. `groups`; undefined where none does. */
export function finderOf(segment: string): string | undefined {
  return COLLECTIONS[segment]?.finder;
}

/**
 * Tells that an id is one of another kind than its place in a path asks for, in a sentence; undefined
 * where it is not, or where its kind is not known.
 * @param segment the segment of the path before the id, e.g. `groups`
 */
export function otherKind(id: string, segment: string): string | undefined {
  const wanted = COLLECTIONS[segment]?.kind;
  const kind = OKTA_ID.test(id) ? KINDS[id.slice(0, 3)] : undefined;
  if (wanted === undefined || kind === undefined || kind === wanted) return undefined;
  const more =
    kind === "user type" && wanted === "schema"
      ? " A user type names its schema in _links.schema; that of most users is default."
      : "";
  return `${id} is the id of ${withArticle(kind)}, and ${withArticle(wanted)} is asked for.${more}`;
}
