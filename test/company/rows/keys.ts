import { cpSync } from "node:fs";
import { join } from "node:path";
import { runBuilt } from "../../support/built-command.js";
import { dataDirOf } from "../database.js";
import { type Fleet, startFleet } from "../fleet.js";
import { Load } from "../load.js";
import { lacksFleet } from "../places.js";
import { type Act, messageOf, type Scenario } from "../row.js";
import { firstOf, settled } from "../settle.js";
import { PER_SECOND } from "./balanced.js";

const KEYS = "data-keys.json";

/** Runs `serve keys` beside the instances. @throws Error with its output */
async function keys({ folder }: { folder: string }, ...words: string[]): Promise<string> {
  const args = ["serve", "keys", ...words, "--config", join(folder, "serve.json")];
  const env = { PATH: process.env.PATH ?? "", HOME: folder };
  const { code, stdout, stderr } = await runBuilt(args, { env, cwd: folder });
  if (code !== 0) throw new Error(`serve keys ${words.join(" ")}: ${code} ${stdout} ${stderr}`);
  return stdout;
}

const giveKeys = (from: { folder: string }, to: { folder: string }) =>
  cpSync(join(dataDirOf(from.folder), KEYS), join(dataDirOf(to.folder), KEYS));

/** Renews tokens without end, each client with its own. */
function renewals({ client }: Fleet, signedIn: readonly { client_id: string; refresh_token: string }[]) {
  const state = { isOver: false, count: 0, wrong: "" };
  const lane = async ({ client_id, refresh_token: first }: { client_id: string; refresh_token: string }) => {
    let refresh_token = first;
    while (!state.isOver) {
      const { status, body } = await client.token({ grant_type: "refresh_token", refresh_token, client_id });
      state.count += 1;
      if (status !== 200) state.wrong ||= `${status} ${JSON.stringify(body)}`;
      else refresh_token = String(body.refresh_token);
      const { status: called } = await client.call(String(body.access_token), "tools/list");
      if (called !== 200) state.wrong ||= `a renewed token: ${called}`;
    }
  };
  const ended = Promise.all(signedIn.map(lane));
  return {
    state,
    async stop() {
      state.isOver = true;
      await ended;
    },
  };
}

async function rotated(act: Act): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer: "nginx" });
  const [first, second, third] = fleet.instances;
  if (!first || !second || !third) throw new TypeError("a fleet has three instances");
  const signedIn = await Promise.all(fleet.logins.slice(0, 2).map((login) => fleet.client.signIn(login)));
  const perSecond = act.size(PER_SECOND.full, PER_SECOND.short) / 2;
  const load = new Load({ ...fleet, perSecond, prefix: "L7" });
  await load.warm();
  const renewing = renewals(fleet, signedIn);
  await keys(first, "rotate", "signing");
  await keys(first, "rotate", "data");
  // One instance has no new key yet: nothing may be encrypted with it.
  giveKeys(first, second);
  for (const instance of fleet.instances) instance.signal("SIGHUP");
  await load.more(perSecond * 3);
  const early = await keys(first, "rewrap").then(() => "rewrapped", messageOf);
  giveKeys(first, third);
  for (const instance of fleet.instances) instance.signal("SIGHUP");
  await load.more(perSecond * 3);
  await keys(first, "rewrap");
  await load.more(perSecond * 2);
  await renewing.stop();
  const row = await settled(fleet, load);
  act.line({
    ...row,
    what: "L7: signing and data keys are rotated, one instance gets its key later, all values are encrypted anew",
    load: `${row.load}, ${renewing.state.count} renewals`,
    recovered: "never away",
    lost: row.lost + load.ledger.all.filter(({ end }) => end !== "done").length,
    failure:
      firstOf(
        row.failure,
        row.refused !== "none" && row.refused,
        renewing.state.wrong,
        early === "rewrapped" && "values were encrypted with a key that an instance did not have",
      ) || undefined,
  });
}

/** Keys that change while everybody calls. */
export const keyRotation: Scenario[] = [{ name: "L7 keys", lacks: lacksFleet("nginx"), play: rotated }];
