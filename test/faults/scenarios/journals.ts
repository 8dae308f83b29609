import assert from "node:assert/strict";
import type { Outcome } from "../../support/server-process.js";
import { findDisk } from "../disk.js";
import type { Act, Scenario } from "../scenario.js";
import { CREATE, lastChange } from "./calls.js";

const disk = findDisk();

const pidOf = ({ server }: Act): number => server.child.pid ?? assert.fail("the server runs");

/** The result of a write that is stopped before any request is sent. Reads go on. */
const STOPPED = {
  sees: "bad_config",
  says: /journal of changes .* nothing is changed in Okta.*OKTA_MCP_JOURNAL/s,
  reached: "nothing",
};

const fromTheStart = (state: "full" | "read-only"): Scenario => ({
  name: `a journal on a disk that is ${state} (${disk.name})`,
  stage: disk.stage(state),
  play: (act) => act.line("writes are stopped", STOPPED, () => CREATE.call(act)),
});

const spoil = (act: Act, state: "full" | "read-only") =>
  state === "full" ? disk.fill(pidOf(act), act.folder) : disk.protect(pidOf(act), act.folder);

const inMidSession = (state: "full" | "read-only"): Scenario => ({
  name: `a journal on a disk that gets ${state} (${disk.name})`,
  stage: disk.stage("good"),
  lacks: () => (state === "read-only" ? disk.lacksProtect : undefined),
  async play(act) {
    // The line fills a page of memory, so that the next line needs another page.
    const description = "x".repeat(1000);
    assert.equal((await act.server.call("create_group", { profile: { name: "Before", description } })).sees, "ok");
    spoil(act, state);
    const stopped = async () => {
      let outcome: Outcome;
      let tries = 0;
      // The last page of a full disk may have room for a few more lines.
      do {
        outcome = await act.server.call("create_group", { profile: { name: `After ${tries}`, description } });
        tries += 1;
      } while (outcome.sees === "ok" && tries < 5);
      act.forget();
      return outcome.sees === "ok"
        ? outcome
        : act.server.call("create_group", { profile: { name: "At last", description } });
    };
    await act.line("writes are stopped", STOPPED, stopped);
  },
});

export const journals: Scenario[] = [
  fromTheStart("full"),
  fromTheStart("read-only"),
  inMidSession("full"),
  inMidSession("read-only"),
  {
    name: `a disk that gets read-only in mid-write (${disk.name})`,
    stage: disk.stage("good"),
    lacks: () => disk.lacksProtect,
    async play(act) {
      act.sandbox.next(CREATE.method, CREATE.path, { fault: "delay", delayMs: 500 });
      const arrived = act.sandbox.arrival(CREATE.method, CREATE.path);
      const check = async (outcome: Outcome) => {
        assert.equal(CREATE.done?.(act), 1, "it was done");
        assert.match(
          String(outcome.data.journal_warning),
          /shows change \w+ as unknown/,
          "the caller is told of the journal",
        );
        assert.equal(await lastChange(act), "unknown", "the journal has kept a trace of it");
      };
      await act.line("done, and the journal says unknown", { sees: "ok", reached: "1 POST", check }, async () => {
        const call = CREATE.call(act);
        await arrived;
        spoil(act, "read-only");
        return call;
      });
    },
  },
];
