/**
 * `npm run bench` measures the built server side by side with the bases. It prints a table and writes
 * `bench/results.md`. It sends nothing beyond the local host, except that npm may ask its registry for packages.
 * `npm run bench -- start eras` measures only what these words name, and writes nothing. With `--before PATH`, the entry
 * of an earlier build, that build stands beside this one.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundle } from "../scripts/bundle.js";
import { SCOPES } from "../src/okta/scopes.js";
import { measureCalls, measureLargeList, measureRateLimit } from "./calls.js";
import { measureCompany } from "./company.js";
import { measureEarlierBuild } from "./earlier-build.js";
import { measureEras } from "./eras.js";
import { measureJson } from "./json.js";
import type { Orgs } from "./org.js";
import { asMarkdown, asText, machine, type Row } from "./report.js";
import { measureDefinitions, measurePackage, measureResults } from "./sizes.js";
import { measureFirstCall, measureMemory, measureStart } from "./starts.js";
import type { Subjects } from "./subjects.js";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const { values, positionals: only } = parseArgs({ options: { before: { type: "string" } }, allowPositionals: true });
const before = values.before === undefined ? undefined : resolve(values.before);
const say = (text = "") => process.stdout.write(`${text}\n`);

const folder = await mkdtemp(join(tmpdir(), "okta-mcp-bench-"));
const org = fork(path("org.ts"), { execArgv: ["--import", "tsx"] });
try {
  const [orgs] = (await once(org, "message")) as [Orgs];
  const bare = join(folder, "bare.cjs");
  await bundle({ entryPoints: [path("bases/bare.mjs")], outfile: bare });
  const subjects: Subjects = {
    entry: path("../dist/okta-mcp.js"),
    empty: path("bases/empty.mjs"),
    bare,
    fetch: path("bases/fetch.mjs"),
    handler: path("bases/mcp-http.mjs"),
    http: path("bases/http.mjs"),
    env: (orgUrl, more = {}) => ({
      HOME: folder,
      OKTA_ORG_URL: orgUrl,
      OKTA_SCOPES: Object.keys(SCOPES).join(" "),
      OKTA_ACCESS_TOKEN: "bench",
      OKTA_LOG_LEVEL: "error",
      ...more,
    }),
  };
  const startedAtMs = Date.now();
  say(machine());
  const measures: [name: string, run: () => Promise<Row[]>][] = [
    ["start, list", () => measureStart(subjects, orgs)],
    ["first call", () => measureFirstCall(subjects, orgs)],
    ["eras", () => measureEras(subjects, orgs)],
    ["calls, list all", () => measureCalls(subjects, orgs)],
    ["large list", () => measureLargeList(subjects, orgs)],
    ["rate limit", () => measureRateLimit(subjects, orgs)],
    ["company", () => measureCompany(subjects, orgs)],
    ["json", () => measureJson(orgs)],
    ["memory", () => measureMemory(subjects, orgs)],
    ["definitions", () => measureDefinitions(subjects, orgs)],
    ["results", () => measureResults(subjects, orgs)],
    ["earlier build", () => (before ? measureEarlierBuild(subjects, before, orgs) : Promise.resolve([]))],
    ["package", () => measurePackage(path(".."), folder)],
  ];
  const rows: Row[] = [];
  for (const [name, run] of measures) {
    if (only.length > 0 && !only.some((word) => name.includes(word))) continue;
    process.stderr.write(`${name} …\n`);
    rows.push(...(await run()));
  }
  say(`\n${asText(rows)}\n`);
  say(
    `${rows.filter(({ met }) => met === false).length} goals missed; ${Math.round((Date.now() - startedAtMs) / 1000)} s`,
  );
  const notes = [
    "empty: a server with one tool, made with the MCP SDK, from node_modules. fetch: the same requests with the platform's fetch, their JSON read, and no other work. node: `node -e 0`.",
    "Starts and first calls: 15 processes of each kind, one after the other, each round beginning with another. Calls and lists: 5 and 10 turns after warming up. Memory: 5 processes of each kind.",
    "modern: a client of MCP 2026-07-28, which sends an envelope with each request, beside one of MCP 2025-11-25, which begins with initialize (legacy), in processes of their own.",
    "/mcp: the server of a company, with tokens of 200 people that were put into its store, in turns with two bases in processes of their own: a bare handler of the MCP SDK with one tool and no sign-in, and an HTTP server of Node.js that answers the same. All clients speak MCP 2026-07-28 over connections that stay open.",
    "The org is a process of its own on this machine and answers at once.",
    "results count the text of a result, which is what a model reads; programs may have structuredContent besides (OKTA_MCP_STRUCTURED_CONTENT), with the items as objects.",
  ];
  if (only.length === 0) await writeFile(path("results.md"), asMarkdown(rows, notes, new Date()));
} finally {
  org.kill();
  await rm(folder, { recursive: true, force: true });
}
