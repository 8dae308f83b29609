import { generateKeyPair } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { exportJWK } from "jose";
import type { JWK } from "oidc-provider";
import { areas, notes } from "../../tools/index.js";
import type { AppCredentials } from "../auth/client-authentication.js";
import { parsePrivateKey } from "../auth/private-key.js";
import { scopeView, toolsOn } from "../catalogue/active-tools.js";
import { createCatalogue } from "../catalogue/catalogue.js";
import { DEFAULT_RESULT_CHARS } from "../config/settings.js";
import { oidcAdapter } from "../issuer/oidc-adapter.js";
import { createIssuer } from "../issuer/provider.js";
import type { Log } from "../log.js";
import { createService } from "../mcp/service.js";
import type { SendHttp } from "../net/http-client.js";
import { realSleep } from "../net/waiting.js";
import { OrgTraffic } from "../okta/org-traffic.js";
import { allGuards, type Role } from "../people/roles.js";
import type { ServeFile } from "../people/serve-schema.js";
import type { Store } from "../store/open-store.js";
import { GrantKeeper } from "../upstream/grant-keeper.js";
import { GrantSession } from "../upstream/grant-session.js";
import { OktaLogin } from "../upstream/okta-login.js";
import { BrowserBinding } from "../web/browser-binding.js";
import { CallsAtOnce } from "../web/calls-at-once.js";
import { McpEndpoint, type WebCaller } from "../web/mcp-endpoint.js";
import { PageApprovals } from "../web/page-approvals.js";
import { CALLBACK_PATH, pageRoutes } from "../web/page-routes.js";
import { type RoleService, serviceOf } from "../web/person-services.js";
import { MCP_PATH } from "../web/refusals.js";
import { SignInFlow } from "../web/sign-in-flow.js";
import { startWebServer, type WebServer } from "../web/web-server.js";
import { compose } from "./compose.js";

export interface CompanyOptions {
  content: ServeFile;
  /** The path of serve.json. */
  file: string;
  roles(): readonly Role[];
  store: Store;
  version: string;
  log: Log;
  fetch: SendHttp;
  now: () => number;
}

/** The most requests to an org at once, of everybody together. */
const MAX_CONCURRENT = 20;

/** Composes and starts the server of a company. */
export async function startCompanyServer(options: CompanyOptions): Promise<WebServer> {
  const { content, store, log, fetch, now, roles } = options;
  const publicUrl = content.public_url.replace(/\/$/, "");
  const resource = `${publicUrl}${MCP_PATH}`;
  const orgUrl = new URL(content.okta.org_url).origin;
  const app = await appOf(options);
  const traffic = new OrgTraffic({ maxConcurrent: MAX_CONCURRENT, now });
  const { clock } = traffic.with(orgUrl);
  const timeoutMs = 30_000;
  const login = new OktaLogin({ orgUrl, fetch, clock, timeoutMs, ...app, redirectUri: `${publicUrl}${CALLBACK_PATH}` });
  const { hosts, schemes, dynamic, documents, document_hosts } = content.registration;
  const provider = createIssuer({
    publicUrl,
    resource,
    adapter: (kind) => oidcAdapter(store.oidc, kind),
    signingKeys: [await signingKey()],
    cookieKeys: store.subKeys("cookies").map((key) => Buffer.from(key).toString("base64url")),
    clients: content.clients,
    redirects: { hosts, schemes },
    dynamic,
    allowDocument: documents ? ({ host }) => document_hosts?.includes(host) ?? true : undefined,
    isActive: async (id) => (await store.people.find(id))?.status === "active",
    async showError(context, code) {
      context.type = "html";
      context.body = `<!doctype html><title>okta-mcp</title><p>${code}`;
    },
  });
  const flow = new SignInFlow({
    provider,
    store,
    login,
    roles,
    resource,
    knownClients: new Set(content.clients.map(({ client_id }) => client_id)),
    now,
  });
  const services = new Services(options, { app, orgUrl, publicUrl, traffic });
  const endpoint = new McpEndpoint({
    publicUrl,
    scopes: ["mcp"],
    gate: {
      publicUrl,
      scopes: ["mcp"],
      hosts: new Set([new URL(publicUrl).host]),
      origins: new Set([new URL(publicUrl).origin, ...content.allowed_origins]),
      maxBodyBytes: content.limits.body_bytes,
    },
    provider,
    resource,
    store,
    roles,
    atOnce: new CallsAtOnce({ perPerson: content.limits.calls_at_once, inAll: content.limits.calls_at_once_in_all }),
    serviceOf: (caller) => services.of(caller),
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
    store,
    roles,
    clientName: async (id) => (await provider.Client.find(id))?.clientName ?? id,
    log,
    now,
  });
  return startWebServer({ publicUrl, provider, endpoint, pages, ready: () => store.ping(), log }, content.listen);
}

