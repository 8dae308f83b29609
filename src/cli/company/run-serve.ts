import { createLog, type Log } from "../../log.js";
import { createFetch } from "../../net/proxy.js";
import { pathBeside } from "../../people/app-files.js";
import { type LoadedServe, loadServe, serveFileError } from "../../people/load-serve.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";
import { portError } from "../port.js";
import { toolCards } from "../tool-cards.js";
import { version } from "../version.js";

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
  if (flags.config === undefined) {
    throw usageError(
      "Nothing says what to serve.",
      "Name the settings with --config serve.json, or try it with --sandbox.",
    );
  }
  const settings = loadServe(flags.config, toolCards);
  if ("problems" in settings) throw serveFileError(flags.config, settings.problems);
  const log = createLog({ level: settings.content.log.level, stderr: io.stderr });
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
  const running = await startServe(settings, { io, log });
  io.out(running.mcpUrl);
  const signal = await stopped;
  log.info("stopping", { signal });
  await running.close();
  log.info("stopped");
  return 0;
}

/** Opens the store and starts the server. */
export async function startServe(settings: LoadedServe, { io, log }: { io: Io; log: Log }): Promise<RunningServe> {
  const { content, file, roles, notices } = settings;
  for (const notice of notices) log.warn(notice);
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
