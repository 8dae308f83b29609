import { setTimeout as delay } from "node:timers/promises";
import { type Era, McpProcess, resultOf } from "./mcp-process.js";
import type { Orgs } from "./org.js";
import { callInTurns, PAIRED_CALLS } from "./pairs.js";
import { median, type Row, ratioRow, withoutGoal } from "./report.js";
import { inTurn, type Subjects, timeOf } from "./subjects.js";

const ROUNDS = 15;
const MEMORY_ROUNDS = 5;
const SETTLED_MS = 1500;
const ERAS = ["legacy", "modern"] as const satisfies readonly Era[];

/** The figures of both eras. The legacy ones are the base. */
type Figures = Record<Era, number[]>;

function figures(): Figures {
  return { legacy: [], modern: [] };
}

function eraRow(what: string, { modern, legacy }: Figures, unit: "ms" | "MB", of: string, most = 1): Row {
  return ratioRow(what, [median(modern), median(legacy)], unit, { most, of });
}

/** The first line of an answer that is no result ends the measurement: an error is quick, and no figure. */
async function result(answer: Promise<string>): Promise<void> {
  const line = await answer;
  if (line.includes('"error":{')) resultOf(line);
}

/**
 * Measures the first answers of a process in both eras: to `server/discover` beside `initialize`, and to `tools/list`.
 * For the list the modern client begins with it, and the legacy client has to send `initialize` before it.
 */
async function measureFirstAnswers({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const answers = { begin: figures(), list: figures(), listLater: figures(), listAgain: figures() };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const era of inTurn(round, ERAS)) {
      const looking = performance.now();
      const begun = new McpProcess([entry], env(orgs.calls), era);
      await begun.begin();
      answers.begin[era].push(performance.now() - looking);
      answers.listLater[era].push(await timeOf(() => result(begun.ask("tools/list"))));
      await begun.end();

      const listing = performance.now();
      const direct = new McpProcess([entry], env(orgs.calls), era);
      if (era === "legacy") await direct.begin();
      await result(direct.ask("tools/list"));
      answers.list[era].push(performance.now() - listing);
      // By then the parts for calls are loaded.
      await delay(SETTLED_MS / 5);
      for (let count = 0; count < 5; count += 1) {
        answers.listAgain[era].push(await timeOf(() => result(direct.ask("tools/list"))));
      }
      await direct.end();
    }
  }
  return [
    eraRow("modern: server/discover, from spawn", answers.begin, "ms", "initialize", 1.1),
    withoutGoal(eraRow("modern: the first tools/list without a probe, from spawn", answers.list, "ms", "legacy")),
    withoutGoal(eraRow("modern: the first tools/list, after server/discover", answers.listLater, "ms", "legacy")),
    withoutGoal(eraRow("modern: tools/list once more", answers.listAgain, "ms", "legacy")),
  ];
}

/** Measures warm calls in sequence in both eras, each in a process of its own, in turns. */
async function measureEraCalls({ entry, env }: Subjects, orgs: Orgs): Promise<Row> {
  const open = (era: Era) => new McpProcess([entry], env(orgs.calls), era);
  const what = `modern: get_user, ${PAIRED_CALLS.toLocaleString("en-US")} in sequence`;
  return ratioRow(what, await callInTurns(open("modern"), open("legacy")), "ms", { most: 1.25, of: "legacy" });
}

/** Measures the resident size at rest after `tools/list`, and again after 100 calls, in both eras. */
async function measureEraMemory({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const sizes = { idle: figures(), busy: figures() };
  for (let round = 0; round < MEMORY_ROUNDS; round += 1) {
    for (const era of inTurn(round, ERAS)) {
      const server = new McpProcess([entry], env(orgs.calls), era);
      await server.begin();
      await result(server.ask("tools/list"));
      await delay(SETTLED_MS);
      sizes.idle[era].push(server.memory()?.nowMb ?? Number.NaN);
      for (let count = 0; count < 100; count += 1) await server.call("get_user", { user_id: "00u1" });
      sizes.busy[era].push(server.memory()?.nowMb ?? Number.NaN);
      await server.end();
    }
  }
  if (Number.isNaN(median(sizes.idle.legacy))) return [];
  return [
    eraRow("modern: memory at rest after tools/list", sizes.idle, "MB", "legacy", 1.25),
    eraRow("modern: memory after 100 calls", sizes.busy, "MB", "legacy", 1.25),
  ];
}

/** Measures a client of MCP 2026-07-28 beside a client of the revisions before it, in the same run. */
export async function measureEras(subjects: Subjects, orgs: Orgs): Promise<Row[]> {
  return [
    ...(await measureFirstAnswers(subjects, orgs)),
    await measureEraCalls(subjects, orgs),
    ...(await measureEraMemory(subjects, orgs)),
  ];
}
