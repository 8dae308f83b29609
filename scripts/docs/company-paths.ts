/** A path, option or command of another server's documentation: where it is from, and what it is here. */
export type Elsewhere = readonly [theirs: string, here: string];

/** The paths and commands of other servers that sign people in with Okta. */
export const PATHS: readonly Elsewhere[] = [
  ["`/sse`", "`/mcp` (Streamable HTTP). `/sse` answers 410 with the right address; the transport is deprecated."],
  ["`/mcp`", "`/mcp`, with or without a slash at the end. POST alone; every request carries its token."],
  ["`/health`", "`/healthz` (the process runs) and `/readyz` (the database answers). They tell nothing else."],
  ["`/hello`, `/user`", "None: they are endpoints of that page's example API. Who somebody is stands on `/me`."],
  ["`/oauth/callback`", "`/auth/sso/callback/okta`, the one redirect URI of the web app in Okta."],
  ["`/oauth/authorize`", "`/oauth/authorize`, with PKCE S256. Clients find it by the metadata."],
  [
    "`/.well-known/oauth-authorization-server`",
    "The same, with sign_in proxy. In the other modes the metadata of `/mcp` lead to Okta's own.",
  ],
  ["`/auth/sso/callback/okta`", "The same."],
  ["`/auth/sso/providers`", 'The same: `[{"id":"okta","name":"okta","display_name":"Okta"}]`.'],
  ["`/auth/sso/login/okta`, `/auth/sso/logout`", "The same, as pages. A link alone signs nobody in or out."],
  [
    "`/admin/login`, `/admin`",
    "The same, for members of admins.groups. Everybody else sees their own access on `/me`.",
  ],
  [
    "`/auth/users`",
    "The same, for admins: with the session of `/admin`, or with `Authorization: Bearer` and an admin's own token of this server. Pages by `limit` and `after`. `POST /auth/users/{id}/sync` reads somebody's groups anew.",
  ],
  [
    "`/oauth2/v1/introspect`, `/oauth2/{id}/v1/introspect`",
    "They follow from tokens.issuer, with sign_in introspect or bearer.",
  ],
  [
    "`/oauth2/default/v1/authorize`, `/v1/token`",
    "Okta's own. A client of sign_in native finds them by the issuer's metadata.",
  ],
  ["`/oauth2/default/v1/keys`", "Found by the issuer's metadata, with sign_in native."],
  ["`/.well-known/openid_configuration`", "A misspelling there: it is `openid-configuration`. `serve check` reads it."],
  [
    "`https://oauth.pstmn.io/v1/callback`",
    "Postman's. Register it for a client of its own in Okta, never for this server's web app.",
  ],
  ["Port 8000", "listen.port, 8480 by default."],
  ["`make dev`, `make serve`, `uvicorn`", "`okta-mcp serve --sandbox`, `okta-mcp serve --config serve.json`."],
  ["`uv run mcp_server.py`", "`okta-mcp serve --config serve.json`."],
  ["`npx @modelcontextprotocol/inspector`", "The same: see Clients."],
];

/** Options in programs and settings of the Admin Console that those documents name. */
export const OPTIONS: readonly Elsewhere[] = [
  ["`transport='sse'`, `transport=\"streamable-http\"`", "`okta-mcp serve` is Streamable HTTP; `okta-mcp` is stdio."],
  ['`host="0.0.0.0"`', "listen.host, 127.0.0.1 by default. Another address needs TLS or a proxy in front."],
  ["`JWTVerifier`", "sign_in native."],
  ["`OIDCProxy`", "sign_in proxy."],
  ['`Provider: "okta"`', "None: there is no other."],
  [
    "`Issuer`",
    "okta.org_url; for a custom authorization server okta.issuer where people sign in with it, tokens.issuer where clients bring its tokens.",
  ],
  ["`Audience`", "tokens.audience, {public_url}/mcp by default. A client id is refused: ID tokens have it too."],
  [
    "A custom claim named `aud`",
    "Impossible at Okta: the name is reserved. The audience is a setting of the authorization server.",
  ],
  ["`ClientID`, `ClientSecret`", "okta.client_id and okta.client_secret_file, or better okta.private_key_file."],
  ["`ServerURL`", "public_url."],
  ["`RedirectURIs`", "It follows from public_url; there is one."],
  [
    "`BearerAuth(token=…)`, a pasted access token",
    "A header `Authorization: Bearer`: with sign_in native or introspect for tokens of a custom authorization server, with bearer for the org's.",
  ],
  ["`mcp_url` at the issuer", "The client is given {public_url}/mcp, and finds the rest."],
  ["Validate on every request", "sign_in introspect does, without a cache unless tokens.cache_seconds is set."],
  ["Don't cache token validation results", "tokens.cache_seconds is 0 by default."],
  ["`access_token` as an argument of a tool", "Refused: a model would see it."],
  [
    "`get_http_headers`, per-request context",
    "Each call knows the person, client and role; no tool can reach a token.",
  ],
  [
    "`gpid`, `employeeNumber`, `sub` as identity",
    "The issuer and the id of the person at Okta. A login or an e-mail address is shown and never counts.",
  ],
  ["Resources with static data", "`resources`: files by a URI or a template of URIs, for people in some roles."],
  [
    "`from_fastapi`, endpoints as tools",
    "`apis`: an OpenAPI document (FastAPI has it at `/openapi.json`) and the operations that become tools.",
  ],
  [
    "Grant type Client Credentials",
    "For a service app (`service`, `directory`, `machines`). A web app has Authorization Code and Refresh Token.",
  ],
  ["Grant types Authorization Code, Refresh Token", "Both, for the web app."],
  [
    "Sign-out redirect URIs",
    "Optional: {public_url} with sign_on.after_sign_out, to which Okta sends people back after a sign-out there.",
  ],
  ["Controlled access, Assignments", "Who may sign in at all. Groups decide what they may do."],
  [
    "Token lifetimes",
    "Okta's hold for Okta's tokens. This server's own live ten minutes, and are renewed for thirty days.",
  ],
  [
    "Claims groups, department, title",
    "groups counts, with ids. The others are shown to admins; with sign_on.userinfo also where the ID token lacks them.",
  ],
  ["Groups filter `.*`", "Names of all groups: of no use here. An expression gives the ids of those that count."],
  ["Group names mapped to teams", "roles[].groups, by id."],
  [
    "Scopes `openid profile email groups address phone`",
    "sign_on.scopes; the first four by default. What address and phone tell is not kept.",
  ],
  [
    "MFA, adaptive policies",
    "Okta's, for the app. With sign_on.second_factor only a sign-in counts of which Okta says that it had two factors. A change that needs an approval wants a sign-in of the last five minutes.",
  ],
  ["Directory integrations, provisioning", "Okta's. A group from a directory counts by its id as any other."],
  [
    "`sync_okta_groups()` by script",
    "`POST /auth/users/{id}/sync`, or the button on the admin page of the person. Both read with the directory app.",
  ],
  ["SSWS API token", "Not taken: it is one admin's whole right, for everybody."],
  [
    "Auto-created users",
    "Whoever has a role is let in with the first sign-in; with sign_on.auto_create false, whoever was invited too.",
  ],
  [
    "System Log, audit",
    "The journal and the audit of this server have the person; Okta's System Log has the person too where a role acts as user.",
  ],
];
