/**
 * A process with a session of its own. It reads its orders as JSON from its first argument, prints the outcome of each
 * as a JSON line, and then exits as the server does when its client leaves.
 */
import { createSession } from "../../../src/auth/open-session.js";
import type { TokenStoreKind } from "../../../src/auth/store-contract.js";
import { OktaMcpError } from "../../../src/errors/index.js";
import { createLog } from "../../../src/log.js";

export interface Orders {
  orgUrl: string;
  clientId: string;
  tokenStore: TokenStoreKind;
  stateDir: string;
  steps: ("restore" | "sign-in" | "token" | "sign-out" | "status" | { renew: number })[];
}

export interface Outcome {
  step: string;
  /** The error's code, where the step failed. */
  code?: string;
  message?: string;
  result?: unknown;
  tookMs: number;
  /** The lines that were logged during the step. */
  logged: string[];
}

const orders = JSON.parse(process.argv[2] ?? "") as Orders;
const logged: string[] = [];
const log = createLog({ level: "trace", stderr: { write: (line) => Boolean(logged.push(String(line))) } });
const { orgUrl, clientId, tokenStore, stateDir } = orders;
const session = createSession({
  orgUrl,
  clientId,
  scopes: ["okta.users.read"],
  credential: { method: "device" },
  tokenStore,
  stateDir,
  log,
});

async function perform(step: Orders["steps"][number]): Promise<unknown> {
  if (typeof step === "object") return renew(step.renew);
  switch (step) {
    case "restore":
      return session.restore();
    case "sign-in":
      return (await session.startSignIn()).done;
    case "token":
      return use();
    case "sign-out":
      return session.signOut();
    case "status":
      return session.status();
  }
}

/** Sends a request to the API with the token, and returns the status of the answer. */
async function use(): Promise<number> {
  const token = await session.token();
  const url = new URL("/api/v1/users?limit=1", orgUrl);
  const response = await fetch(url, { headers: await token.headers("GET", url) });
  await response.arrayBuffer();
  return response.status;
}

/** Rejects the token and gets a new one, `times` times. Returns how often each status was answered. */
async function renew(times: number): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  for (let done = 0; done < times; done += 1) {
    session.reject(await session.token());
    const status = await use();
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  return statuses;
}

for (const step of orders.steps) {
  const startMs = performance.now();
  const outcome: Outcome = { step: JSON.stringify(step), tookMs: 0, logged };
  try {
    outcome.result = await perform(step);
  } catch (error) {
    outcome.code = error instanceof OktaMcpError ? error.code : "unexpected";
    outcome.message = error instanceof Error ? error.message : String(error);
  }
  outcome.tookMs = Math.round(performance.now() - startMs);
  console.log(JSON.stringify(outcome));
  logged.length = 0;
}
process.exit(0);
