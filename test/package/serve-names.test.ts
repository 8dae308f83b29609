import { join } from "node:path";
import { expect } from "vitest";
import { fillCompany } from "../../bench/company-data.js";
import { BUILT_ENTRY, whereBuilt } from "../support/built.js";
import { cleanEnv, spawnProcess, temporaryFolder } from "../support/cli.js";
import { readAnswer } from "../support/company-client.js";

whereBuilt("the built server of a company takes what its source has kept under the names of its kinds", async () => {
  const { config, url, tokens } = await fillCompany(join(temporaryFolder(), "company"), "http://127.0.0.1:1", 1);
  const server = spawnProcess([process.execPath, BUILT_ENTRY, "serve", "--config", config], { env: cleanEnv() });
  await server.seen("stdout", /\/mcp/);
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${tokens[0]}`, "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
  });
  const { status, text } = await readAnswer(answer);
  expect(status, text).toBe(200);
  expect(text).toContain('"name":"list_users"');
  server.child.kill("SIGTERM");
  await server.ended;
});
