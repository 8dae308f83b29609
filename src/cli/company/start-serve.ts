import type { LoadedApi } from "../../apis/loaded-api.js";
import type { Log } from "../../log.js";
import { createFetch } from "../../net/proxy.js";
import { realSleep } from "../../net/waiting.js";
import { foreignSettingsIn } from "../../people/foreign-settings.js";
import { lastAdminLost } from "../../people/last-admin.js";
import { LiveSettings } from "../../people/live-settings.js";
import { type LoadedServe, loadServe } from "../../people/load-serve.js";
import { storePlaceOf } from "../../people/store-place.js";
import type { Store } from "../../store/open-store.js";
import type { RunningRequests } from "../../web/running-requests.js";
import type { Io } from "../io.js";
import { portError } from "../port.js";
import { version } from "../version.js";
import { lookForRestore } from "./after-restore.js";
import { consoleToLog } from "./console-to-log.js";
import { dropNowAndThen } from "./drop-now-and-then.js";
import type { JsonLog } from "./json-log.js";
import { loadCompanyApis } from "./load-company-apis.js";
import { type OpenWatch, openWatch } from "./open-watch.js";
import { toolsIn } from "./own-tools.js";
import { SERVE_CHECKS } from "./serve-checks.js";

/** A running server of a company, with all that belongs to it. */
export interface RunningServe {
  /** The address of /mcp. */
  mcpUrl: string;
  /** Reads the settings anew. What takes effect, and what does not, is in the log. */
  reload(): void;
  /**
   * Lets whoever sends requests notice, lets what runs come to its end, and closes everything.
   * @param why for the log
   * @param how `atOnce` where nobody has to notice first
   */
  close(why: string, how?: { atOnce?: boolean }): Promise<void>;
}

/** How often the keys are looked at: the file of the data keys, what the other instances have, which key signs. */
const KEYS_EVERY_MS = 30_000;

/**
 * Opens the store and starts the server. Until it is closed, the log takes what libraries write to the console.
 * @throws OktaMcpError bad_config, bad_input, store_unavailable
 */
export async function startServe(settings: LoadedServe, io: Io): Promise<RunningServe> {
  const [{ createJsonLog }, { RunningRequests }] = await Promise.all([
    import("./json-log.js"),
    import("../../web/running-requests.js"),
  ]);
  const apis = await loadCompanyApis(settings);
  let requests = new RunningRequests();
  const context = () => requests.logFields();
  const log = createJsonLog({ level: settings.content.log.level, stream: io.stderr, context });
  const consoleBack = consoleToLog(log);
  try {
    const watch = await openWatch({
      metrics: settings.content.metrics,
      apiTools: toolsIn(apis),
      inFlight: () => requests.count,
      log,
    });
    requests = new RunningRequests(watch);
    const running = await openServe(settings, { io, log, requests, watch, apis });
    return { ...running, close: (why, how) => running.close(why, how).finally(consoleBack) };
  } catch (error) {
    consoleBack();
    throw error;
  }
}

interface ServeTools {
  io: Io;
  log: JsonLog;
  requests: RunningRequests;
  watch: OpenWatch;
  apis: readonly LoadedApi[];
}

