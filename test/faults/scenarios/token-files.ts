import assert from "node:assert/strict";
import type { Outcome } from "../../support/server-process.js";
import type { StageOptions } from "../../support/stage.js";
import { findDisk } from "../disk.js";
import type { Act, Scenario } from "../scenario.js";
import { CREATE, findInOrg, READ } from "./calls.js";

const disk = findDisk();
const lacks = () => (process.platform === "win32" ? "no such disk on Windows" : undefined);

const keptInFile = (stage: StageOptions): StageOptions => ({
  ...stage,
  signIn: "device",
  // With a journal on the same disk, the broken journal would stop the writes first.
  env: { OKTA_MCP_TOKEN_STORE: "file", OKTA_MCP_JOURNAL: "off" },
});

const pidOf = ({ server }: Act): number => server.child.pid ?? assert.fail("the server runs");

const fromTheStart = (state: "full" | "read-only"): Scenario => ({
  name: `a token file on a disk that is ${state} (${disk.name})`,
  stage: keptInFile(disk.stage(state)),
  lacks,
  async play(act) {
    const expected = {
      sees: "bad_config",
      says: /token file .* OKTA_MCP_TOKEN_STORE/,
      reached: "nothing",
      next: "bad_config",
    };
    await act.line("said before a person is asked", expected, () => READ.call(act));
  },
});

const inMidSession = (state: "full" | "read-only"): Scenario => ({
  name: `a token file on a disk that gets ${state} (${disk.name})`,
  stage: keptInFile(disk.stage("good")),
  lacks: () => lacks() ?? (state === "read-only" ? disk.lacksProtect : undefined),
  async play(act) {
    assert.equal((await READ.call(act)).sees, "ok");
    if (state === "full") disk.fill(pidOf(act), act.folder);
    else disk.protect(pidOf(act), act.folder);
    act.sandbox.authorization.control.expireAccessTokens();
    const check = (outcome: Outcome) => {
      findInOrg(CREATE, act, outcome);
      assert.match(act.server.stderr(), /could not be kept and ends with this process/, "it is said on stderr");
    };
    await act.line("the session goes on", { sees: "ok", reached: "2 POST, 1 token", check }, () => CREATE.call(act));
  },
});

export const tokenFiles: Scenario[] = [
  fromTheStart("full"),
  fromTheStart("read-only"),
  inMidSession("full"),
  inMidSession("read-only"),
];
