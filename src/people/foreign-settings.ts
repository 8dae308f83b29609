/** A setting of another server that people come from, as an environment variable. */
export interface ForeignSetting {
  variable: string;
  /** The server whose setting it is, for a person. */
  of: string;
  /** The member of serve.json that has its place; undefined where nothing has. */
  ours: string | undefined;
  /** What to know besides, or the reason why nothing has its place. Whole sentences. */
  note: string;
}

const FASTMCP = "FastMCP";
const API = "a FastAPI service behind Okta";
const INTROSPECTING = "a FastMCP server that introspects tokens";
const GATEWAY = "MCP Gateway";

const FOUND = "The issuer's own metadata tell it, so that a key of another server never counts.";

/**
 * The settings of other servers that sign people in with Okta. A start that finds one says what has its place, since a
 * setting that is silently ignored may have kept people out. docs/company.md has the same table.
 */
export const FOREIGN_SETTINGS: readonly ForeignSetting[] = [
  row("OKTA_DOMAIN", API, "okta.org_url", "It is a whole address here, with https://."),
  row("OKTA_ISSUER", API, "tokens.issuer", "With sign_in proxy it is okta.org_url."),
  row("OKTA_AUDIENCE", API, "tokens.audience", "By default it is {public_url}/mcp, which no other server shares."),
  row("OKTA_JWKS_URI", API, undefined, FOUND),
  row("JWKS_URI", API, undefined, FOUND),
  row("FASTMCP_SERVER_AUTH", FASTMCP, "sign_in", "JWTVerifier is native; OIDCProxy is proxy."),
  row("FASTMCP_SERVER_AUTH_JWT_JWKS_URI", FASTMCP, undefined, FOUND),
  row("FASTMCP_SERVER_AUTH_JWT_ISSUER", FASTMCP, "tokens.issuer", "It needs sign_in native or introspect."),
  row(
    "FASTMCP_SERVER_AUTH_JWT_AUDIENCE",
    FASTMCP,
    "tokens.audience",
    "It has to be this server's alone, so api://default needs a change of the authorization server.",
  ),
  row(
    "FASTMCP_SERVER_AUTH_JWT_REQUIRED_SCOPES",
    FASTMCP,
    "tokens.scopes",
    "There is one scope for tools that read and one for all others. `email` says nothing of what a client may do.",
  ),
  row("FASTMCP_SERVER_AUTH_CONFIG_URL", FASTMCP, "okta.org_url", "The rest of the address follows from it."),
  row("FASTMCP_SERVER_AUTH_CLIENT_ID", FASTMCP, "okta.client_id", ""),
  row(
    "FASTMCP_SERVER_AUTH_CLIENT_SECRET",
    FASTMCP,
    "okta.client_secret_file",
    "A secret stands in a file. okta.private_key_file is better than a secret.",
  ),
  row(
    "FASTMCP_SERVER_AUTH_AUDIENCE",
    FASTMCP,
    undefined,
    "With sign_in proxy this server gives out its own tokens, for {public_url}/mcp alone.",
  ),
  row("FASTMCP_SERVER_AUTH_BASE_URL", FASTMCP, "public_url", ""),
  row(
    "OKTA_ACCESS_TOKEN",
    INTROSPECTING,
    undefined,
    "One token for everybody would make everybody the same person. Each person signs in; `okta-mcp` on stdio reads the variable.",
  ),
  row("AUTH_SERVER_ID", INTROSPECTING, "tokens.issuer", "It is the whole issuer here, as {org_url}/oauth2/{id}."),
  row("SERVICE_CLIENT_ID", INTROSPECTING, "tokens.client_id", ""),
  row(
    "SERVICE_CLIENT_SECRET",
    INTROSPECTING,
    "tokens.client_secret_file",
    "A secret stands in a file. tokens.private_key_file is better than a secret.",
  ),
  row(
    "ENCODED_CREDENTIALS",
    INTROSPECTING,
    "tokens.client_id",
    "The secret beside it stands in tokens.client_secret_file, not encoded.",
  ),
  row(
    "ENTERPRISE_API_BASE",
    INTROSPECTING,
    "apis",
    "It is the base_url of an API there. A caller's token never goes to it: the API gets one that was given out for it.",
  ),
  row("SSO_ENABLED", GATEWAY, "sign_on.enabled", "It is on unless this says false."),
  row("SSO_OKTA_ENABLED", GATEWAY, "sign_on.enabled", "Okta is the only place where people sign in."),
  row("SSO_OKTA_CLIENT_ID", GATEWAY, "okta.client_id", ""),
  row(
    "SSO_OKTA_CLIENT_SECRET",
    GATEWAY,
    "okta.client_secret_file",
    "A secret stands in a file. okta.private_key_file is better than a secret.",
  ),
  row(
    "SSO_OKTA_ISSUER",
    GATEWAY,
    "okta.org_url",
    "It is the org alone. A custom authorization server with which people sign in is okta.issuer.",
  ),
  row(
    "SSO_OKTA_SCOPE",
    GATEWAY,
    "sign_on.scopes",
    "It is a list. What people may do at Okta is roles[].scopes, and asked for apart.",
  ),
  row(
    "SSO_AUTO_CREATE_USERS",
    GATEWAY,
    "sign_on.auto_create",
    "Also with true, only somebody who has a role by a group is let in.",
  ),
  row(
    "SSO_TRUSTED_DOMAINS",
    GATEWAY,
    "sign_on.trusted_domains",
    "Exactly these domains count, and only where Okta says that the address is verified.",
  ),
  row(
    "SSO_PRESERVE_ADMIN_AUTH",
    GATEWAY,
    undefined,
    "There is no account with a password. sign_on.break_glass lets whoever runs the server in without Okta, by a link of the machine.",
  ),
  row("OKTA_GROUP_MAPPING", GATEWAY, "roles[].groups", "It takes ids of groups: a name can be given to another group."),
  row("LOG_LEVEL", GATEWAY, "log.level", "In lower case: debug, info, warn, error."),
];

function row(variable: string, of: string, ours: string | undefined, note: string): ForeignSetting {
  return { variable, of, ours, note };
}

/**
 * A sentence for each setting of another server that an environment has. It never shows a value.
 * @param env the environment of the process
 */
export function foreignSettingsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return FOREIGN_SETTINGS.filter(({ variable }) => (env[variable] ?? "") !== "").map(({ variable, of, ours, note }) => {
    const instead = ours === undefined ? "Nothing has its place." : `Use ${ours} in serve.json.`;
    return [`${variable}, a setting of ${of}, is not read here.`, instead, note].filter(Boolean).join(" ");
  });
}
