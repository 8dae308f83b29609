import { createLog, type Log } from "../../log.js";
import { createFetch } from "../../net/proxy.js";
import { pathBeside } from "../../people/app-files.js";
import { foreignSettingsIn } from "../../people/foreign-settings.js";
import { type LoadedServe, loadServe, serveFileError } from "../../people/load-serve.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";
import { portError } from "../port.js";
import { toolCards } from "../tool-cards.js";
import { version } from "../version.js";
import { consoleToLog } from "./console-to-log.js";
import type { ServeSandbox } from "./serve-sandbox.js";

/** The options of `okta-mcp serve`. */
export interface ServeFlags {
  config?: string;
  sandbox?: true;
  port?: number;
}

/** A running server of a company, with all that belongs to it. */
export interface RunningServe {
  /** The address of /mcp. */
  mcpUrl: string;
  close(): Promise<void>;
}

/**
 * Serves a company until a signal comes.
 * @returns the exit code: 0
 * @throws OktaMcpError bad_input, bad_config
 */
export async function runServe(io: Io, flags: ServeFlags): Promise<number> {
  // The handlers are there before the first line of output, since a signal may come right after it.
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
  const sandbox = flags.sandbox ? await sandboxFor(flags) : undefined;
  try {
    const settings = sandbox?.settings ?? readSettings(flags);
    const log = createLog({ level: settings.content.log.level, stderr: io.stderr });
    const running = await startServe(settings, { io, log });
    if (sandbox !== undefined) explainSandbox(io, sandbox, running.mcpUrl);
    io.out(running.mcpUrl);
    const signal = await stopped;
    // The terminal has shown ^C, so a new line begins here.
    if (io.stderr.isTTY) io.note();
    log.info("stopping", { signal });
    await running.close();
    log.info("stopped");
  } finally {
    await sandbox?.close();
  }
  if (sandbox !== undefined) io.note("The server and its pretend company have stopped; what was in them is gone.");
  return 0;
}

/** @throws OktaMcpError bad_config with every mistake */
function readSettings({ config, port }: ServeFlags): LoadedServe {
  if (config === undefined) {
    throw usageError(
      "Nothing says what to serve.",
      "Name the settings with --config serve.json, or try it with --sandbox.",
    );
  }
  if (port !== undefined) throw usageError("--port is for --sandbox.", "Set listen.port in serve.json.");
  const settings = loadServe(config, toolCards);
  if ("problems" in settings) throw serveFileError(config, settings.problems);
  return settings;
}

async function sandboxFor({ config, port }: ServeFlags): Promise<ServeSandbox> {
  if (config !== undefined) {
    throw usageError(
      "--sandbox brings its own settings, so --config has no place beside it.",
      "Leave out one of them.",
    );
  }
  return (await import("./serve-sandbox.js")).startServeSandbox(port);
}

/** Says on stderr what a newcomer does next. */
function explainSandbox(io: Io, { orgName, orgUrl, people }: ServeSandbox, mcpUrl: string): void {
  const bold = (text: string) => io.style("bold", text);
  io.note(`${bold(orgName)}: a pretend company, with a pretend Okta org at ${orgUrl}. Nothing in it is real.`);
  io.note();
  io.note(bold("Connect a client; it opens your browser to sign in"));
  io.copyable(`  Claude Code    claude mcp add --transport http okta ${mcpUrl}   (then type /mcp there)`);
  io.copyable(`  MCP Inspector  npx @modelcontextprotocol/inspector --transport http --server-url ${mcpUrl}`);
  io.copyable(`  stdio clients  npx mcp-remote ${mcpUrl}`);
  io.copyable(`  curl           curl -i -X POST ${mcpUrl}   (shows where a client is sent to sign in)`);
  io.note();
  io.note(bold("Sign in as one of these; the page offers them by name"));
  for (const { name, may } of people) io.copyable(`  ${name}: ${may}`);
  io.note();
  io.note("Ctrl-C stops it, and all of it is gone.");
}

/** Opens the store and starts the server. Until it is closed, the log takes what libraries write to the console. */
export async function startServe(settings: LoadedServe, { io, log }: { io: Io; log: Log }): Promise<RunningServe> {
  const consoleBack = consoleToLog(log);
  try {
    const { mcpUrl, close } = await openServe(settings, { io, log });
    return { mcpUrl, close: () => close().finally(consoleBack) };
  } catch (error) {
    consoleBack();
    throw error;
  }
}

async function openServe(settings: LoadedServe, { io, log }: { io: Io; log: Log }): Promise<RunningServe> {
  const { content, file, roles, notices } = settings;
  for (const notice of [...notices, ...foreignSettingsIn(io.env)]) log.warn(notice);
  // They bring libraries that a file with a mistake does not need.
  const [{ openStore }, { startCompanyServer }] = await Promise.all([
    import("../../store/open-store.js"),
    import("./company-server.js"),
  ]);
  const store = await openStore({ dir: pathBeside(file, content.data_dir), log });
  try {
    const server = await startCompanyServer({
      content,
      file,
      roles: () => roles,
      store,
      version: version(),
      log,
      fetch: createFetch(io.env),
      now: Date.now,
    }).catch((error: NodeJS.ErrnoException) => {
      throw portError(content.listen.port, error, "Free it, or choose another listen.port in serve.json.");
    });
    const mcpUrl = `${content.public_url.replace(/\/$/, "")}/mcp`;
    log.info("serving", { address: server.address, mcp_url: mcpUrl, version: version(), org: content.okta.org_url });
    return {
      mcpUrl,
      async close() {
        await server.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
