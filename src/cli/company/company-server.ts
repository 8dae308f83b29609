import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname, resolve } from "node:path";
import type { AppCredentials } from "../../auth/client-authentication.js";
import { parsePrivateKey } from "../../auth/private-key.js";
import { OktaMcpError } from "../../errors/index.js";
import { OWN_SCOPES } from "../../issuer/own-scopes.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import { Networks } from "../../net/networks.js";
import type { PublicFetch } from "../../net/public-fetch.js";
import { OrgTraffic } from "../../okta/org-traffic.js";
import type { Role } from "../../people/roles.js";
import type { ServeFile } from "../../people/serve-fields.js";
import type { Store } from "../../store/open-store.js";
import { OktaLogin } from "../../upstream/okta-login.js";
import { OwnTokens } from "../../verify/own-tokens.js";
import { BrowserBinding } from "../../web/browser-binding.js";
import { CallsAtOnce } from "../../web/calls-at-once.js";
import { clientAddress } from "../../web/client-address.js";
import { McpEndpoint } from "../../web/mcp-endpoint.js";
import { PageApprovals } from "../../web/page-approvals.js";
import { pageRoutes } from "../../web/page-routes.js";
import { MCP_PATH } from "../../web/refusals.js";
import { SignInFlow } from "../../web/sign-in-flow.js";
import { CALLBACK_PATH } from "../../web/sign-in-pages.js";
import { startWebServer, type WebServer } from "../../web/web-server.js";
import { companyIssuer } from "./company-issuer.js";
import { gateOf, writingTools } from "./gate-settings.js";
import { PersonEngines } from "./person-engines.js";
import { PersonSessions } from "./person-sessions.js";

export interface CompanyOptions {
  content: ServeFile;
  /** The path of serve.json. */
  file: string;
  roles(): readonly Role[];
  store: Store;
  version: string;
  log: Log;
  fetch: SendHttp;
  /** The way to the documents of clients. Only tests have another than the one to public addresses. */
  fetchDocument?: PublicFetch;
  now: () => number;
}

/** The most requests to an org at once, of everybody together. */
const MAX_CONCURRENT = 20;

/** Composes and starts the server of a company. */
export async function startCompanyServer(options: CompanyOptions): Promise<WebServer> {
  const { content, file, store, version, log, fetch, now, roles } = options;
  const publicUrl = content.public_url.replace(/\/$/, "");
  const resource = `${publicUrl}${MCP_PATH}`;
  const orgUrl = new URL(content.okta.org_url).origin;
  const app = await webAppOf(content.okta, file);
  // The pages sign people in through it in every mode; only proxy cannot do without.
  if (app === undefined) throw new OktaMcpError("bad_config", "serve.json has no okta.client_id.");
  const traffic = new OrgTraffic({ maxConcurrent: MAX_CONCURRENT, now });
  const { clock } = traffic.with(orgUrl);
  const timeoutMs = 30_000;
  const login = new OktaLogin({ orgUrl, fetch, clock, timeoutMs, ...app, redirectUri: `${publicUrl}${CALLBACK_PATH}` });
  const proxies = new Networks(content.trusted_proxies);
  const addressOf = (request: IncomingMessage) => clientAddress(request, proxies);
  const { provider, endings } = await companyIssuer({
    ...options,
    publicUrl,
    resource,
    orgUrl,
    login,
    addressOf,
  });
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
  const sessions = new PersonSessions({ app, store, log, fetch, now, orgUrl, publicUrl, clock });
  const engines = new PersonEngines({ store, version, log, fetch, now, orgUrl, traffic, sessions });
  const scopes = OWN_SCOPES;
  const writing = writingTools();
  const endpoint = new McpEndpoint({
    gate: gateOf(content, publicUrl, scopes),
    scopes,
    writes: (tool) => writing.has(tool),
    verifier: new OwnTokens(provider, resource, store),
    roles,
    atOnce: new CallsAtOnce({ perPerson: content.limits.calls_at_once, inAll: content.limits.calls_at_once_in_all }),
    serviceOf: (caller) => engines.of(caller),
    adapterFor: ({ person, clientId }) => ({
      log,
      approvals: new PageApprovals({ approvals: store.approvals, publicUrl, person: person.id, client: clientId, now }),
    }),
    log,
  });
  const [formKey] = store.subKeys("forms");
  const pages = pageRoutes({
    orgUrl,
    binding: new BrowserBinding(new URL(publicUrl), formKey ?? new Uint8Array()),
    flow,
    endings,
    store,
    roles,
    clientName: async (id) => (await provider.Client.find(id))?.clientName ?? id,
    addressOf,
    log,
    now,
  });
  const server = await startWebServer(
    {
      publicUrl,
      authorizationServers: [publicUrl],
      scopes,
      provider,
      endpoint,
      pages,
      proxies,
      ready: () => store.ping(),
      log,
    },
    content.listen,
  );
  return { ...server, close: () => server.close().then(() => endings.close()) };
}

/** The web app in Okta, with its secret or key; undefined where serve.json names none. */
async function webAppOf(okta: ServeFile["okta"], file: string): Promise<AppCredentials | undefined> {
  const { client_id: clientId, client_secret_file: secret, private_key_file: key, key_id } = okta;
  if (clientId === undefined) return undefined;
  const read = async (path: string) => (await readFile(resolve(dirname(file), path), "utf8")).trim();
  if (key !== undefined) return { clientId, privateKey: parsePrivateKey(await read(key), key_id) };
  return { clientId, clientSecret: secret === undefined ? undefined : await read(secret) };
}
