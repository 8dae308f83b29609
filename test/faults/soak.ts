/**
 * Twenty thousand calls of every sort, twenty at a time, against the built server: its memory must
 * not grow. Exit code 1 when it does, or when a call ends other than it should.
 */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Outcome, type ServerProcess, startServer } from "./server-process.js";
import type { SoakOrg } from "./soak-org.js";

const CALLS = Number(process.env.SOAK_CALLS ?? 20_000);
const AT_ONCE = 20;
const SAMPLES = 200;
/** The last fifth of the calls may need a tenth more memory than the second, or as much as comes and goes in any case. */
const MAX_GROWTH = 0.1;
const PASSING_BYTES = 15 * 1_048_576;

type Call = (server: ServerProcess, org: SoakOrg, index: number) => Promise<Outcome>;

/** What one call in ten does, and how each has to end. */
const MIX: { name: string; sees: string; call: Call }[] = [
  {
    name: "a user",
    sees: "ok",
    call: ({ call }, { userIds }, index) => call("get_user", { user_id: userIds[index % userIds.length] }),
  },
  { name: "a page of users", sees: "ok", call: ({ call }) => call("list_users", { limit: 10 }) },
  {
    name: "all pages of groups",
    sees: "ok",
    call: ({ call }) => call("list_groups", { fetch_all: true, limit: 10, fields: ["id", "profile.name"] }),
  },
  { name: "events", sees: "ok", call: ({ call }) => call("get_logs", { limit: 5 }) },
  {
    name: "a membership",
    sees: "ok",
    call: ({ call }, { groupId, userIds }, index) =>
      call("add_user_to_group", { group_id: groupId, user_id: userIds[index % userIds.length] }),
  },
  {
    name: "a replace",
    sees: "ok",
    call: ({ call }, { groupId }, index) =>
      call("update_group", { group_id: groupId, profile: { name: "Soak", description: `Call ${index}` } }),
  },
  { name: "a removal", sees: "ok", call: removal },
  { name: "nobody", sees: "not_found", call: ({ call }) => call("get_user", { user_id: "00uNobody00000000000" }) },
  {
    name: "wrong arguments",
    sees: "bad_input",
    call: ({ call }, _, index) => call("list_users", { limit: "many", [`odd_${index}`]: 1 }),
  },
  { name: "a cancelled call", sees: "cancelled", call: cancelled },
];

/** A group that comes and goes. */
async function removal({ call }: ServerProcess, _: SoakOrg, index: number): Promise<Outcome> {
  const made = await call("create_group", { profile: { name: `Passing ${index}` } });
  return made.sees === "ok" ? call("delete_group", { group_id: made.data.id }) : made;
}

function cancelled({ call }: ServerProcess): Promise<Outcome> {
  const controller = new AbortController();
  const outcome = call("list_users", { limit: 100 }, { signal: controller.signal });
  controller.abort("no longer wanted");
  return outcome;
}

/** Resident memory of a process in bytes. */
function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  assert.ok(kilobytes, "the system tells how much memory a process has");
  return Number(kilobytes) * 1024;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;

if (!existsSync("/proc/self/status")) {
  process.stdout.write("skipped: this system has no /proc from which a process's memory could be read\n");
  process.exit(0);
}

// In a process of its own, so that its memory and its work are not the server's.
const orgProcess = fork(fileURLToPath(new URL("./soak-org.ts", import.meta.url)), { stdio: "inherit" });
const [org] = (await once(orgProcess, "message")) as [SoakOrg];
const server = await startServer({ env: { PATH: process.env.PATH ?? "", CI: "1", ...org.env }, cwd: org.folder });
const pid = server.child.pid ?? assert.fail("the server runs");

const startedAtMs = performance.now();
const samples: number[] = [];
const unexpected = new Map<string, number>();
let begun = 0;
let done = 0;

async function worker(): Promise<void> {
  while (begun < CALLS) {
    const index = begun++;
    const { name, sees, call } = MIX[index % MIX.length] ?? assert.fail();
    const outcome = await call(server, org, index);
    done += 1;
    if (done % Math.ceil(CALLS / SAMPLES) === 0) samples.push(residentBytes(pid));
    if (outcome.sees === sees) continue;
    const what = `${name}: ${outcome.sees} instead of ${sees} (${outcome.message})`;
    unexpected.set(what, (unexpected.get(what) ?? 0) + 1);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));
const seconds = (performance.now() - startedAtMs) / 1000;

const fifth = samples.length / 5;
const early = median(samples.slice(fifth, 2 * fifth));
const late = median(samples.slice(4 * fifth));
const growth = late / early - 1;
const mayGrow = Math.max(MAX_GROWTH, PASSING_BYTES / early);
const end = await server.leave();
server.letGo();
orgProcess.disconnect();
await once(orgProcess, "exit");

const say = (line: string) => process.stdout.write(`${line}\n`);
say(`${done} calls in ${seconds.toFixed(0)} s, ${AT_ONCE} at once: ${Math.round(done / seconds)} a second`);
for (let part = 0; part < 5; part += 1) {
  say(`resident memory, fifth ${part + 1}: ${megabytes(median(samples.slice(part * fifth, (part + 1) * fifth)))}`);
}
say(
  `growth from the second fifth to the last: ${(growth * 100).toFixed(1)} % (at most ${(mayGrow * 100).toFixed(1)} %)`,
);
for (const [what, times] of unexpected) say(`✗ ${times} times ${what}`);
const problems = [
  unexpected.size > 0 && "calls ended other than they should",
  !(growth <= mayGrow) && "memory grows",
  (end.code !== 0 || end.tookMs > 1000) &&
    `the server ended with ${end.code ?? end.signal} after ${Math.round(end.tookMs)} ms`,
  server.stderr() !== "" && `the server said on stderr: ${server.stderr().slice(0, 500)}`,
  server.strays.length > 0 && `stray lines on stdout: ${server.strays.slice(0, 3).join("; ")}`,
].filter((problem) => problem !== false);
say(problems.length === 0 ? "passed" : `failed: ${problems.join("; ")}`);
process.exitCode = problems.length === 0 ? 0 : 1;
