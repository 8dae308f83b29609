import { setTimeout as delay } from "node:timers/promises";
import { FetchBase } from "./fetch-base.js";
import { McpProcess, resultOf } from "./mcp-process.js";
import { type Counts, LIMIT_PER_WINDOW, type Orgs, SLOW_MS, SLOW_USERS, WINDOW_MS } from "./org.js";
import { amountRow, median, type Row, ratioRow, withoutGoal } from "./report.js";
import { inTurn, type Subjects, timeOf } from "./subjects.js";

/** The number of `get_user` calls, the number of turns with `fetch`, and the number of calls at a time. */
const CALLS = 1000;
const ROUNDS = 5;
const WIDTH = 50;

async function inParallel(server: McpProcess, count: number, width: number): Promise<number> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await server.call("get_user", { user_id: "00u1" });
  };
  return await timeOf(() => Promise.all(Array.from({ length: width }, lane)));
}

/** Asks for three fields of each user, because 20,000 whole users are more than the largest result holds. */
const WHOLE_LIST = { fetch_all: true, limit: 200, fields: ["id", "profile.login", "status"] };
/** Raises the limit of a result so that the whole list fits. */
const LARGE_RESULTS = { OKTA_MCP_MAX_RESULT_CHARS: "4000000" };

/** Returns the facts about the list that a result contains. Takes the line with the answer. */
function listOf(line: string) {
  const { content } = resultOf(line) as { content: { text: string }[] };
  return JSON.parse(content[0]?.text ?? "") as {
    total_fetched: number;
    has_more: boolean;
    next_cursor: string | null;
  };
}

/**
 * Reads a whole list with the server and with `fetch` in turns. The first round only warms up and does not count.
 * Returns the median time of each in milliseconds.
 */
async function measureList(
  server: McpProcess,
  base: FetchBase,
  { org, users, rounds }: { org: string; users: number; rounds: number },
): Promise<[ours: number, fetch: number]> {
  const times = { ours: [] as number[], fetch: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const measured = { ours: 0, fetch: 0 };
    for (const name of inTurn(round, ["ours", "fetch"] as const)) {
      if (name === "fetch") {
        const { ms, items } = await base.walk(`${org}/api/v1/users?limit=200`);
        if (items !== users) throw new Error(`fetch read ${items} of ${users} users.`);
        measured.fetch = ms;
        continue;
      }
      let line = "";
      measured.ours = await timeOf(async () => {
        line = await server.call("list_users", WHOLE_LIST);
      });
      const { total_fetched, has_more } = listOf(line);
      if (total_fetched !== users || has_more) throw new Error(`The server read ${total_fetched} of ${users} users.`);
    }
    if (round === 0) continue;
    times.fetch.push(measured.fetch);
    times.ours.push(measured.ours);
  }
  return [median(times.ours), median(times.fetch)];
}

/** Measures warm calls, first in sequence and then 50 at a time. After that it measures reading all pages of a list. */
export async function measureCalls({ entry, fetch, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const base = new FetchBase(fetch);
  await base.ready();
  const server = new McpProcess([entry], env(orgs.calls, LARGE_RESULTS));
  await server.initialize();
  const url = `${orgs.calls}/api/v1/users/00u1`;

  for (const width of [1, WIDTH]) {
    await inParallel(server, CALLS, width);
    await base.parallel(url, CALLS, width);
  }
  const single = { ours: [] as number[], fetch: [] as number[] };
  const wide = { ours: [] as number[], fetch: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of inTurn(round, ["ours", "fetch"] as const)) {
      if (name === "fetch") {
        single.fetch.push(...(await base.sequence(url, CALLS / ROUNDS)));
        wide.fetch.push(await base.parallel(url, CALLS, WIDTH));
        continue;
      }
      for (let count = 0; count < CALLS / ROUNDS; count += 1) {
        single.ours.push(await timeOf(() => server.call("get_user", { user_id: "00u1" })));
      }
      wide.ours.push(await inParallel(server, CALLS, WIDTH));
    }
  }

  const quick = await measureList(server, base, { org: orgs.calls, users: 20_000, rounds: 11 });
  const slow = new McpProcess([entry], env(orgs.slow, LARGE_RESULTS));
  await slow.initialize();
  const distant = await measureList(slow, base, { org: orgs.slow, users: SLOW_USERS, rounds: 3 });
  await slow.end();
  base.end();
  await server.end();
  const perSecond = (ms: number) => (CALLS * 1000) / ms;
  const [ours, theirs] = [perSecond(median(wide.ours)), perSecond(median(wide.fetch))];
  return [
    amountRow(
      `call: get_user, ${CALLS.toLocaleString("en-US")} in sequence, over fetch`,
      median(single.ours) - median(single.fetch),
      "ms",
      1.5,
      `fetch ${median(single.fetch).toFixed(2)} ms`,
    ),
    {
      what: `call: get_user, ${WIDTH} at a time`,
      measured: `${ours.toFixed(0)} a second`,
      base: `fetch ${theirs.toFixed(0)} a second`,
      goal: "at least 0.70",
      figure: (ours / theirs).toFixed(2),
      met: ours / theirs >= 0.7,
    },
    ratioRow("list all: 20,000 users with fetch_all, three fields", quick, "ms", { most: 1.3, of: "fetch" }),
    withoutGoal(
      ratioRow(`for comparison: an org that takes ${SLOW_MS} ms for a page`, distant, "ms", {
        most: 1.15,
        of: "fetch",
      }),
    ),
  ];
}

