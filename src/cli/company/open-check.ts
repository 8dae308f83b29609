import type { LoadedApi } from "../../apis/loaded-api.js";
import { NO_RULES } from "../../guard/rules.js";
import type { Log } from "../../log.js";
import type { SendHttp } from "../../net/http-client.js";
import { createFetch } from "../../net/proxy.js";
import { OrgTraffic } from "../../okta/org-traffic.js";
import type { CheckContext } from "../../operator/check-context.js";
import type { LoadedServe } from "../../people/load-serve.js";
import { CompanyApis } from "../../upstream/company-apis.js";
import { compose } from "../compose.js";
import { version } from "../version.js";
import { RolesTools } from "./role-tools.js";

export interface OpenCheckOptions {
  loaded: Pick<LoadedServe, "content" | "file" | "roles">;
  /** The company's APIs, with what their documents say; by default there are none. */
  apis?: readonly LoadedApi[];
  env: CheckContext["env"];
  log: Log;
  /** The way to the org; by default as the environment says. */
  fetch?: SendHttp;
  /** Epoch milliseconds. */
  now?: () => number;
}

const MAX_CONCURRENT = 4;
/** Nothing of a check is the answer of a tool. */
const NO_RESULT_CHARS = 1;

/** Puts together what the checks of a company's server work with. Nothing is sent yet. */
export function openCheck(options: OpenCheckOptions): CheckContext {
  const { loaded, apis: loadedApis = [], env, log, now = Date.now } = options;
  const { content, file, roles } = loaded;
  const fetch = options.fetch ?? createFetch(env);
  const orgUrl = new URL(content.okta.org_url).origin;
  const traffic = new OrgTraffic({ maxConcurrent: MAX_CONCURRENT, now });
  const apis = new CompanyApis(loadedApis, { fetch, clockOf: (url) => traffic.with(url).clock, log });
  const rolesTools = new RolesTools(apis);
  return {
    content,
    file,
    roles,
    env,
    orgUrl,
    publicUrl: content.public_url.replace(/\/$/, ""),
    fetch,
    clock: traffic.with(orgUrl).clock,
    log,
    now,
    apis,
    catalogueOf: (role) => rolesTools.of(role).catalogue,
    openApp({ clientId, key }, scopes) {
      const { session, operations } = compose({
        settings: {
          orgUrl,
          clientId,
          scopes: [...scopes],
          credential: { method: "private-key", key },
          tokenStore: "memory",
          confirm: "ask",
          maxResultChars: NO_RESULT_CHARS,
          guard: NO_RULES,
          fileRoots: [],
        },
        journal: undefined,
        version: version(),
        log,
        fetch,
        now,
        traffic,
      });
      return { session, operations: operations({}) };
    },
  };
}
