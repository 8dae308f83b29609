import { once } from "node:events";
import { PassThrough } from "node:stream";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { expect, onTestFinished, test } from "vitest";
import { compose } from "../../src/cli/compose.js";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { NO_RULES } from "../../src/guard/rules.js";
import { silentLog } from "../../src/log.js";
import { discovered } from "../../src/mcp/discover.js";
import { modernServer } from "../../src/mcp/modern.js";
import { createService } from "../../src/mcp/service.js";
import { catalogue } from "../support/catalogue.js";
import { ALL_SCOPES } from "../support/client.js";
import { envelope } from "../support/stateless.js";

/** Returns the service of a connection to an org that is never reached. */
function openService() {
  const log = silentLog();
  const { session, calls, server } = compose({
    settings: {
      orgUrl: "https://acme.okta.com",
      clientId: undefined,
      scopes: ALL_SCOPES,
      credential: { method: "access-token", token: "00aDiscover" },
      tokenStore: "memory",
      confirm: "ask",
      maxResultChars: DEFAULT_RESULT_CHARS,
      guard: NO_RULES,
      fileRoots: [],
    },
    journal: undefined,
    version: "1.2.3",
    log,
  });
  onTestFinished(() => session.close());
  return { log, service: createService({ ...server, catalogue, calls: calls(catalogue), structuredContent: false }) };
}

test("the answer to discover is the one that the MCP library makes of the same server", async () => {
  const { log, service } = openService();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const transport = new StdioServerTransport(input, output);
  const handle = serveStdio(() => modernServer(service, { log }), { legacy: "reject", transport });
  onTestFinished(() => handle.close());
  const request = { jsonrpc: "2.0", id: 1, method: "server/discover", params: { _meta: envelope() } };
  input.write(`${JSON.stringify(request)}\n`);
  const [line] = await once(output, "data");
  const { result } = JSON.parse(String(line));
  expect(result.supportedVersions).toEqual(["2026-07-28"]);
  expect(result).toEqual(JSON.parse(JSON.stringify(discovered(service))));
});
