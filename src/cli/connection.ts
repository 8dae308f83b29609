import type { Session } from "../auth/session.js";
import { type Config, loadConfig, type Need } from "../config/config.js";
import { NO_ORG } from "../config/org-url.js";
import { HiddenAttributes } from "../guard/hidden-attributes.js";
import type { Journal } from "../journal/change.js";
import { openJournal } from "../journal/open.js";
import { createLog, type Log } from "../log.js";
import { createFetch } from "../net/proxy.js";
import type { ResourceFiles } from "../resources/resource-files.js";
import type { OwnCalls, OwnCallsOptions } from "./apis/own-calls.js";
import type { OwnApis } from "./apis/read-apis-file.js";
import { type Composed, compose } from "./compose.js";
import { openSource, type SettingFlags } from "./flags.js";
import type { Io } from "./io.js";
import { type SandboxSignIn, startSandboxOrg } from "./sandbox-connection.js";
import { version } from "./version.js";

/** One session with one org, and what goes with it, for as long as a command runs. */
export interface Connection extends Composed {
  config: Config;
  log: Log;
  /** The journal. That of the sandbox in this process ends with it. */
  journal: Journal | undefined;
  /** The company's own APIs; undefined where there are none. */
  own: OwnCalls | undefined;
  /** What can be read beside tools. */
  resources: ResourceFiles | undefined;
  /** The address of the sandbox that runs in this process, if one does. */
  sandbox: string | undefined;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Settings that must be there besides the org. */
  needs?: readonly Need[];
  /** The sign-in to the sandbox, where `--sandbox` is given. */
  sandboxSignIn: SandboxSignIn;
  /** A sign-in by the command has to be there for other commands. */
  outlives?: boolean;
}

/**
 * Reads the settings and makes the session they ask for. Nothing is sent, no keychain is opened;
 * only with `--sandbox` a server is started, inside this process.
 * @throws OktaMcpError bad_config, bad_input
 */
export async function openConnection(
  io: Io,
  options: SettingFlags,
  { needs = ["clientId", "scopes"], sandboxSignIn, outlives = false }: ConnectOptions,
): Promise<Connection> {
  const source = await openSource(io, options);
  const org = options.sandbox ? await startSandboxOrg(source, sandboxSignIn, needs) : undefined;
  try {
    const config = org?.config ?? loadConfig(source, needs);
    const attributes = new HiddenAttributes(config.guard);
    const hides = (path: readonly string[]) => attributes.at(path) !== undefined;
    const log = createLog({ level: config.logLevel, file: config.logFile, stderr: io.stderr, hides });
    const journal = await journalOf(config, org !== undefined);
    const fetch = createFetch(io.env);
    let composed: Composed | undefined;
    const session = () => composed?.session as Session;
    const own = source.own && (await openOwn(source.own, { config, org: session, log, fetch, outlives }));
    const apis = own?.operatorApis();
    const parts = { settings: config, journal, version: version(), log, fetch, outlives, apis };
    composed = compose({ ...parts, ...(config.orgUrl === NO_ORG && { session: await noSession() }) });
    return {
      config,
      log,
      journal,
      ...composed,
      own,
      resources: source.own?.resources,
      sandbox: org?.origin,
      async close() {
        own?.close();
        session().close();
        log.close();
        await org?.close();
      },
    };
  } catch (error) {
    await org?.close();
    throw error;
  }
}

async function noSession(): Promise<Session> {
  return (await import("./apis/no-org-session.js")).noOrgSession();
}

async function openOwn({ apis }: OwnApis, parts: Omit<OwnCallsOptions, "apis">): Promise<OwnCalls> {
  return (await import("./apis/own-calls.js")).ownCalls({ apis, ...parts });
}

async function journalOf(config: Config, isSandbox: boolean): Promise<Journal | undefined> {
  if (config.journal === "off") return undefined;
  if (isSandbox) return new (await import("../journal/memory-journal.js")).MemoryJournal();
  const { journal: place, journalFileMb, journalFiles: maxFiles, orgUrl, clientId } = config;
  return openJournal({ place, orgUrl, clientId, maxFileBytes: journalFileMb * 1024 * 1024, maxFiles });
}

/** Says on a terminal what a person should know before the command goes on. */
export function showNotices(io: Io, { config, sandbox }: Pick<Connection, "config" | "sandbox">): void {
  if (sandbox) io.note(io.style("dim", `Sandbox at ${sandbox}: nothing here is real.`));
  for (const notice of config.notices) io.note(`${io.style("yellow", "Notice:")} ${notice}`);
  if (io.stdout.isTTY && (sandbox || config.notices.length > 0)) io.note();
}