interface Shared {
  app: AppCredentials;
  orgUrl: string;
  publicUrl: string;
  traffic: OrgTraffic;
}

/** The services of the people who call, kept as long as they call. */
class Services {
  readonly #options: CompanyOptions;
  readonly #shared: Shared;
  readonly #kept = new Map<string, RoleService>();

  constructor(options: CompanyOptions, shared: Shared) {
    this.#options = options;
    this.#shared = shared;
  }

  of(caller: WebCaller) {
    const [first, ...more] = caller.roles;
    return serviceOf([this.#roleService(caller, first), ...more.map((role) => this.#roleService(caller, role))]);
  }

  #roleService(caller: WebCaller, role: Role): RoleService {
    const key = [caller.person.id, caller.clientId, role.name].join(" ");
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = this.#make(caller, role);
    this.#kept.set(key, made);
    return made;
  }

  #make({ person, clientId, roles }: WebCaller, role: Role): RoleService {
    const { store, log, fetch, now, version } = this.#options;
    const { app, orgUrl, publicUrl, traffic } = this.#shared;
    const keeper = new GrantKeeper({
      grants: store.upstream,
      person: person.id,
      subject: person.subject,
      login: person.login,
      orgUrl,
      clientId: app.clientId,
    });
    const session = new GrantSession({
      parts: {
        orgUrl,
        clientId: app.clientId,
        configured: new Set(role.scopes),
        log,
        fetch,
        now,
        sleep: realSleep,
        clock: traffic.with(orgUrl).clock,
        requestTimeoutMs: 30_000,
      },
      app,
      keeper,
      connectUrl: `${publicUrl}/connect/okta`,
    });
    const composed = compose({
      settings: {
        orgUrl,
        clientId: app.clientId,
        scopes: [...role.scopes],
        credential: { method: "device" },
        tokenStore: "memory",
        confirm: "ask",
        maxResultChars: DEFAULT_RESULT_CHARS,
        guard: allGuards(roles),
        fileRoots: [],
      },
      journal: store.journalFor({
        person: person.id,
        client: clientId,
        role: role.name,
        act_as: role.actAs,
        sees: role.mayUndo,
      }),
      version,
      log,
      fetch,
      now,
      traffic,
      session,
    });
    const catalogue = createCatalogue(areas, role.choice, notes);
    const calls = composed.calls(catalogue, { seals: store.seals, limits: store.limits });
    const service = createService({
      ...composed.server,
      catalogue,
      calls,
      structuredContent: true,
    });
    return { role: role.name, service, cards: () => toolsOn(catalogue, scopeView(session)) };
  }
}

async function appOf({ content, file }: CompanyOptions): Promise<AppCredentials> {
  const { client_id: clientId, client_secret_file: secret, private_key_file: key, key_id } = content.okta;
  const read = async (path: string) => (await readFile(resolve(dirname(file), path), "utf8")).trim();
  if (key !== undefined) return { clientId, privateKey: parsePrivateKey(await read(key), key_id) };
  return { clientId, clientSecret: secret === undefined ? undefined : await read(secret) };
}

/** A key for ID tokens, which nobody uses: the library wants one. */
async function signingKey(): Promise<JWK> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  return { ...(await exportJWK(privateKey)), use: "sig", alg: "ES256", kid: "unused" } as JWK;
}
