import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { whereBuilt } from "../support/built.js";
import { ROOT, runCli, spawnProcess, temporaryFolder } from "../support/cli.js";
import { INITIALIZE } from "../support/stdio.js";

const CHUNKS = join(ROOT, "dist/chunks");

whereBuilt("the built server starts from few files and without what only calls need", async () => {
  const preload = join(temporaryFolder(), "telling.cjs");
  writeFileSync(
    preload,
    `process.on("exit", () => {
       const files = Object.keys(require.cache).filter((file) => file.startsWith(${JSON.stringify(join(ROOT, "dist"))}));
       const parts = process.moduleLoadList.filter((name) => / (http|https|fetch|undici)$/.test(name));
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
  // The four files are the command, its start, the code that every start needs, and the list that is prepared after it.
  expect(files.length).toBeLessThanOrEqual(4);
  expect(files.reduce((bytes, file) => bytes + statSync(file).size, 0)).toBeLessThan(410_000);
  // Only a call needs the table of operations. Only a refusal by Okta needs the table of error codes, and only a call of
  // a company's API the compiler of schemas.
  const texts = files.map((file) => readFileSync(file, "utf8"));
  expect(texts.filter((text) => /getBotProtectionConfiguration|E0000107|ajv\/dist/.test(text))).toEqual([]);
});

whereBuilt("every part of the build loads, and is as strict as the modules that it was made of", async () => {
  const parts = readdirSync(CHUNKS);
  expect(parts.length).toBeGreaterThan(50);
  for (const part of parts) expect(readFileSync(join(CHUNKS, part), "utf8").slice(0, 13), part).toBe('"use strict";');
  // On a version of Node.js that is old to it, a library says so on the console when it is loaded.
  const load = `console.info = console.warn = () => {}; for (const part of ${JSON.stringify(parts)}) require(${JSON.stringify(`${CHUNKS}/`)} + part);`;
  const { code, stdout, stderr } = await spawnProcess([process.execPath, "-e", load]).ended;
  // The authorization server's library says on Node.js 20 that it wants a later one. A running server has that in its log.
  const said = stderr.replace(/^oidc-provider WARNING: Unsupported runtime\..*\n/, "");
  expect({ code, stdout, said }).toEqual({ code: 0, stdout: "", said: "" });
});

whereBuilt("the built server needs no part of Node.js that early versions of 22 lack", async () => {
  const preload = join(temporaryFolder(), "early.cjs");
  writeFileSync(preload, "delete process.getBuiltinModule;");
  const { code, stderr } = await runCli(["call", "list_groups", "--sandbox"], {
    env: { NODE_OPTIONS: `--require=${preload}` },
  });
  expect(code, stderr).toBe(0);
});
