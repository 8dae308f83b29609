import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { whereBuilt } from "../support/built.js";
import { ROOT, runCli, temporaryFolder } from "../support/cli.js";

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

whereBuilt("the built server starts from few files and without what only calls need", async () => {
  const preload = join(temporaryFolder(), "telling.cjs");
  writeFileSync(
    preload,
    `process.on("exit", () => {
       const files = Object.keys(require.cache).filter((file) => file.startsWith(${JSON.stringify(join(ROOT, "dist"))}));
       const parts = process.moduleLoadList.filter((name) => / (crypto|http|https|fetch|undici)$/.test(name));
       process.stderr.write(JSON.stringify({ files, parts }));
     });`,
  );
  const { code, stdout, stderr } = await runCli([], {
    env: {
      OKTA_ORG_URL: "http://127.0.0.1:9",
      OKTA_CLIENT_ID: "0oa1",
      OKTA_SCOPES: "okta.users.read",
      NODE_OPTIONS: `--require=${preload}`,
    },
    input: `${JSON.stringify(INITIALIZE)}\n`,
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).result.serverInfo.name).toBe("okta-mcp");
  const { files, parts }: { files: string[]; parts: string[] } = JSON.parse(stderr);
  expect(parts).toEqual([]);
  // The command, its start, all that a start needs, and the list that is made ready after it.
  expect(files.length).toBeLessThanOrEqual(4);
  expect(files.reduce((bytes, file) => bytes + statSync(file).size, 0)).toBeLessThan(400_000);
});
