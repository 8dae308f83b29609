import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { notOfThisMachine } from "../../support/programs.js";
import { dataDirOf } from "../database.js";
import { startFleet } from "../fleet.js";
import { Instance } from "../instance.js";
import { Load } from "../load.js";
import { type Act, messageOf, type Scenario } from "../row.js";
import { firstOf, inSeconds, settled } from "../settle.js";
import { PER_SECOND } from "./balanced.js";

/** The size of the disk in memory under the data folder, in KB. */
const DISK_KB = 6_000;

/** Puts a small disk under the folder of the data, with what is there already. Only the server sees it. */
function onSmallDisk(data: string): (command: readonly string[]) => readonly string[] {
  const mount = `cp -a "$0" "$0.kept" && mount -t tmpfs -o mode=0700,size=${DISK_KB}k tmpfs "$0" && cp -a "$0.kept/." "$0/" && exec "$@"`;
  return (command) => ["unshare", "--mount", "sh", "-c", mount, data, ...command];
}

const lacksMounts = (): string | undefined =>
  spawnSync("unshare", ["--mount", "true"]).status === 0
    ? undefined
    : notOfThisMachine("the right to mount a disk in memory");

async function diskFull(act: Act): Promise<void> {
  let data = "";
  const fleet = await startFleet(act, {
    database: "SQLite",
    instances: 1,
    each: (_, folder) => {
      data = dataDirOf(folder);
      return { wrap: onSmallDisk(data) };
    },
  });
  const [instance] = fleet.instances;
  if (instance === undefined) throw new TypeError("a fleet has an instance");
  const seen = `/proc/${instance.pid}/root${data}`;
  const load = new Load({ ...fleet, perSecond: act.size(PER_SECOND.full, PER_SECOND.short), prefix: "L11" });
  await load.warm();
  const before = load.ledger.refusals();
  // `dd` ends with an error when it has used the last byte, which is its purpose here.
  spawnSync("dd", ["if=/dev/zero", `of=${join(seen, "ballast")}`, "bs=1k"]);
  await load.more(load.perSecond * 6);
  const during = load.ledger.refusals();
  rmSync(join(seen, "ballast"));
  const endedAtMs = performance.now();
  await load.calm(load.perSecond * 3, 60_000);
  const recoveredMs = Math.max(0, (load.lastBadMs ?? 0) - endedAtMs);
  const told = new Set(load.ledger.all.filter(({ end }) => end !== "done").map(({ code }) => code));
  await load.stop();
  // SQLite would follow the path to the folder that others see, so it reads a copy.
  const copy = join(fleet.folder, "copy");
  cpSync(seen, copy, { recursive: true });
  const row = await settled({ ...fleet, database: fleet.database.at(copy) }, load);
  act.line({
    ...row,
    what: "L11: the disk under SQLite is full and has room again",
    recovered: inSeconds(recoveredMs),
    failure: firstOf(
      before !== "none" && `before the fault: ${before}`,
      row.failure,
      during === "none" && "nobody was refused, so the disk was not full",
      [...told].some((code) => code !== "503" && code !== "store_unavailable") && `clients were told ${[...told]}`,
    ),
  });
}

async function killInWrites(act: Act): Promise<void> {
  const fleet = await startFleet(act, { database: "SQLite", instances: 1 });
  const [instance] = fleet.instances;
  const times = act.size(10, 3);
  const load = new Load({
    ...fleet,
    perSecond: act.size(PER_SECOND.full, PER_SECOND.short),
    writing: 1,
    prefix: "L11",
  });
  await load.warm();
  let slowestMs = 0;
  for (let time = 0; time < times; time += 1) {
    await load.more(load.perSecond);
    await instance?.end("SIGKILL");
    const killedAtMs = performance.now();
    await instance?.start();
    slowestMs = Math.max(slowestMs, performance.now() - killedAtMs);
  }
  await load.calm(load.perSecond * 3, 60_000);
  const row = await settled(fleet, load);
  act.line({
    ...row,
    what: `L11: kill -9 in writes over SQLite, ${times} times, without a balancer`,
    recovered: `${inSeconds(slowestMs)}, the start at most`,
  });
}

async function wrongStarts(act: Act): Promise<void> {
  const fleet = await startFleet(act, { database: "SQLite", instances: 1, people: 1 });
  const [instance] = fleet.instances;
  if (instance === undefined) throw new TypeError("a fleet has an instance");
  const second = new Instance({ folder: instance.folder, port: instance.port });
  const said = await second.start().then(() => "started", messageOf);
  act.line({
    what: "L11: a second server on the same SQLite",
    load: "1 start",
    refused: "the second server",
    failure: firstOf(!said.includes("Another okta-mcp server uses the database") && said),
  });
  await instance.end("SIGKILL");
  chmodSync(join(dataDirOf(instance.folder), "store.sqlite"), 0o644);
  const open = await instance.start().then(() => "started", messageOf);
  act.line({
    what: "L11: a database that others can read (mode 0644)",
    load: "1 start",
    refused: "the start",
    failure: firstOf(!/0600|chmod/.test(open) && open),
  });
}

/** Faults of the database of one server. */
export const sqlite: Scenario[] = [
  { name: "L11 disk full", lacks: lacksMounts, play: diskFull },
  { name: "L11 kill in writes", play: killInWrites },
  { name: "L11 wrong starts", play: wrongStarts },
];
