/**
 * Makes twenty thousand calls of every sort against the built server, twenty at a time. The server's memory must not
 * grow. The exit code is 1 if it grows, or if a call ends in an unexpected way.
 */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Outcome, type ServerProcess, startServer } from "../support/server-process.js";
import type { SoakOrg } from "./soak-org.js";

const CALLS = Number(process.env.SOAK_CALLS ?? 20_000);
const AT_ONCE = 20;
/** The number of parts. The memory is measured after each. */
const PARTS = 5;
/** The allowance is for sockets and timers, whose number differs between collections. It is 33 bytes a call. */
const MAX_GROWTH_BYTES = 524_288;

interface Memory {
  /** The bytes on the heap and outside it, after a collection. */
  keptBytes: number;
  residentBytes: number;
}

type Call = (server: ServerProcess, org: SoakOrg, index: number) => Promise<Outcome>;

/** Each entry stands for one call in ten. `sees` is its expected result. */
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

/** Creates a group and deletes it again. */
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

const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;

// The org runs in a process of its own, so that its memory and its work do not count as the server's.
const orgProcess = fork(fileURLToPath(new URL("./soak-org.ts", import.meta.url)), { stdio: "inherit" });
const [org] = (await once(orgProcess, "message")) as [SoakOrg];
const probe = fileURLToPath(new URL("./heap-probe.mjs", import.meta.url));
const server = await startServer({
  env: { PATH: process.env.PATH ?? "", CI: "1", ...org.env },
  cwd: org.folder,
  // The engine keeps compiled code on the same heap, and goes on compiling for tens of thousands of calls. Without its
  // optimizer, all growth is the server's own.
  wrap: ([node = "", ...args]) => [node, "--expose-gc", "--no-opt", "--import", probe, ...args],
  hasChannel: true,
});

async function memory(): Promise<Memory> {
  const answer = once(server.child, "message");
  server.child.send("memory");
  return (await answer)[0];
}

const startedAtMs = performance.now();
const afterPart: Memory[] = [];
const unexpected = new Map<string, number>();
let begun = 0;

async function worker(upTo: number): Promise<void> {
  while (begun < upTo) {
    const index = begun++;
    const { name, sees, call } = MIX[index % MIX.length] ?? assert.fail();
    const outcome = await call(server, org, index);
    if (outcome.sees === sees) continue;
    const what = `${name}: ${outcome.sees} instead of ${sees} (${outcome.message})`;
    unexpected.set(what, (unexpected.get(what) ?? 0) + 1);
  }
}
for (let part = 1; part <= PARTS; part += 1) {
  await Promise.all(Array.from({ length: AT_ONCE }, () => worker((CALLS * part) / PARTS)));
  afterPart.push(await memory());
}
const seconds = (performance.now() - startedAtMs) / 1000;

const [first, last] = [afterPart.at(0), afterPart.at(-1)];
assert.ok(first && last);
const growthBytes = last.keptBytes - first.keptBytes;
const end = await server.leave();
server.letGo();
orgProcess.disconnect();
await once(orgProcess, "exit");

const say = (line: string) => process.stdout.write(`${line}\n`);
say(`${begun} calls in ${seconds.toFixed(0)} s, ${AT_ONCE} at once: ${Math.round(begun / seconds)} a second`);
for (const [part, { keptBytes, residentBytes }] of afterPart.entries()) {
  say(
    `after ${(CALLS * (part + 1)) / PARTS} calls: ${megabytes(keptBytes)} kept, ${megabytes(residentBytes)} resident`,
  );
}
say(
  `growth of what is kept, from the first part to the last: ${megabytes(growthBytes)} (at most ${megabytes(MAX_GROWTH_BYTES)})`,
);
for (const [what, times] of unexpected) say(`✗ ${times} times ${what}`);
const problems = [
  unexpected.size > 0 && "calls ended other than they should",
  growthBytes > MAX_GROWTH_BYTES && "memory grows",
  (end.code !== 0 || end.tookMs > 1000) &&
    `the server ended with ${end.code ?? end.signal} after ${Math.round(end.tookMs)} ms`,
  server.stderr() !== "" && `the server said on stderr: ${server.stderr().slice(0, 500)}`,
  server.strays.length > 0 && `stray lines on stdout: ${server.strays.slice(0, 3).join("; ")}`,
].filter((problem) => problem !== false);
say(problems.length === 0 ? "passed" : `failed: ${problems.join("; ")}`);
process.exitCode = problems.length === 0 ? 0 : 1;
