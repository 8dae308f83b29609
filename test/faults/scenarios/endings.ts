import assert from "node:assert/strict";
import type { Act, Scenario } from "../scenario.js";
import { CREATE, lastChange } from "./calls.js";

/** A way for a server to end in the middle of a write, and the expected end of its process. */
interface Ending {
  name: string;
  leave(act: Act): void;
  ends: { code: number | null; signal: NodeJS.Signals | null };
}

const CLEAN = { code: 0, signal: null };

const ENDINGS: Ending[] = [
  { name: "SIGTERM in mid-write", leave: ({ server }) => void server.child.kill("SIGTERM"), ends: CLEAN },
  { name: "SIGINT in mid-write", leave: ({ server }) => void server.child.kill("SIGINT"), ends: CLEAN },
  {
    name: "SIGKILL in mid-write",
    leave: ({ server }) => void server.child.kill("SIGKILL"),
    ends: { code: null, signal: "SIGKILL" },
  },
  { name: "the client closes stdin in mid-write", leave: ({ server }) => void server.child.stdin.end(), ends: CLEAN },
  {
    name: "the client closes stdout in mid-write",
    leave({ server }) {
      server.child.stdout.destroy();
      // The answer to this request meets a closed stream.
      server.child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1e6, method: "tools/list" })}\n`);
    },
    ends: CLEAN,
  },
];

/** The process ends and nobody gets an answer. The org has done the write, and a new process works at once. */
const ending = ({ name, leave, ends }: Ending): Scenario => ({
  name,
  async play(act) {
    act.sandbox.next(CREATE.method, CREATE.path, { fault: "hang", performed: true });
    const arrived = act.sandbox.arrival(CREATE.method, CREATE.path);
    let stderr = "";
    const check = async () => {
      assert.equal(CREATE.done?.(act), 1, "the org has done it, once");
      assert.equal(stderr, "", "the process had nothing to complain about");
      assert.equal(await lastChange(act), "unknown", "the journal has kept a trace of it");
    };
    await act.line("a new process works", { sees: "gone", reached: "1 POST", check }, async () => {
      const call = CREATE.call(act);
      await arrived;
      const { server } = act;
      const startedAtMs = performance.now();
      leave(act);
      const end = await server.ended;
      const tookMs = performance.now() - startedAtMs;
      assert.deepEqual(end, ends);
      assert.ok(tookMs < 1000, `the process ends within a second (${Math.round(tookMs)} ms)`);
      stderr = server.stderr();
      await act.restart();
      return call;
    });
  },
});

export const endings: Scenario[] = ENDINGS.map(ending);