/** Compares the memory for a list of 200,000 users with that for 20,000. Fails unless the answer is cut and goes on. */
export async function measureLargeList({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const peaks: number[] = [];
  let note = "";
  for (const org of [orgs.calls, orgs.large]) {
    const server = new McpProcess([entry], env(org, LARGE_RESULTS));
    await server.initialize();
    const { total_fetched, has_more, next_cursor } = listOf(await server.call("list_users", WHOLE_LIST));
    if (org === orgs.large) {
      if (!has_more || next_cursor === null) throw new Error("The list was not cut.");
      const after = listOf(await server.call("list_users", { ...WHOLE_LIST, after: next_cursor }));
      if (after.total_fetched === 0) throw new Error("The list does not go on.");
      note = `cut after ${total_fetched.toLocaleString("en-US")} at 4,000,000 characters, goes on with next_cursor`;
    }
    peaks.push(server.memory()?.peakMb ?? Number.NaN);
    await server.end();
  }
  const [small = Number.NaN, large = Number.NaN] = peaks;
  if (Number.isNaN(large)) return [];
  const row = ratioRow(`list all: memory over 200,000 users (${note})`, [large, small], "MB", {
    most: 2,
    of: "20,000 users",
  });
  return [{ ...row, goal: "bounded" }];
}

/**
 * Makes 300 calls, 50 at a time, against an org that allows 100 in a window. Repeats that three times, each time from
 * the start of a window.
 */
export async function measureRateLimit({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const LIMITED_CALLS = 300;
  const timesMs: number[] = [];
  let failed = 0;
  for (let round = 0; round < 3; round += 1) {
    const server = new McpProcess([entry], env(orgs.limited));
    await server.initialize();
    await server.ask("tools/list");
    await delay(WINDOW_MS - (Date.now() % WINDOW_MS) + 50);
    let left = LIMITED_CALLS;
    const lane = async () => {
      while (left-- > 0) {
        await server.call("get_user", { user_id: "00u1" }).catch(() => {
          failed += 1;
        });
      }
    };
    timesMs.push(await timeOf(() => Promise.all(Array.from({ length: WIDTH }, lane))));
    await server.end();
  }
  const needsMs = (LIMITED_CALLS / LIMIT_PER_WINDOW - 1) * WINDOW_MS;
  const { windows } = (await (await fetch(`${orgs.limited}/counts`)).json()) as Counts;
  const refused = Math.max(...Object.values(windows).map((window) => window.refused));
  return [
    ratioRow(
      `rate limit: ${LIMITED_CALLS} calls, ${WIDTH} at a time, ${LIMIT_PER_WINDOW} per ${WINDOW_MS / 1000} s`,
      [median(timesMs) / 1000, needsMs / 1000],
      "s",
      { most: 1.1, of: "the limit itself" },
    ),
    {
      what: "rate limit: failures, and 429 answers in a window",
      measured: `${failed} failed, ${refused} refused`,
      base: "",
      goal: "0 and at most 1",
      figure: `${failed} and ${refused}`,
      met: failed === 0 && refused <= 1,
    },
  ];
}
