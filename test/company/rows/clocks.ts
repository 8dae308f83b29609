import { startFleet } from "../fleet.js";
import { Load } from "../load.js";
import { lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";
import { firstOf, settled } from "../settle.js";
import { PER_SECOND } from "./balanced.js";

async function skewed(act: Act, seconds: number): Promise<void> {
  const fleet = await startFleet(act, {
    database: "PostgreSQL",
    balancer: "nginx",
    each: (number) => (number === 1 ? { aheadMs: seconds * 1000 } : {}),
  });
  const load = new Load({ ...fleet, perSecond: act.size(PER_SECOND.full, PER_SECOND.short), prefix: "L6" });
  await load.warm();
  // Each goes over all instances: registration, consent, code, tokens, a call, a renewal, a revocation.
  for (const login of fleet.logins.slice(0, act.size(6, 3))) {
    const { access_token, refresh_token, client_id, call } = await fleet.client.signIn(login);
    for (const _ of fleet.instances) {
      const { status, text } = await call("tools/list");
      if (status !== 200) throw new Error(`A token did not count: ${status} ${text.slice(0, 200)}`);
    }
    const renewed = await fleet.client.token({ grant_type: "refresh_token", refresh_token, client_id });
    if (renewed.status !== 200) throw new Error(`A renewal was refused: ${JSON.stringify(renewed.body)}`);
    const body = new URLSearchParams({ token: String(renewed.body.refresh_token), client_id });
    await fetch(`${fleet.publicUrl}/oauth/revoke`, { method: "POST", body });
    for (const _ of fleet.instances) {
      const { status } = await fleet.client.call(access_token, "tools/list");
      if (status !== 401) throw new Error(`A revoked token counts: ${status}`);
    }
  }
  const alarms = fleet.instances.map(
    (instance) => instance.records().filter(({ message }) => /clock/i.test(message)).length,
  );
  const row = await settled(fleet, load);
  act.line({
    ...row,
    what: `L6: the clock of one of three is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead" : "behind"}: calls, sign-ins, renewals, revocations`,
    recovered: `the log of that instance says so (${alarms[1]} records)`,
    failure: firstOf(
      row.failure,
      row.refused !== "none" && row.refused,
      alarms[1] === 0 && "nothing in its log says that the clock is wrong",
      (alarms[0] ?? 0) + (alarms[2] ?? 0) > 0 && "an instance whose clock is right says that it is wrong",
    ),
  });
}

/** A clock that is wrong on one instance. */
export const clocks: Scenario[] = [90, -90].map((seconds) => ({
  name: `L6 clock ${seconds}`,
  isLong: seconds < 0,
  lacks: lacksFleet("nginx"),
  play: (act) => skewed(act, seconds),
}));
