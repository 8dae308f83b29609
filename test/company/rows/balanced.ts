import { setTimeout as delay } from "node:timers/promises";
import type { BalancerKind } from "../balancer.js";
import { type Fleet, startFleet } from "../fleet.js";
import { Load } from "../load.js";
import { BALANCERS, lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";

/** Compares what clients were told with the org and the journal. */
export async function settled(fleet: Fleet, load: Load): Promise<{ lost: string[]; doubled: string[] }> {
  await load.stop();
  const store = await fleet.database.open("beside");
  try {
    return await load.ledger.compare(fleet.org, store);
  } finally {
    await store.close();
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

async function killOne(act: Act, balancer: BalancerKind): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer });
  const perSecond = act.size(100, 20);
  const load = new Load({ ...fleet, perSecond, prefix: "L2" });
  await load.more(perSecond * 2);
  const before = load.ledger.refusals();
  const [victim] = fleet.instances;
  const killedAtMs = performance.now();
  await victim?.end("SIGKILL");
  await load.more(perSecond * 3);
  await victim?.start();
  await load.more(perSecond * 3);
  const { lost, doubled } = await settled(fleet, load);
  const recoveredMs = load.lastBadMs === undefined ? 0 : Math.max(0, load.lastBadMs - killedAtMs);
  act.line({
    what: `L2: kill -9 of one of three behind ${balancer}, started again after 3 s`,
    load: `${load.ledger.size} requests, ${perSecond} a second`,
    lost: lost.length,
    doubled: doubled.length,
    refused: load.ledger.refusals(),
    recovered: seconds(recoveredMs),
    failure: [before === "none" ? undefined : `before the fault: ${before}`, ...lost, ...doubled].find(Boolean),
  });
}

async function rollingRestart(act: Act, balancer: BalancerKind): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer });
  const perSecond = act.size(100, 20);
  const load = new Load({ ...fleet, perSecond, prefix: "L3" });
  await load.more(perSecond);
  const codes = [];
  for (const instance of fleet.instances) {
    codes.push(await instance.end("SIGTERM"));
    await instance.start();
    // The balancer takes it back only after it has asked.
    await delay(3_500);
  }
  const { lost, doubled } = await settled(fleet, load);
  const failed = load.ledger.all.filter(({ end }) => end !== "done").length;
  act.line({
    what: `L3: SIGTERM and start of each of three, one after the other, behind ${balancer}`,
    load: `${load.ledger.size} requests, ${perSecond} a second`,
    lost: lost.length + failed,
    doubled: doubled.length,
    refused: load.ledger.refusals(),
    recovered: "never away",
    failure:
      [failed > 0 ? `${failed} requests failed` : undefined, ...lost, ...doubled].find(Boolean) ??
      (codes.some((code) => code !== 0) ? `exit codes ${codes.join()}` : undefined),
  });
}

/** Faults of one of several instances. */
export const balanced: Scenario[] = BALANCERS.flatMap((balancer) => [
  { name: `L2 kill ${balancer}`, lacks: lacksFleet(balancer), play: (act) => killOne(act, balancer) },
  { name: `L3 rolling ${balancer}`, lacks: lacksFleet(balancer), play: (act) => rollingRestart(act, balancer) },
]);
