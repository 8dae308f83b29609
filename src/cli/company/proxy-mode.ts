import { OktaMcpError } from "../../errors/index.js";
import { OWN_SCOPES } from "../../issuer/own-scopes.js";
import type { PersonState } from "../../upstream/person-checks.js";
import { OwnTokens } from "../../verify/own-tokens.js";
import type { CallerMode } from "./caller-mode.js";
import { companyIssuer } from "./company-issuer.js";
import type { CompanyParts } from "./company-parts.js";
import { leavingParts } from "./leaving-parts.js";
import { oktaLogin, signInWith } from "./sign-in-parts.js";

/** Puts together how callers are known by tokens of our own authorization server, in front of the org's. */
export async function proxyMode(parts: CompanyParts): Promise<CallerMode> {
  const { publicUrl, resource, store, app } = parts;
  if (app === undefined) throw new OktaMcpError("bad_config", "serve.json has no okta.client_id.");
  const login = oktaLogin(parts, app);
  const askOrg = (id: string): Promise<PersonState> => signIn.checks.check(id);
  const canAskOrg = (id: string): Promise<boolean> => signIn.checks.canAsk(id);
  const leaving = leavingParts(parts, login);
  const provider = await companyIssuer({
    ...parts,
    knownClients: () => parts.current().clients,
    ...leaving,
    askOrg,
    canAskOrg,
  });
  const signIn = signInWith(parts, { login, provider, ...leaving });
  return {
    verifier: new OwnTokens(provider, resource, store),
    authorizationServers: [publicUrl],
    scopes: OWN_SCOPES,
    signIn,
    leaving,
    warning: undefined,
  };
}
