import { setTimeout as delay } from "node:timers/promises";
import { WEB_CLIENT_ID } from "../../../sandbox/facts.js";
import { signOutOfApp } from "../../../sandbox/universal-logout.js";
import { type Fleet, startFleet } from "../fleet.js";
import { eventsOf } from "../listener.js";
import { Load } from "../load.js";
import { McpClient } from "../mcp-client.js";
import { lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";
import { firstOf, inSeconds, settled } from "../settle.js";
import { PER_SECOND } from "./balanced.js";

const POLL_SECONDS = 60;

/** A way in which the server learns that somebody has left, and the time within which access ends. */
interface Way {
  what: string;
  withinMs: number;
  leave(fleet: Fleet, login: string): Promise<void>;
}

function suspend({ org }: Fleet, login: string): void {
  const user = org.users.findByLogin(login);
  if (user === undefined) throw new Error(`The org has no ${login}.`);
  org.users.setStatus(user, "SUSPENDED", { eventType: "user.lifecycle.suspend", displayMessage: "Suspend Okta user" });
}

const WAYS: readonly Way[] = [
  {
    what: "Okta tells by Global Token Revocation",
    withinMs: 5_000,
    async leave(fleet, login) {
      const { org, sandbox, publicUrl } = fleet;
      const endpoint = `${publicUrl}/okta/global-token-revocation`;
      const app = { endpoint, subjectFormat: "ISS_SUB", clientId: WEB_CLIENT_ID } as const;
      const status = await signOutOfApp(org, sandbox.authorization.control, app, login);
      if (status !== 204) throw new Error(`The revocation was answered with ${status}.`);
    },
  },
  {
    what: `Okta tells nothing, and is asked every ${POLL_SECONDS} s`,
    withinMs: (POLL_SECONDS + 10) * 1000,
    async leave(fleet, login) {
      suspend(fleet, login);
    },
  },
];

/** Calls in somebody's name without end, on all instances. Resolves with when the last call was answered. */
function insists(fleet: Fleet, token: string) {
  const client = new McpClient(`${fleet.publicUrl}/mcp`);
  const state = { lastDoneMs: 0, calls: 0, isOver: false };
  const lane = async () => {
    while (!state.isOver) {
      const begunMs = performance.now();
      const told = await client.call(token, "list_groups", { limit: 1 });
      state.calls += 1;
      // A call that began before may come to its end.
      if (told.end === "done") state.lastDoneMs = Math.max(state.lastDoneMs, begunMs);
      await delay(30);
    }
  };
  const ended = Promise.all([1, 2, 3].map(lane));
  return {
    state,
    async stop() {
      state.isOver = true;
      await ended;
      client.close();
    },
  };
}

async function leaves(act: Act, { what, withinMs, leave }: Way): Promise<void> {
  const fleet = await startFleet(act, {
    database: "PostgreSQL",
    balancer: "nginx",
    directory: { poll_seconds: POLL_SECONDS },
  });
  const perSecond = act.size(PER_SECOND.full, PER_SECOND.short) / 3;
  const [leaver, ...others] = fleet.fixture;
  if (leaver === undefined) throw new TypeError("somebody is signed in");
  const load = new Load({ ...fleet, fixture: others, perSecond, prefix: "LV" });
  await load.warm();
  const streams = await Promise.all([1, 2, 3].map(() => eventsOf(fleet.publicUrl, leaver.token)));
  const own = insists(fleet, leaver.token);
  await load.more(perSecond * 2);
  const leftAtMs = performance.now();
  await leave(fleet, leaver.login);
  await delay(withinMs + 3_000);
  await own.stop();
  const lastMs = own.state.lastDoneMs - leftAtMs;
  const cut = streams.filter(({ hasEnded }) => hasEnded).length;
  for (const stream of streams) stream.close();
  const row = await settled(fleet, load);
  const isLate = lastMs > withinMs;
  act.line({
    ...row,
    what: `somebody leaves under load: ${what}`,
    load: `${row.load}, ${own.state.calls} of the one who leaves`,
    lost: row.lost + (isLate ? 1 : 0),
    refused: row.refused === "none" ? "the one who left" : row.refused,
    recovered: `no access after ${inSeconds(Math.max(0, lastMs))} (at most ${inSeconds(withinMs)}), ${cut} of 3 streams ended`,
    failure: firstOf(
      own.state.lastDoneMs === 0 && "the one who leaves never had access",
      isLate && `access lasted ${inSeconds(lastMs)}`,
      cut < 3 && `${3 - cut} streams went on`,
      row.refused !== "none" && `others were refused: ${row.refused}`,
      row.failure,
    ),
  });
}

/** People who leave while everybody calls. */
export const leaving: Scenario[] = WAYS.map((way) => ({
  name: `leaving ${way.what}`,
  isLong: way.withinMs > 30_000,
  lacks: lacksFleet("nginx"),
  play: (act) => leaves(act, way),
}));
