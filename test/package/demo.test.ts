import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { whereBuilt } from "../support/built.js";
import { ROOT, spawnProcess, temporaryFolder } from "../support/cli.js";

whereBuilt(
  "the demo works to its end and leaves nothing behind, neither at home nor among temporary files",
  async () => {
    const home = temporaryFolder();
    const temporary = temporaryFolder();
    const env = {
      HOME: home,
      XDG_DATA_HOME: join(home, "data"),
      XDG_CACHE_HOME: join(home, "cache"),
      TMPDIR: temporary,
      TSX_DISABLE_CACHE: "1",
    };
    const command = [process.execPath, "--import", "tsx", join(ROOT, "scripts/demo.ts")];
    const { code, stdout, stderr } = await spawnProcess(command, { env }).ended;
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/\nDone in /);
    expect({ home: readdirSync(home), temporary: readdirSync(temporary) }).toEqual({ home: [], temporary: [] });
  },
);
