import type { BearerCheck } from "./bearer.js";
import type { DeviceCode } from "./device-codes.js";
import type { Directory } from "./directory.js";
import { introspection } from "./introspection.js";
import { oauthReply } from "./oauth-reply.js";
import { atEvery, endpoint, required } from "./oauth-route.js";
import { requestedScopes } from "./oauth-scopes.js";
import { notFound } from "./okta-error.js";
import type { Route, SandboxReply, SandboxRequest } from "./route.js";
import { serverMetadata } from "./server-metadata.js";
import { notConfigured, type TokenEndpointParts, tokenEndpoint } from "./token-endpoint.js";
import { userinfo } from "./userinfo.js";

/** Okta tells verifiers to keep keys for weeks. */
const KEYS_CACHE = { "Cache-Control": "max-age=3832304, must-revalidate", Pragma: "" };

export interface EndpointParts extends TokenEndpointParts {
  origin: () => string;
  directory: Directory;
  checkBearer: BearerCheck;
  /** Decides on a device sign-in in the person's name. */
  decide: (code: DeviceCode, decision: "allow" | "deny") => void;
}

/** The OAuth endpoints of an org's authorization servers that have no pages, as routes. */
export function oauthEndpoints(parts: EndpointParts): Route[] {
  const { origin, now, clients, deviceCodes, issuers, mood, events, decide } = parts;

  async function deviceAuthorize(request: SandboxRequest): Promise<SandboxReply> {
    const client = await clients.authenticate(request);
    if (client.method !== "device") throw notConfigured(client);
    const code = deviceCodes.start(client, requestedScopes(request.form.get("scope")));
    if (mood.autoApprove) decide(code, "allow");
    // Okta also answers with the domain that the request went to.
    const page = `${request.url.origin}/activate`;
    return oauthReply({
      device_code: code.deviceCode,
      user_code: code.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${code.userCode}`,
      expires_in: Math.round((code.expiresAtMs - now()) / 1000),
      interval: code.intervalMs / 1000,
    });
  }

  async function revoke(request: SandboxRequest): Promise<SandboxReply> {
    const issuer = issuers.of(request);
    const client = await clients.authenticate(request);
    const grant = issuer.tokens.revoke(client, required(request.form, "token"));
    if (grant !== undefined) events.revoked(grant, issuer.id);
    return oauthReply();
  }

  const keys = async (request: SandboxRequest) => oauthReply(await issuers.of(request).keys.published(), KEYS_CACHE);
  const metadata = (request: SandboxRequest) => oauthReply(serverMetadata(issuers.of(request), origin()));
  const everywhere = (method: Route["method"], name: string, handle: Route["handle"]) =>
    atEvery(name).map((template) => endpoint(method, template, handle));

  return [
    endpoint("POST", "/oauth2/v1/device/authorize", deviceAuthorize),
    ...everywhere("POST", "token", tokenEndpoint(parts)),
    ...everywhere("POST", "revoke", revoke),
    ...everywhere("POST", "introspect", introspection(parts)),
    ...everywhere("GET", "keys", keys),
    ...everywhere("GET", "userinfo", userinfo(issuers, parts.directory, parts.checkBearer)),
    ...["openid-configuration", "oauth-authorization-server"].flatMap((name) => [
      endpoint("GET", `/.well-known/${name}`, metadata),
      endpoint("GET", `/oauth2/{authorizationServerId}/.well-known/${name}`, metadata),
      // Okta has no document at the places where RFC 8414, section 3.1, would look for a custom server's.
      endpoint("GET", `/.well-known/${name}/oauth2/{authorizationServerId}`, nothingThere),
    ]),
    // Registration is for administrators. A client cannot register itself.
    {
      method: "POST",
      template: "/oauth2/v1/clients",
      scope: "okta.clients.register",
      handle: nothingThere,
    },
  ];
}

function nothingThere({ url }: SandboxRequest): never {
  throw notFound(url.pathname, "Endpoint");
}