async function openServe(settings: LoadedServe, { io, log, requests, watch, apis }: ServeTools): Promise<RunningServe> {
  const { content, file, notices } = settings;
  for (const notice of [...notices, ...foreignSettingsIn(io.env)]) log.warn(notice);
  // They bring libraries that a file with a mistake does not need.
  const [{ openStore }, { startCompanyServer }] = await Promise.all([
    import("../../store/open-store.js"),
    import("./company-server.js"),
  ]);
  const live = new LiveSettings(settings);
  const store = await openStore({ ...storePlaceOf(settings), observer: watch.observer, log });
  try {
    tellKeys(store, log);
    const { dir } = storePlaceOf(settings);
    await lookForRestore(store, dir, log);
    let isDraining = false;
    const server = await startCompanyServer({
      content,
      current: () => live.content,
      file,
      roles: () => live.roles,
      resources: () => live.resources,
      apps: settings.apps,
      loadedApis: apis,
      isDraining: () => isDraining,
      requests,
      watch,
      store,
      version: version(),
      log,
      fetch: createFetch(io.env),
      now: Date.now,
    }).catch((error: NodeJS.ErrnoException) => {
      throw portError(content.listen.port, error, "Free it, or choose another listen.port in serve.json.");
    });
    const stopTelling = await watch
      .tell(server, store)
      .catch((error: unknown) => server.close().then(() => Promise.reject(error)));
    const stopDropping = dropNowAndThen({ store, dir, current: () => live.content, log });
    const keys = keysNowAndThen(store, log);
    let settingsRead = Promise.resolve();
    const notRead = (error: unknown) => log.error("the settings were not read anew, and the old ones stay", { error });
    const mcpUrl = `${content.public_url.replace(/\/$/, "")}/mcp`;
    log.info("serving", { address: server.address, mcp_url: mcpUrl, version: version(), org: content.okta.org_url });
    return {
      mcpUrl,
      reload() {
        // The certificate may be another one under the same name.
        server.reload();
        keys.refresh();
        settingsRead = settingsRead.then(() => reload({ live, store, file, apis, log })).catch(notRead);
      },
      async close(why, { atOnce = false } = {}) {
        const delaySeconds = atOnce ? 0 : live.content.drain_delay_seconds;
        log.info("stopping", { why, drain_delay_seconds: delaySeconds });
        isDraining = true;
        const dropped = stopDropping();
        await realSleep(delaySeconds * 1000);
        await keys.stop();
        await settingsRead;
        await server.close();
        await stopTelling();
        await dropped;
        await store.close();
        log.info("stopped");
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Says which keys that encrypt the store are new or gone since the last start. */
function tellKeys({ keyChange, place }: Store, log: Log): void {
  log.info("store opened", { place, keys_added: keyChange.added.length, keys_gone: keyChange.gone.length });
}

/** Looks at the keys again and again. Two looks never run at once. */
function keysNowAndThen(store: Store, log: Log): { refresh(): void; stop(): Promise<void> } {
  let last = Promise.resolve();
  const refresh = () => {
    last = last
      .then(() => store.keys.refresh())
      .catch((error: unknown) => log.warn("the keys were not looked at", { error }));
  };
  const timer = setInterval(refresh, KEYS_EVERY_MS).unref();
  return {
    refresh,
    stop() {
      clearInterval(timer);
      return last;
    },
  };
}

interface Reloading {
  live: LiveSettings;
  store: Store;
  file: string;
  /** The APIs that run; another document needs a restart. */
  apis: readonly LoadedApi[];
  log: JsonLog;
}

/** Reads the settings anew. What came of it is in the log and on record. */
async function reload({ live, store, file, apis, log }: Reloading): Promise<void> {
  const next = loadServe(file, { ...SERVE_CHECKS, apiTools: toolsIn(apis) });
  const lost =
    "problems" in next ? undefined : await lastAdminLost(store.peopleLists, live.content.admins, next.content.admins);
  const taken = live.take(lost === undefined ? next : { problems: [lost] });
  const record = { actor: "operator", action: "read_settings" } as const;
  if ("kept" in taken) {
    log.error("the new settings have mistakes, and the old ones stay", { file, mistakes: taken.kept });
    await store.audit.add({ ...record, outcome: "refused", detail: { mistakes: taken.kept.length } });
    return;
  }
  await store.audit.add({ ...record, outcome: "done", detail: { changed: taken.changed } });
  const { changed, needRestart, notices } = taken;
  log.setLevel(live.content.log.level);
  for (const notice of notices) log.warn(notice);
  log.info("settings read anew", { file, changed });
  if (needRestart.length > 0) log.warn("some changes need a restart to take effect", { members: needRestart });
}
