import { type LoadedServe, loadServe, serveFileError } from "../../people/load-serve.js";
import { usageError } from "../failure.js";
import type { Io } from "../io.js";
import { SERVE_CHECKS } from "./serve-checks.js";
import type { ServeSandbox } from "./serve-sandbox.js";
import { ServeSignals } from "./serve-signals.js";
import { startServe } from "./start-serve.js";

/** The options of `okta-mcp serve`. */
export interface ServeFlags {
  config?: string;
  sandbox?: true;
  port?: number;
}

/**
 * Serves a company until a signal comes.
 * @returns the exit code: 0
 * @throws OktaMcpError bad_input, bad_config
 */
export async function runServe(io: Io, flags: ServeFlags): Promise<number> {
  // The handlers are there before the first line of output, since a signal may come right after it.
  const signals = new ServeSignals();
  const sandbox = flags.sandbox ? await sandboxFor(flags) : undefined;
  try {
    const settings = sandbox?.settings ?? readSettings(flags);
    const running = await startServe(settings, io);
    signals.onReload = () => sandbox === undefined && running.reload();
    await sandbox?.tellOfDepartures();
    if (sandbox !== undefined) explainSandbox(io, sandbox, running.mcpUrl);
    io.out(running.mcpUrl);
    const signal = await signals.stop;
    // The terminal has shown ^C, so a new line begins here.
    if (io.stderr.isTTY) io.note();
    // Behind a terminal there is no balancer.
    await running.close(signal, { atOnce: signal === "SIGINT" });
  } finally {
    signals.close();
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
  const settings = loadServe(config, SERVE_CHECKS);
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
function explainSandbox(io: Io, { orgName, orgUrl, apiUrl, people }: ServeSandbox, mcpUrl: string): void {
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
  io.copyable(
    `Tools that begin with hr_ are of a practice API at ${apiUrl}; ${new URL("/connect/hr", mcpUrl)} links it.`,
  );
  io.note();
  io.copyable(`Look after it as Ada Admin: ${new URL("/admin", mcpUrl)}`);
  io.note();
  io.note("Ctrl-C stops it, and all of it is gone.");
}
