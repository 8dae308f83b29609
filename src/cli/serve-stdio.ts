import type { Writable } from "node:stream";
import { toolsOn } from "../catalogue/active-tools.js";
import { NO_ORG } from "../config/org-url.js";
import { createServer } from "../mcp/server.js";
import { StdioTransport } from "../mcp/stdio-transport.js";
import { preload } from "../okta/operations.js";
import { openBrowser } from "./browser.js";
import { type Connection, openConnection } from "./connection.js";
import { endSoon, written } from "./exit.js";
import type { SettingFlags } from "./flags.js";
import { ENDING_SIGNALS } from "./interrupt.js";
import type { Io } from "./io.js";
import { claimStdout } from "./stdout.js";
import { toolList } from "./tool-list.js";
import { version } from "./version.js";

/** The time that ready answers have to leave after the client closed stdin. */
const LAST_WORDS_MS = 100;

/**
 * Longest message from the client. It leaves room for arguments of 10 MB and what JSON adds to them.
 * A longer one ends the connection, since it cannot be told which call it was.
 */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Serves one MCP client on stdin and stdout until it leaves: stdin or stdout closed, or a signal.
 * @returns the exit code: 0, since that a client leaves is how this ends; 1 after a message that is too long to be read
 * @throws OktaMcpError bad_config, bad_input
 */
export async function runStdio(io: Io, options: SettingFlags): Promise<number> {
  const protocol = claimStdout(io);
  const connection = await openConnection(io, options, { sandboxSignIn: "person" });
  try {
    if (connection.sandbox && !io.stdin.isTTY) {
      io.note(`okta-mcp: using a sandbox, a pretend Okta org at ${connection.sandbox}. Nothing in it is real.`);
    }
    return await serveClient(io, connection, protocol);
  } finally {
    await connection.close();
  }
}

/** @param protocol the stream that writes to the client, from `claimStdout` */
async function serveClient(io: Io, connection: Connection, protocol: Writable): Promise<number> {
  const { config, session, log } = connection;
  const catalogue = toolList(config);
  const server = createServer({
    ...connection.server,
    catalogue,
    calls: connection.calls(catalogue),
    structuredContent: config.structuredContent,
    openBrowser: (url) => openBrowser(url, io.env),
    warmUp: preload,
    resources: connection.resources,
  });
  const left = clientLeft(io, server, protocol);
  await server.connect(new StdioTransport({ stdin: io.stdin, stdout: protocol, maxMessageBytes: MAX_MESSAGE_BYTES }));

  for (const notice of config.notices) log.warn(notice);
  const on = toolsOn(catalogue, { configured: session.configured, granted: undefined });
  log.info("Serving", { version: version(), org: config.orgUrl, method: session.method, toolsOn: on.length });
  if (io.stdin.isTTY) greet(io, connection, on.length, catalogue.total);

  const reason = await left;
  // The terminal has shown ^C; what follows starts on a line of its own.
  if (reason === "SIGINT" && io.stderr.isTTY) io.note();
  log[reason === TOO_LONG ? "error" : "info"]("Stopping", { reason });
  await server.close();
  const exitCode = reason === TOO_LONG ? 1 : 0;
  // Who closed stdin may still be reading. Who sent a signal wants an end, and takes what is there.
  if (reason === STDIN_CLOSED) await written(protocol);
  // What else is to be written goes to a log that perhaps nobody reads.
  endSoon(exitCode);
  return exitCode;
}

const STDIN_CLOSED = "the client closed stdin";

/** The one thing for which the transport closes by itself. */
const TOO_LONG = `the client sent a message of more than ${MAX_MESSAGE_BYTES / 1024 / 1024} MB`;

/** Resolves with the reason when there is nobody left to serve. */
function clientLeft(
  { stdin, stdout }: Io,
  server: { onClose: (() => void) | undefined },
  protocol: Writable,
): Promise<string> {
  return new Promise((resolve) => {
    const leave = (reason: string) => {
      // From now on a signal ends the process by itself, whatever it waits for.
      for (const signal of ENDING_SIGNALS) process.off(signal, leave);
      resolve(reason);
    };
    const endOfInput = () => setTimeout(() => leave(STDIN_CLOSED), LAST_WORDS_MS);
    stdin.once("end", endOfInput).once("close", endOfInput).once("error", endOfInput);
    // A client that is gone makes every write fail; the first failure says it all.
    for (const stream of [stdout, protocol]) stream.on("error", () => leave("the client closed stdout"));
    // A signal's handler is told its name.
    for (const signal of ENDING_SIGNALS) process.once(signal, leave);
    server.onClose = () => leave(TOO_LONG);
  });
}

/** The org for a person. */
function hostOf({ orgUrl }: Pick<Connection["config"], "orgUrl">): string {
  return orgUrl === NO_ORG ? "a company's own APIs" : new URL(orgUrl).host;
}

function greet(io: Io, { config, sandbox }: Connection, on: number, all: number): void {
  const org = sandbox ? "a sandbox" : hostOf(config);
  io.note(`${io.style("bold", `okta-mcp ${version()}`)}, an MCP server for ${org}: ${on} of ${all} tools are on.`);
  io.note("It waits for an MCP client on stdin, in silence. Ctrl-C ends it.");
  io.note(`Next: start it from your client's mcp.json, or see ${io.style("cyan", "okta-mcp --help")}.`);
}
