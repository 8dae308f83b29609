import { setTimeout as delay } from "node:timers/promises";
import type { BalancerKind } from "../balancer.js";
import { startFleet } from "../fleet.js";
import { Load } from "../load.js";
import { BALANCERS, lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";
import { firstOf, inSeconds, settled } from "../settle.js";

/** The requests of a second that a machine of two cores serves, together with org, database, balancer and clients. */
export const PER_SECOND = { full: 60, short: 15 };

async function killOne(act: Act, balancer: BalancerKind): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer });
  const perSecond = act.size(PER_SECOND.full, PER_SECOND.short);
  const load = new Load({ ...fleet, perSecond, prefix: "L2" });
  await load.warm();
  const before = load.ledger.refusals();
  const [victim] = fleet.instances;
  const killedAtMs = performance.now();
  await victim?.end("SIGKILL");
  await load.more(perSecond * 5);
  await victim?.start();
  await load.calm(perSecond * 3, 60_000);
  const recoveredMs = Math.max(0, (load.lastBadMs ?? 0) - killedAtMs);
  const row = await settled(fleet, load);
  act.line({
    ...row,
    what: `L2: kill -9 of one of three behind ${balancer}, started again after 5 s`,
    recovered: inSeconds(recoveredMs),
    failure: firstOf(before !== "none" && `before the fault: ${before}`, row.failure),
  });
}

async function rollingRestart(act: Act, balancer: BalancerKind): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer });
  const perSecond = act.size(PER_SECOND.full, PER_SECOND.short);
  const load = new Load({ ...fleet, perSecond, prefix: "L3" });
  await load.warm();
  const codes = [];
  for (const instance of fleet.instances) {
    codes.push(await instance.end("SIGTERM"));
    await instance.start();
    // The balancer takes it back only after it has asked.
    await delay(3_500);
  }
  const row = await settled(fleet, load);
  const failed = load.ledger.all.filter(({ end }) => end !== "done").length;
  act.line({
    ...row,
    what: `L3: SIGTERM and start of each of three, one after the other, behind ${balancer}`,
    lost: row.lost + failed,
    recovered: "never away",
    failure: firstOf(
      failed > 0 && `${failed} requests failed: ${row.refused}`,
      row.failure,
      codes.some((code) => code !== 0) && `exit codes ${codes.join()}`,
    ),
  });
}

/** Faults of one of several instances. */
export const balanced: Scenario[] = BALANCERS.flatMap((balancer) => [
  { name: `L2 kill ${balancer}`, lacks: lacksFleet(balancer), play: (act) => killOne(act, balancer) },
  { name: `L3 rolling ${balancer}`, lacks: lacksFleet(balancer), play: (act) => rollingRestart(act, balancer) },
]);
