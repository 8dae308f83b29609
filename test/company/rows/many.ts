import assert from "node:assert/strict";
import { type PlainBrowser, plainBrowser } from "../../support/browser.js";
import type { Database } from "../database.js";
import { type Fleet, startFleet } from "../fleet.js";
import { McpClient } from "../mcp-client.js";
import { lacksFleet } from "../places.js";
import type { Act, Scenario } from "../row.js";
import { firstOf } from "../settle.js";

const PEOPLE = 5_000;
const RECORDS = 50_000;
/** The people who are signed in and call. */
const CALLERS = { full: 1_500, short: 60 };

/** Fills the tables as years of use would. It goes past the code, which would take hours for it. */
async function fill({ cluster, name }: Database, issuer: string): Promise<void> {
  if (cluster === undefined) throw new TypeError("a fleet over PostgreSQL has a cluster");
  const now = "(extract(epoch from now()) * 1000)::bigint";
  const at = `${now} - (${RECORDS} - n) * 1000`;
  const person = `'psnmany' || lpad((n % ${PEOPLE})::text, 8, '0')`;
  await cluster.query(
    `insert into people (id, iss, sub, login, name, email, email_verified, status, groups, groups_at, created_at, seen_at)
     select 'psnmany' || lpad(n::text, 8, '0'), '${issuer}', '00umany' || n, 'many' || n || '@acme.example', 'Many ' || n,
     'many' || n || '@acme.example', 1, 'active', '[]', ${now}, ${now}, ${now} from generate_series(0, ${PEOPLE - 1}) n`,
    name,
  );
  const first = `json_build_object('v', 1, 'id', 'chgmany' || n, 'at', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'org', '${issuer}', 'actor', json_build_object('user', null, 'client_id', null, 'method', 'device'), 'tool',
    'create_group', 'effect', 'adds', 'arguments', json_build_object('profile', json_build_object('name', 'Many ' || n)),
    'confirmed', 'not_needed', 'requests', '[]'::json)`;
  const last = `json_build_object('id', 'chgmany' || n, 'ended_at', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'outcome', 'done')`;
  for (const [isFirst, line] of [
    [1, first],
    [0, last],
  ] as const) {
    await cluster.query(
      `insert into journal (change_id, is_first, line, written_at, person, client, role, act_as)
       select 'chgmany' || n, ${isFirst}, (${line})::text, ${at}, ${person}, 'client-' || n % 40, 'helpdesk', 'user'
       from generate_series(0, ${RECORDS / 2 - 1}) n`,
      name,
    );
  }
  await cluster.query(
    `insert into audit (at, actor, client, action, outcome, ip, request_id)
     select ${at}, ${person}, 'client-' || n % 40, case when n % 3 = 0 then 'sign_in' else 'call' end,
     case when n % 7 = 0 then 'refused' else 'done' end, '203.0.113.' || n % 250, 'request-' || n
     from generate_series(0, ${RECORDS - 1}) n`,
    name,
  );
  await cluster.query("analyze", name);
}

const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Signs an admin in. */
async function asAdmin({ client, sandbox, publicUrl, logins }: Fleet): Promise<PlainBrowser> {
  const browser = plainBrowser();
  sandbox.authorization.control.autoSignIn(logins[0]);
  const page = await client.follow(browser, await browser.get(`${publicUrl}/admin`));
  const home = await client.follow(browser, await browser.submit(page, "/admin/login", {}));
  assert.equal(home.status, 200, home.html);
  return browser;
}

async function manyPeople(act: Act): Promise<void> {
  const callers = act.size(CALLERS.full, CALLERS.short);
  const fleet = await startFleet(act, {
    database: "PostgreSQL",
    instances: 1,
    people: callers,
    hasAdmins: true,
    serve: { log: { level: "warn" } },
  });
  const { database, fixture, publicUrl, sandbox } = fleet;
  await fill(database, sandbox.origin);
  const [instance] = fleet.instances;
  const mcp = new McpClient(`${publicUrl}/mcp`);
  act.atEnd(() => mcp.close());
  const size = `${PEOPLE.toLocaleString("en-US")} people, ${RECORDS.toLocaleString("en-US")} lines of the journal and of the audit each`;

  const browser = await asAdmin(fleet);
  const paths = ["/admin", "/admin/people", "/admin/access", "/admin/roles", "/admin/approvals", "/admin/audit"];
  const times: [string, number][] = [];
  for (const path of [...paths, "/admin/changes", "/admin/people?q=many4999", "/admin/audit?action=sign_in"]) {
    const each: number[] = [];
    for (let time = 0; time < 7; time += 1) {
      const startedAtMs = performance.now();
      const { status } = await browser.get(`${publicUrl}${path}`);
      assert.equal(status, 200, path);
      each.push(performance.now() - startedAtMs);
    }
    times.push([path, median(each)]);
  }
  const slowest = times.toSorted(([, one], [, other]) => other - one)[0] ?? ["", 0];
  act.line({
    what: `L8: admin pages with ${size}`,
    load: `${times.length} pages, 7 times each`,
    recovered: `${slowest[1].toFixed(0)} ms at most (${slowest[0]}; goal 300 ms)`,
    failure: firstOf(!act.isShort && slowest[1] > 300 && `${slowest[0]} takes ${slowest[1].toFixed(0)} ms`),
  });

  const [someone] = fixture;
  const token = someone?.token ?? "";
  await mcp.call(token, "create_group", { profile: { name: "L8 own" } });
  const own: number[] = [];
  for (let time = 0; time < 7; time += 1) {
    const told = await mcp.call(token, "list_changes", { limit: 20 });
    assert.ok(told.text.includes("L8 own"), told.text.slice(0, 300));
    own.push(told.tookMs);
  }
  act.line({
    what: `L8: the own changes of a person with ${size}`,
    load: "7 calls of list_changes",
    recovered: `${median(own).toFixed(0)} ms (goal 300 ms)`,
    failure: firstOf(!act.isShort && median(own) > 300 && `list_changes takes ${median(own).toFixed(0)} ms`),
  });

  const calls = act.size(20_000, 600);
  const round = async (count: number) => {
    let left = count;
    const lane = async (number: number) => {
      for (let at = number; left-- > 0; at += 7) {
        const told = await mcp.call(fixture[at % fixture.length]?.token ?? "", "list_groups", { limit: 1 });
        assert.equal(told.end, "done", `${told.code} ${told.text.slice(0, 300)}`);
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(lane));
  };
  await round(calls / 2);
  const before = instance?.residentMb() ?? 0;
  await round(calls);
  const after = instance?.residentMb() ?? 0;
  act.line({
    what: `L8: memory over calls of ${callers.toLocaleString("en-US")} people, after as many to warm up as half of them`,
    load: `${calls.toLocaleString("en-US")} calls`,
    recovered: `${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after (goal: 1.1 times at most)`,
    failure: firstOf(!act.isShort && after > before * 1.1 && `the memory grew from ${before} to ${after} MB`),
  });
}

/** A company of size. */
export const many: Scenario[] = [{ name: "L8 many", lacks: lacksFleet(), play: manyPeople }];
