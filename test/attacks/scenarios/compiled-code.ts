import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lacksCompiledCode, notOfThisMachine } from "../../support/programs.js";
import { outcome } from "../../support/server-process.js";
import { type Act, runCommand, type Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { CODE } from "../promises.js";

const lacks = lacksCompiledCode(process.version);

const run = (act: Act, env: Record<string, string>) => runCommand(act, ["--version"], { env });

const filesBelow = (folder: string) => (existsSync(folder) ? readdirSync(folder, { recursive: true }).length : 0);

/** Things that somebody else may have put in the place of the folder of compiled code. */
const FOLDERS: { readonly [what: string]: (folder: string, target: string) => void } = {
  "a link": (folder, target) => symlinkSync(target, folder),
  "a folder that is open to its group": (folder) => {
    mkdirSync(folder);
    chmodSync(folder, 0o770);
  },
  "a folder that is open to all": (folder) => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
  },
  "a file": (folder) => writeFileSync(folder, ""),
};

export const compiledCode: Scenario = {
  name: "folders of compiled code that are not the user's alone",
  promise: CODE,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    const place = (name: string) => {
      const home = join(act.folder, name);
      mkdirSync(home, { mode: 0o700 });
      return home;
    };
    const own = place("own");
    await act.control("the command runs", {
      does: () => run(act, { XDG_CACHE_HOME: own }),
      sees: "0",
      check() {
        if (lacks === undefined && filesBelow(own) === 0) throw new Error("It keeps compiled code where it may.");
      },
    });
    await act.attack("a cache in the folder that it is started in, by a relative XDG_CACHE_HOME", {
      async does() {
        await run(act, { XDG_CACHE_HOME: "cache" });
        return outcome(String(filesBelow(join(act.folder, "cache"))));
      },
      sees: "0",
    });
    await act.attack("compiled code although it is switched off", {
      async does() {
        const off = place("off");
        await run(act, { XDG_CACHE_HOME: off, NODE_DISABLE_COMPILE_CACHE: "1" });
        return outcome(String(filesBelow(join(off, "okta-mcp"))));
      },
      sees: "0",
    });
    for (const [what, put] of Object.entries(FOLDERS)) {
      if (lacks !== undefined) {
        act.leaveOut(what, notOfThisMachine(lacks));
        continue;
      }
      await act.attack(what, {
        async does() {
          const home = place(what.replaceAll(" ", "-"));
          const target = place(`target-of-${what.replaceAll(" ", "-")}`);
          put(join(home, "okta-mcp"), target);
          const { sees } = await run(act, { XDG_CACHE_HOME: home });
          const kept =
            filesBelow(target) + (what === "a link" || what === "a file" ? 0 : filesBelow(join(home, "okta-mcp")));
          return outcome(`${sees} ${kept}`);
        },
        sees: "0 0",
      });
    }
  },
};
