import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, describe, expect } from "vitest";
import { BUILT_ENTRY, describeWhereBuilt } from "../support/built.js";
import { cleanEnv, ROOT } from "../support/cli.js";
import { ALL_SCOPES, callsOf, connect, openOrg } from "../support/client.js";

/** A time at which the certificates of the fixtures are valid. */
const NOW_MS = Date.parse("2030-01-01T00:00:00Z");
const MAX_RESULT_CHARS = 10_000_000;
const CLOCK = pathToFileURL(join(ROOT, "test/support/quick-clock.mjs")).href;

export interface ServerOptions {
  /** The value of `OKTA_SCOPES`, all of them granted; by default every scope. */
  scopes?: readonly string[];
  /** The value of `OKTA_MCP_FILE_ROOTS`; by default none. */
  fileRoots?: readonly string[];
}

type Connected = Pick<Awaited<ReturnType<typeof connect>>, "call" | "get" | "sandbox">;

/** Connects a client to a server that asks nobody and cuts no answer. Its org has received no request yet. */
export type Connect = (options?: ServerOptions) => Promise<Connected>;

/** Runs a suite twice: with the source inside this process, and with the build as clients start it. */
export function withEveryServer(suite: (connect: Connect) => void): void {
  describe("from source", () => suite(connectToSource));
  describeWhereBuilt("as built", () => suite(connectionsToBuild()));
}

function connectToSource(options: ServerOptions = {}): Promise<Connected> {
  return connect({ ...options, confirmMode: "never", maxResultChars: MAX_RESULT_CHARS, now: () => NOW_MS });
}

/** Keeps one server process for each set of options until the suite ends. */
function connectionsToBuild(): Connect {
  const running = new Map<string, ReturnType<typeof startBuild>>();
  afterAll(async () => {
    for (const started of running.values()) await (await started).end();
  });
  return async (options = {}) => {
    const key = JSON.stringify(options);
    const started = running.get(key) ?? startBuild(options);
    running.set(key, started);
    return (await started).connected();
  };
}

async function startBuild({ scopes = ALL_SCOPES, fileRoots = [] }: ServerOptions) {
  const sandbox = await openOrg(null);
  const home = mkdtempSync(join(tmpdir(), "okta-mcp-contract-"));
  const env = cleanEnv({
    HOME: home,
    OKTA_ORG_URL: sandbox.origin,
    OKTA_SCOPES: scopes.join(" "),
    OKTA_ACCESS_TOKEN: await sandbox.authorization.control.issueAccessToken(scopes),
    OKTA_MCP_CONFIRM: "never",
    OKTA_MCP_JOURNAL: "off",
    OKTA_MCP_STRUCTURED_CONTENT: "1",
    OKTA_MCP_MAX_RESULT_CHARS: String(MAX_RESULT_CHARS),
    OKTA_MCP_FILE_ROOTS: fileRoots.join(delimiter),
    OKTA_LOG_LEVEL: "error",
    TEST_NOW_MS: String(NOW_MS),
  });
  const client = new Client({ name: "test", version: "0.0.0" });
  const args = ["--import", CLOCK, BUILT_ENTRY];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: "inherit" }));
  const calls = callsOf({ callTool: (params, how) => client.callTool(params, undefined, how) });
  return {
    connected(): Connected {
      sandbox.clearFaults();
      const before = sandbox.requests.at(-1);
      const since = () => sandbox.requests.slice(before ? sandbox.requests.lastIndexOf(before) + 1 : 0);
      return { ...calls, sandbox: Object.defineProperty({ ...sandbox }, "requests", { get: since }) };
    },
    async end() {
      await client.close();
      await sandbox.close();
      rmSync(home, { recursive: true, force: true });
      expect(sandbox.unknownRoutes).toEqual([]);
    },
  };
}
