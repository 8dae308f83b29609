import type { IncomingMessage } from "node:http";
import type { LoadedApi } from "../../apis/loaded-api.js";
import type { AppCredentials } from "../../auth/client-authentication.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import { Networks } from "../../net/networks.js";
import type { PublicFetch } from "../../net/public-fetch.js";
import { OrgTraffic } from "../../okta/org-traffic.js";
import type { Role } from "../../people/roles.js";
import type { ServeApps } from "../../people/serve-apps.js";
import type { ServeFile } from "../../people/serve-fields.js";
import { NO_FILES, type ResourceFiles } from "../../resources/resource-files.js";
import type { Store } from "../../store/open-store.js";
import { Admission } from "../../upstream/admission.js";
import { CompanyApis } from "../../upstream/company-apis.js";
import type { OrgDirectory } from "../../upstream/org-directory.js";
import { OrgWatch } from "../../upstream/org-watch.js";
import { UNWATCHED, type Watch } from "../../watch/observer.js";
import { clientAddress } from "../../web/client-address.js";
import { MCP_PATH } from "../../web/refusals.js";
import { RunningRequests } from "../../web/running-requests.js";
import { groupReader } from "./group-reader.js";
import { orgDirectory } from "./org-directory-reader.js";

export interface CompanyOptions {
  content: ServeFile;
  /** The settings at this moment, where they can change; by default `content`. */
  current?: () => ServeFile;
  /** True once the server is about to stop; by default never. */
  isDraining?: () => boolean;
  /** Those who look at the server while it runs; by default nobody does. */
  watch?: Watch;
  /** The requests that run; by default nobody else looks at them. */
  requests?: RunningRequests;
  /** The path of serve.json. */
  file: string;
  roles(): readonly Role[];
  /** The texts that people may read, for all roles; by default there are none. */
  resources?: () => ResourceFiles;
  /** The apps in Okta besides those of roles. */
  apps: ServeApps;
  /** The company's APIs, with what their documents say; by default there are none. */
  loadedApis?: readonly LoadedApi[];
  store: Store;
  version: string;
  log: Log;
  fetch: SendHttp;
  /** The way to the documents of clients. Only tests have another than the one to public addresses. */
  fetchDocument?: PublicFetch;
  now: () => number;
}

/** The parts that every way to know callers needs. */
export interface CompanyParts extends Required<Omit<CompanyOptions, "fetchDocument" | "loadedApis">> {
  fetchDocument?: PublicFetch;
  /** The address at which clients reach this server, without a slash at its end. */
  publicUrl: string;
  /** The address of /mcp. */
  resource: string;
  /** The org's address. */
  orgUrl: string;
  /** The web app in Okta; undefined where there is none. */
  app: AppCredentials | undefined;
  /** Reads the ids of somebody's groups at the org; undefined where no service app is named for it. */
  readGroups: ((userId: string) => Promise<readonly string[]>) | undefined;
  /** Decides who is let in. */
  admission: Admission;
  /** What a service app reads at the org about people; undefined where none is named for it. */
  directory: OrgDirectory | undefined;
  traffic: OrgTraffic;
  /** The company's APIs, each with its authorization server. */
  apis: CompanyApis;
  /** Whether Okta answers. */
  orgWatch: OrgWatch;
  /** The proxies in front of this server. */
  proxies: Networks;
  /** The address from which a request comes. */
  addressOf(request: IncomingMessage): string;
}

/** The most requests to an org at once, of everybody and of one person, and the calls that wait for one endpoint. */
const TRAFFIC = { maxConcurrent: 20, maxPerParty: 8, maxWaiting: 64 };

/** Makes what is shared. */
export function companyParts(options: CompanyOptions): CompanyParts {
  const { content, apps, now } = options;
  const publicUrl = content.public_url.replace(/\/$/, "");
  const orgUrl = new URL(content.okta.org_url).origin;
  const { watch = UNWATCHED } = options;
  const traffic = new OrgTraffic({ ...TRAFFIC, now, observer: watch.observer });
  const orgWatch = new OrgWatch({ orgUrl, observer: watch.observer, now });
  const fetch = orgWatch.around(options.fetch);
  const proxies = new Networks(content.trusted_proxies);
  const { directory } = apps;
  const { version, log, store, current = () => content } = options;
  const { privateKey: key } = directory ?? {};
  const reader = directory && key && { app: { clientId: directory.clientId, key }, orgUrl, traffic, version };
  return {
    current,
    isDraining: () => false,
    resources: () => NO_FILES,
    requests: new RunningRequests(),
    ...options,
    watch,
    fetch,
    orgWatch,
    publicUrl,
    resource: `${publicUrl}${MCP_PATH}`,
    orgUrl,
    app: apps.okta,
    readGroups: reader && groupReader({ ...reader, log, fetch, now }),
    admission: new Admission({ store, settings: () => current().sign_on }),
    directory: reader && orgDirectory({ ...reader, appId: content.okta.client_id, log, fetch, now }),
    traffic,
    apis: new CompanyApis(options.loadedApis ?? [], { fetch, clockOf: (url) => traffic.with(url).clock, log }),
    proxies,
    addressOf: (request) => clientAddress(request, proxies),
  };
}
