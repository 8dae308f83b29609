import type Provider from "oidc-provider";
import { addAdminInvitations } from "../../admin/admin-invitations.js";
import { addAdminPages } from "../../admin/admin-pages.js";
import { addUsersApi } from "../../admin/users-api.js";
import type { AppCredentials } from "../../auth/client-authentication.js";
import { AddressLimits } from "../../issuer/address-limits.js";
import { scopesToSignIn } from "../../people/sign-on-schema.js";
import type { Admission } from "../../upstream/admission.js";
import { GroupSync } from "../../upstream/group-sync.js";
import { OktaLogin } from "../../upstream/okta-login.js";
import { PersonChecks } from "../../upstream/person-checks.js";
import { PersonGroups } from "../../upstream/person-groups.js";
import type { TokenVerifier } from "../../verify/token-verifier.js";
import { ApiLinks } from "../../web/api-links.js";
import { BrowserBinding } from "../../web/browser-binding.js";
import { ClientRequests } from "../../web/client-requests.js";
import { pageRoutes } from "../../web/page-routes.js";
import { SignInFlow } from "../../web/sign-in-flow.js";
import { CALLBACK_PATH } from "../../web/sign-in-pages.js";
import type { PageRoutes } from "../../web/web-server.js";
import { adminParts } from "./admin-parts.js";
import type { CompanyParts } from "./company-parts.js";
import type { LeavingParts } from "./leaving-parts.js";

/** What people sign in to the pages with. */
export interface SignInParts extends LeavingParts {
  login: OktaLogin;
  admission: Admission;
  /** Our own authorization server as of this moment; undefined where another one gives out the tokens. */
  provider: (() => Provider) | undefined;
  groups: PersonGroups;
  checks: PersonChecks;
  groupSync: GroupSync;
}

const TIMEOUT_MS = 30_000;

/** The web app in Okta as the place where people sign in. */
export function oktaLogin(
  { content, orgUrl, publicUrl, traffic, fetch }: CompanyParts,
  app: AppCredentials,
): OktaLogin {
  const { clock } = traffic.with(orgUrl);
  const { userinfo, after_sign_out } = content.sign_on;
  return new OktaLogin({
    orgUrl,
    fetch,
    clock,
    timeoutMs: TIMEOUT_MS,
    ...app,
    redirectUri: `${publicUrl}${CALLBACK_PATH}`,
    issuer: content.okta.issuer,
    userinfo,
    afterSignOut: after_sign_out && `${publicUrl}${after_sign_out}`,
  });
}

/** Puts together what people sign in with, and how the org is asked about them later. */
export function signInWith(
  { store, admission, readGroups: read, log, now }: CompanyParts,
  known: Pick<SignInParts, "login" | "provider" | "departures" | "revocations">,
): SignInParts {
  const groups = new PersonGroups({ read, log });
  const checks = new PersonChecks({ ...known, store, admission, groups, log, now });
  return { ...known, admission, groups, checks, groupSync: new GroupSync({ store, read, checks, log, now }) };
}

/** The way of people through Okta, and what they come for. */
export function signInFlow(parts: CompanyParts, signIn: SignInParts) {
  const { resource, store, content } = parts;
  const { provider, login } = signIn;
  const known = () => new Map(parts.current().clients.map(({ client_id, name }) => [client_id, name]));
  const requests = provider && new ClientRequests({ provider, store, resource, knownClients: known });
  const admins = () => parts.current().admins;
  const identityScopes = scopesToSignIn(content.sign_on.scopes, login.isCustom);
  return { requests, admins, flow: new SignInFlow({ ...parts, ...signIn, identityScopes, requests, admins }) };
}

/** The routes of people. */
export function companyPages(
  parts: CompanyParts,
  signIn: SignInParts,
  { warning, verifier }: { warning: string | undefined; verifier: TokenVerifier },
): PageRoutes {
  const { publicUrl, store, content, now } = parts;
  const binding = new BrowserBinding(new URL(publicUrl), () => store.subKeys("forms"));
  const limits = new AddressLimits({ perMinute: content.limits.oauth_per_address, now });
  const flowParts = signInFlow(parts, signIn);
  const links = new ApiLinks({ ...parts, ...signIn });
  return pageRoutes({
    ...parts,
    ...signIn,
    ...flowParts,
    links,
    binding,
    limits,
    requestIds: parts.requests,
    addAdminPages(app, tools) {
      const admin = adminParts(parts, signIn, { ...flowParts, ...tools, warning });
      addAdminPages(app, admin);
      addAdminInvitations(app, admin);
      addUsersApi(app, { ...admin, verifier });
    },
  });
}
