import { OktaMcpError } from "../../errors/index.js";
import { OWN_SCOPES } from "../../issuer/own-scopes.js";
import { OwnTokens } from "../../verify/own-tokens.js";
import type { CallerMode } from "./caller-mode.js";
import { companyIssuer } from "./company-issuer.js";
import type { CompanyParts } from "./company-parts.js";
import { oktaLogin } from "./sign-in-parts.js";

/** Puts together how callers are known by tokens of our own authorization server, in front of the org's. */
export async function proxyMode(parts: CompanyParts): Promise<CallerMode> {
  const { publicUrl, resource, store, app } = parts;
  if (app === undefined) throw new OktaMcpError("bad_config", "serve.json has no okta.client_id.");
  const login = oktaLogin(parts, app);
  const { provider, endings } = await companyIssuer({ ...parts, login });
  return {
    verifier: new OwnTokens(provider, resource, store),
    authorizationServers: [publicUrl],
    scopes: OWN_SCOPES,
    signIn: { login, provider, endings },
    warning: undefined,
  };
}
