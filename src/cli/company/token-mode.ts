import { IssuerKeys } from "../../auth/issuer-keys.js";
import { OktaMcpError } from "../../errors/index.js";
import { AddressLimits } from "../../issuer/address-limits.js";
import type { ServeFile } from "../../people/serve-fields.js";
import { GroupDirectory } from "../../verify/group-directory.js";
import { IntrospectedTokens } from "../../verify/introspected-tokens.js";
import { Introspection } from "../../verify/introspection.js";
import { JwtTokens } from "../../verify/jwt-tokens.js";
import { type IssuerEndpoints, issuerEndpoints } from "../../verify/okta-issuer.js";
import type { TokenRules } from "../../verify/token-claims.js";
import { TokenPeople } from "../../verify/token-people.js";
import type { TokenVerifier } from "../../verify/token-verifier.js";
import type { CallerMode } from "./caller-mode.js";
import type { CompanyParts } from "./company-parts.js";
import { leavingParts, maxAgeMs } from "./leaving-parts.js";
import { oktaLogin, signInWith } from "./sign-in-parts.js";

type Tokens = NonNullable<ServeFile["tokens"]>;

/** The sentence of a server that passes tokens on. */
const NONCONFORMANT =
  "sign_in bearer departs from MCP's rules: clients send access tokens of the org itself, and this server makes its calls with them. Use it on a private network, for a few clients of your own.";

/** Puts together how callers are known whose tokens an authorization server of the org gave out. */
export function tokenMode(parts: CompanyParts): CallerMode {
  const { sign_in, tokens } = parts.content;
  if (tokens === undefined) throw new OktaMcpError("bad_config", `serve.json has no tokens, for sign_in ${sign_in}.`);
  const endpoints = issuerEndpoints(tokens.issuer ?? parts.orgUrl);
  const isBearer = sign_in === "bearer";
  // The pages serve people who grant access or agree to a change; clients do not come by them.
  const login = parts.app && parts.content.sign_on.enabled ? oktaLogin(parts, parts.app) : undefined;
  const leaving = leavingParts(parts, login);
  return {
    verifier: verifierOf(parts, tokens, endpoints),
    authorizationServers: isBearer ? [] : [endpoints.issuer],
    scopes: isBearer ? undefined : tokens.scopes,
    signIn: login && signInWith(parts, { login, provider: undefined, ...leaving }),
    leaving,
    warning: isBearer ? NONCONFORMANT : undefined,
  };
}

function verifierOf(parts: CompanyParts, tokens: Tokens, endpoints: IssuerEndpoints): TokenVerifier {
  const { content, orgUrl, resource, readGroups, traffic, store, log, fetch, now } = parts;
  const isBearer = content.sign_in === "bearer";
  const { clock } = traffic.with(endpoints.issuer);
  const machines = new Map(content.machines.map(({ client_id, role }) => [client_id, role]));
  const rules: TokenRules = {
    issuer: endpoints.issuer,
    // The org's own tokens are for the org.
    audience: tokens.audience ?? (isBearer ? orgUrl : resource),
    sharedAudiences: new Set(tokens.shared_audience),
    clients: new Set(tokens.clients),
    machines: new Set(machines.keys()),
    neededScope: isBearer ? undefined : tokens.scopes.read,
    groupsClaim: tokens.groups_claim,
  };
  const people = new TokenPeople({
    people: store.people,
    orgUrl,
    directory: readGroups && new GroupDirectory({ read: readGroups, log, now, staleMs: maxAgeMs(content) }),
    isExpected: (who) => parts.admission.isExpected(who),
    arrived: (who) => parts.admission.arrived(who),
    machines,
    writeScope: isBearer ? undefined : tokens.scopes.write,
    log,
    now,
  });
  const shared = { rules, people, clock, log };
  if (content.sign_in === "native") {
    return new JwtTokens({ ...shared, keys: new IssuerKeys({ url: endpoints.keys, fetch, clock, log }) });
  }
  const app = parts.apps.tokens;
  if (app === undefined) throw new OktaMcpError("bad_config", "serve.json has no tokens.client_id.");
  const cacheMs = tokens.cache_seconds * 1000;
  const limits = new AddressLimits({ perMinute: content.limits.unknown_tokens_per_address, now });
  const introspection = new Introspection({ endpoints, app, fetch, clock, cacheMs, limits, log });
  return new IntrospectedTokens({ ...shared, introspection, usesToken: isBearer });
}
