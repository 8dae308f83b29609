import { setTimeout as delay } from "node:timers/promises";
import type { PlainBrowser, Visit } from "../../support/browser.js";
import { browserWith } from "../../support/company-org.js";
import { type Fleet, startFleet } from "../fleet.js";
import { lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";
import { firstOf, inSeconds } from "../settle.js";

const REDIRECT = "http://127.0.0.1:4711/cb";

/**
 * The rate: 5,000 sign-ins in ten minutes. Of a limit of Okta's an app has half by default; here it is less than the
 * two requests to /token that each sign-in needs, so that some of them have to wait.
 */
const PER_MINUTE = 500;
const TOKEN_REQUESTS = 2;
const PER_WINDOW_OF_NEED = 0.85;
/** Okta's windows last a minute. */
const WINDOW_MS = { full: 60_000, short: 6_000 };

interface Counts {
  done: number;
  /** Pages that say wait: of this server with 503, of the org with 429. */
  told: number;
  lost: string[];
  slowestMs: number;
}

/** A page that says wait is waited for, as a person does. @returns undefined where there is none */
function waitMs({ status, headers }: Visit): number | undefined {
  if (status === 503) return Number(headers.get("retry-after") ?? "30") * 1000;
  if (status !== 429) return undefined;
  return Math.max(1_000, Number(headers.get("x-rate-limit-reset")) * 1000 - Date.now());
}

/** One attempt of a person to sign a client in. @returns the time to wait, or undefined once it is done */
async function attempt(fleet: Fleet, browser: PlainBrowser, clientId: string): Promise<number | undefined> {
  const { client } = fleet;
  const begun = await client.begin({ client_id: clientId, redirect_uri: REDIRECT });
  let visit = await client.follow(browser, await browser.get(begun.url), REDIRECT);
  if (visit.location === undefined && visit.html.includes('value="allow"')) {
    visit = await client.follow(browser, await browser.submit(visit, visit.url, { answer: "allow" }), REDIRECT);
  }
  const wait = waitMs(visit);
  if (wait !== undefined) return wait;
  const code = visit.location?.searchParams.get("code");
  if (!code)
    throw new Error(`${visit.status} ${visit.location?.href ?? ""} ${/<h1[^>]*>([^<]*)/.exec(visit.html)?.[1]}`);
  const grant = { grant_type: "authorization_code", client_id: clientId, code, redirect_uri: REDIRECT };
  const { status, body } = await client.token({ ...grant, code_verifier: begun.verifier });
  if (status !== 200) throw new Error(`the code was answered with ${status} ${JSON.stringify(body)}`);
  const called = await client.call(String(body.access_token), "tools/list");
  if (called.status !== 200) throw new Error(`the token was answered with ${called.status}`);
  return undefined;
}

async function signInOne(fleet: Fleet, login: string, clientId: string, counts: Counts): Promise<void> {
  const startedAtMs = performance.now();
  try {
    const browser = browserWith(fleet.sandbox.authorization.control.signIn(login));
    for (let times = 0; times < 20; times += 1) {
      const wait = await attempt(fleet, browser, clientId);
      if (wait === undefined) {
        counts.done += 1;
        counts.slowestMs = Math.max(counts.slowestMs, performance.now() - startedAtMs);
        return;
      }
      counts.told += 1;
      await delay(wait);
    }
    counts.lost.push(`${login} was told to wait twenty times`);
  } catch (error) {
    counts.lost.push(`${login}: ${error instanceof Error ? error.message : error}`);
  }
}

async function crowd(act: Act): Promise<void> {
  const people = Number(process.env.OKTA_MCP_TEST_SIGN_INS ?? act.size(1_000, 60));
  const windowMs = act.size(WINDOW_MS.full, WINDOW_MS.short);
  const perSecond = act.size(PER_MINUTE / 60, 3);
  const fleet = await startFleet(act, {
    database: "PostgreSQL",
    balancer: "nginx",
    people,
    signedIn: 0,
    serve: { registration: { dynamic: true }, limits: { oauth_per_address: 1_000_000, calls_at_once_in_all: 2_000 } },
  });
  const { client_id } = await fleet.client.register({ redirect_uris: ["http://127.0.0.1/cb"] });
  const perWindow = Math.floor((perSecond * windowMs * TOKEN_REQUESTS * PER_WINDOW_OF_NEED) / 1000);
  fleet.sandbox.limitOAuth({ perWindow, windowMs });
  const counts: Counts = { done: 0, told: 0, lost: [], slowestMs: 0 };
  const startedAtMs = performance.now();
  const all: Promise<void>[] = [];
  for (const [number, login] of fleet.logins.entries()) {
    await delay(Math.max(0, startedAtMs + (number * 1000) / perSecond - performance.now()));
    all.push(signInOne(fleet, login, client_id, counts));
  }
  await Promise.all(all);
  const tookMs = performance.now() - startedAtMs;
  const refusals = fleet.sandbox.requests.filter(({ path, status }) => path.startsWith("/oauth2/") && status === 429);
  act.line({
    what: `sign-ins against Okta's limits: ${perWindow} requests to each OAuth endpoint in ${windowMs / 1000} s, 15 % less than they need`,
    load: `${people} sign-ins, ${(perSecond * 60).toFixed(0)} a minute`,
    lost: counts.lost.length,
    refused: `${counts.told} pages that say wait; Okta refused ${refusals.length} requests`,
    recovered: `all signed in after ${inSeconds(tookMs)}, the slowest in ${inSeconds(counts.slowestMs)}`,
    failure: firstOf(
      counts.lost[0],
      counts.done !== people && `${counts.done} of ${people} are signed in`,
      refusals.length === 0 && "the limit was never met",
    ),
  });
}

/** Many people sign in at once. */
export const signIns: Scenario[] = [{ name: "sign-ins", lacks: lacksFleet("nginx"), play: crowd }];
