import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle } from "../../scripts/bundle.js";
import { hasSqliteLibrary } from "../../src/store/sqlite-library.js";
import { ROOT, spawnProcess, temporaryFolder } from "../support/cli.js";

const PROGRAM = `
  const { openStore } = require("./out/store.js");
  openStore({ dir: process.argv[2], log: { warn() {} } }).then(
    async (store) => { await store.ping(); await store.close(); console.log("opened"); },
    (error) => console.log(error.code + " | " + error.message + " | " + error.fix),
  );
`;

test("the bundled store looks SQLite up where it is installed, and says what to install where it is not", async () => {
  const folder = temporaryFolder();
  await bundle({ entryPoints: { store: join(ROOT, "src/store/open-store.ts") }, outdir: join(folder, "out") });
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
  writeFileSync(join(folder, "run.js"), PROGRAM);
  // A Node.js that has SQLite is told to leave it out.
  const flags = hasSqliteLibrary("node:sqlite") ? ["--no-experimental-sqlite"] : [];
  const run = async (...options: string[]) => {
    const program = [process.execPath, ...options, join(folder, "run.js"), join(folder, "data")];
    const { stdout, stderr } = await spawnProcess(program).ended;
    expect(stderr).toBe("");
    return stdout;
  };
  expect(await run(...flags)).toMatch(
    /^bad_config \| There is no SQLite for Node\.js [\d.]+\. \| Use Node\.js 22\.13 or later.* npm install libsql@0\.5\.29\.\n$/,
  );
  if (hasSqliteLibrary("node:sqlite")) expect(await run()).toBe("opened\n");
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  expect(await run(...flags)).toBe("opened\n");
});
