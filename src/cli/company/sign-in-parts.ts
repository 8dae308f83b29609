import type Provider from "oidc-provider";
import type { AppCredentials } from "../../auth/client-authentication.js";
import type { GrantEndings } from "../../issuer/grant-endings.js";
import { OktaLogin } from "../../upstream/okta-login.js";
import { BrowserBinding } from "../../web/browser-binding.js";
import { pageRoutes } from "../../web/page-routes.js";
import { SignInFlow } from "../../web/sign-in-flow.js";
import { CALLBACK_PATH } from "../../web/sign-in-pages.js";
import type { PageRoutes } from "../../web/web-server.js";
import type { CompanyParts } from "./company-parts.js";

/** What people sign in to the pages with. */
export interface SignInParts {
  login: OktaLogin;
  /** Our own authorization server; undefined where another one gives out the tokens. */
  provider: Provider | undefined;
  endings: GrantEndings;
}

const TIMEOUT_MS = 30_000;

/** The web app in Okta as the place where people sign in. */
export function oktaLogin({ orgUrl, publicUrl, traffic, fetch }: CompanyParts, app: AppCredentials): OktaLogin {
  const { clock } = traffic.with(orgUrl);
  return new OktaLogin({
    orgUrl,
    fetch,
    clock,
    timeoutMs: TIMEOUT_MS,
    ...app,
    redirectUri: `${publicUrl}${CALLBACK_PATH}`,
  });
}

/** The routes of people. */
export function companyPages(parts: CompanyParts, { login, provider, endings }: SignInParts): PageRoutes {
  const { content, publicUrl, resource, orgUrl, store, roles, addressOf, log, now } = parts;
  const [formKey] = store.subKeys("forms");
  const flow = new SignInFlow({
    provider,
    store,
    login,
    endings,
    roles,
    resource,
    knownClients: new Set(content.clients.map(({ client_id }) => client_id)),
    now,
  });
  return pageRoutes({
    orgUrl,
    binding: new BrowserBinding(new URL(publicUrl), formKey ?? new Uint8Array()),
    flow,
    givesOutTokens: provider !== undefined,
    endings,
    store,
    roles,
    clientName: async (id) => (await provider?.Client.find(id))?.clientName ?? id,
    addressOf,
    log,
    now,
  });
}
