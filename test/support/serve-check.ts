import { chmodSync } from "node:fs";
import { join } from "node:path";
import type { LoadedApi } from "../../src/apis/loaded-api.js";
import { openCheck } from "../../src/cli/company/open-check.js";
import { createHttpClient } from "../../src/net/http-client.js";
import { checkServer } from "../../src/operator/check.js";
import type { CheckContext } from "../../src/operator/check-context.js";
import type { Finding } from "../../src/operator/finding.js";
import { loadRoles } from "../../src/people/load-roles.js";
import { serveFileSchema } from "../../src/people/serve-schema.js";
import type { CompanyWeb } from "./company-server.js";

export interface CheckChange {
  /** Members of serve.json in place of those of the running server. */
  serve?: Record<string, unknown>;
  /** The APIs in place of those of the running server. */
  apis?: readonly LoadedApi[];
  env?: Record<string, string>;
  now?: () => number;
}

/** What the checks of a running server work with, after a change of its settings. */
export function checkContextOf(
  { company, content, folder, log, loadedApis }: CompanyWeb,
  change: CheckChange = {},
): CheckContext {
  const file = join(folder, "serve.json");
  chmodSync(join(folder, "secret"), 0o600);
  const changed = serveFileSchema().parse({ ...content, data_dir: "data", ...change.serve });
  const loaded = loadRoles(changed.roles, file);
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return openCheck({
    loaded: { content: changed, file, roles: loaded.roles },
    apis: change.apis ?? loadedApis,
    env: change.env ?? {},
    log,
    fetch: createHttpClient(),
    now: change.now ?? company.clock.now,
  });
}

/** The findings of `serve check` about a running server, after a change of its settings. */
export function findingsOf(web: CompanyWeb, change: CheckChange = {}): Promise<Finding[]> {
  return checkServer(checkContextOf(web, change));
}
