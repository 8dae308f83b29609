import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { plainPerson, type Seen } from "../../clients/http/plain-person.js";
import { Program } from "../../clients/http/program.js";
import { SDK_V1, sdkV2 } from "../../clients/http/sdks.js";
import { told } from "../../clients/peer.js";
import { plainBrowser } from "../../support/browser.js";
import { findNode, findTool } from "../../support/ci-tools.js";
import { errorIn, modernClient } from "../../support/company-modern.js";
import { YES } from "../../support/stateless.js";
import type { BalancerKind } from "../balancer.js";
import { type Fleet, freePorts, startFleet } from "../fleet.js";
import { eventsOf } from "../listener.js";
import { BALANCERS, lacksFleet } from "../places.js";
import { type Act, messageOf, type Scenario } from "../row.js";

/** One flow of a client, for a person of its own. It throws where it does not go through. */
interface Flow {
  what: string;
  lacks?: () => string | undefined;
  play(fleet: Fleet, login: string): Promise<void>;
}

const REDIRECT = "http://127.0.0.1:1/callback";

/** A person at a program of some SDK. */
function programOf(fleet: Fleet, login: string, sdk: ConstructorParameters<typeof Program>[0]) {
  const seen: Seen = { consents: 0 };
  const { follow } = fleet.client;
  const person = plainPerson({ follow, company: { control: fleet.sandbox.authorization.control } }, login, seen);
  return { program: new Program(sdk, fleet.publicUrl, person, { redirectUri: REDIRECT }), seen };
}

/** Registers, signs in, lists, calls, and renews a token that does not count any more. */
async function wholeWay(fleet: Fleet, login: string, sdk: ConstructorParameters<typeof Program>[0]): Promise<void> {
  const { program, seen } = programOf(fleet, login, sdk);
  try {
    await program.connect();
    assert.ok((await program.list()).includes("delete_group"));
    for (let times = 0; times < 3; times += 1) assert.equal((await program.call("list_groups")).isError, false);
    const { kept, opened } = program.provider;
    const before = kept.tokens;
    if (before !== undefined) kept.tokens = { ...before, access_token: "x".repeat(43) };
    assert.equal((await program.call("list_groups")).isError, false);
    assert.notEqual(kept.tokens?.refresh_token, before?.refresh_token);
    assert.deepEqual([opened.length, seen.consents], [1, 1], "the person is asked once");
  } finally {
    await program.close();
  }
}

async function approvedOnPage(fleet: Fleet, login: string): Promise<void> {
  const { client, org } = fleet;
  const ada = await client.signIn(login);
  const { id } = org.addGroup({ profile: { name: `Of ${login}` } });
  const remove = () => ada.call("tools/call", { name: "delete_group", arguments: { group_id: id } });
  const { code, url } = errorIn(await remove());
  assert.equal(code, "needs_approval");
  const page = await client.follow(ada.browser, await ada.browser.get(url));
  const done = await client.follow(ada.browser, await ada.browser.submit(page, page.url, { answer: "yes" }));
  assert.match(done.html, /Approved/);
  // Three at once reach three instances, and the yes counts once.
  const answers = await Promise.all([1, 2, 3].map(remove));
  assert.equal(answers.filter(({ message }) => message.result.isError !== true).length, 1);
  assert.equal(org.groups.get(id), undefined);
}

async function askedInRounds(fleet: Fleet, login: string): Promise<void> {
  const { client, org, publicUrl } = fleet;
  const { access_token } = await client.signIn(login);
  const ada = modernClient(publicUrl, access_token);
  const { id } = org.addGroup({ profile: { name: `Of ${login}` } });
  const { sees, state } = await ada.round("delete_group", { group_id: id });
  assert.equal(sees, "asks");
  const brought = { inputResponses: YES, requestState: state };
  const ends = await Promise.all([1, 2, 3].map(() => ada.round("delete_group", { group_id: id }, brought)));
  assert.equal(ends.filter((end) => end.sees === "ok").length, 1, `${ends.map((end) => end.sees)}`);
  assert.equal(org.groups.get(id), undefined);
}

async function undone(fleet: Fleet, login: string): Promise<void> {
  const { client, org } = fleet;
  const { access_token } = await client.signIn(login);
  const ada = modernClient(fleet.publicUrl, access_token);
  const { id } = org.addGroup({ profile: { name: `Before ${login}` } });
  const renamed = { group_id: id, profile: { name: `After ${login}` } };
  const dry = await ada.round("update_group", { ...renamed, dry_run: true });
  assert.equal(dry.sees, "ok", dry.text);
  assert.equal(org.groups.get(id)?.profile.name, `Before ${login}`, "a dry run changes nothing");
  const first = await ada.round("update_group", renamed);
  const done =
    first.sees === "asks"
      ? await ada.round("update_group", renamed, { inputResponses: YES, requestState: first.state })
      : first;
  assert.equal(done.sees, "ok", done.text);
  assert.equal(org.groups.get(id)?.profile.name, `After ${login}`);
  const listed = await ada.round("list_changes", {});
  const change = (JSON.parse(listed.text) as { items: { id: string; outcome: string }[] }).items.find(
    ({ outcome }) => outcome === "done",
  );
  assert.ok(change, listed.text);
  const args = { change_id: change.id };
  const asked = await ada.round("undo_change", args);
  const end =
    asked.sees === "asks"
      ? await ada.round("undo_change", args, { inputResponses: YES, requestState: asked.state })
      : asked;
  assert.equal(end.sees, "ok", end.text);
  assert.equal(org.groups.get(id)?.profile.name, `Before ${login}`);
}

/** A person's tools change by a sign-in through some instance, and all streams on all instances say so. */
async function listChanged(fleet: Fleet, login: string): Promise<void> {
  const { client, publicUrl, org } = fleet;
  const { access_token } = await client.signIn(login);
  const streams = await Promise.all([1, 2, 3].map(() => eventsOf(publicUrl, access_token)));
  try {
    const readers = org.groups.all().find(({ profile }) => profile.name === "okta-mcp-readers");
    const user = org.users.findByLogin(login);
    assert.ok(readers && user);
    org.groups.addMember(readers, user);
    const before = performance.now();
    await client.signIn(login);
    await Promise.all(streams.map((stream) => stream.seen("tools/list_changed", 10_000)));
    assert.ok(performance.now() - before < 10_000);
  } finally {
    for (const stream of streams) stream.close();
  }
}

/** The stages of signing in, each of which reaches another instance, for two tabs of one browser at once. */
async function twoTabs(fleet: Fleet, login: string): Promise<void> {
  const { client, sandbox } = fleet;
  const browser = plainBrowser();
  const tabs = [];
  for (const name of ["One", "Two"]) {
    const { client_id } = await client.register({ client_name: name, redirect_uris: ["http://127.0.0.1/callback"] });
    const begun = await client.begin({ client_id, redirect_uri: REDIRECT });
    tabs.push({ client_id, begun, page: await client.follow(browser, await browser.get(begun.url), REDIRECT) });
  }
  for (const { client_id, begun, page } of tabs.reverse()) {
    sandbox.authorization.control.autoSignIn(login);
    const back = await client.follow(browser, await browser.submit(page, page.url, { answer: "allow" }), REDIRECT);
    const code = back.location?.searchParams.get("code") ?? assert.fail(back.html);
    const answer = await client.token({
      grant_type: "authorization_code",
      client_id,
      code,
      redirect_uri: REDIRECT,
      code_verifier: begun.verifier,
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
}

/** P13: a code counts once. P16: a refresh token that is used by many at once logs nobody out. */
async function codeOnceRefreshMany(fleet: Fleet, login: string): Promise<void> {
  const { client, sandbox } = fleet;
  const signedIn = await client.signIn(login);
  const renew = (refresh_token: string) =>
    client.token({ grant_type: "refresh_token", refresh_token, client_id: signedIn.client_id });
  const renewed = await Promise.all(Array.from({ length: 20 }, () => renew(signedIn.refresh_token)));
  assert.deepEqual([...new Set(renewed.map(({ status }) => status))], [200], JSON.stringify(renewed[0]?.body));
  for (const { body } of renewed) {
    assert.equal((await client.call(String(body.access_token), "tools/list")).status, 200);
  }
  const redirectUri = "http://127.0.0.1:4711/cb";
  sandbox.authorization.control.autoSignIn(login);
  const browser = plainBrowser();
  const begun = await client.begin({ client_id: signedIn.client_id, redirect_uri: redirectUri });
  let visit = await client.follow(browser, await browser.get(begun.url), redirectUri);
  if (visit.location === undefined) {
    visit = await client.follow(browser, await browser.submit(visit, visit.url, { answer: "allow" }), redirectUri);
  }
  const code = visit.location?.searchParams.get("code") ?? assert.fail(visit.html);
  const redeemed = await Promise.all(
    Array.from({ length: 20 }, () =>
      client.token({
        grant_type: "authorization_code",
        client_id: signedIn.client_id,
        code,
        redirect_uri: redirectUri,
        code_verifier: begun.verifier,
      }),
    ),
  );
  const good = redeemed.filter(({ status }) => status === 200);
  assert.equal(good.length, 1, `a code was taken ${good.length} times`);
}

/** P28: a token that is revoked on one instance counts on none. */
async function revoked(fleet: Fleet, login: string): Promise<void> {
  const { client, instances, publicUrl } = fleet;
  const signedIn = await client.signIn(login);
  assert.equal((await signedIn.call("tools/list")).status, 200);
  const body = new URLSearchParams({ token: signedIn.refresh_token, client_id: signedIn.client_id });
  assert.equal((await fetch(`${publicUrl}/oauth/revoke`, { method: "POST", body })).status, 200);
  for (const _ of instances) assert.equal((await signedIn.call("tools/list")).status, 401);
}

async function overMcpRemote(fleet: Fleet, login: string): Promise<void> {
  const folder = findTool("mcp-remote") ?? assert.fail();
  const node = process.version.startsWith("v22.") ? process.execPath : (findNode("22") ?? assert.fail());
  const signedIn = await fleet.client.signIn(login);
  const [port = 0] = await freePorts(1);
  const args = [`${fleet.publicUrl}/mcp`, String(port), "--allow-http"];
  const transport = new StdioClientTransport({
    command: node,
    args: [join(folder, "dist/proxy.js"), ...args, "--header", `Authorization:Bearer ${signedIn.access_token}`],
    env: { PATH: process.env.PATH ?? "", HOME: fleet.folder, MCP_REMOTE_CONFIG_DIR: join(fleet.folder, "remote") },
    stderr: "ignore",
  });
  const client = new Client({ name: "of-stdio", version: "1" });
  try {
    await client.connect(transport, { timeout: 60_000 });
    assert.ok((await client.listTools()).tools.some(({ name }) => name === "list_groups"));
    for (let times = 0; times < 3; times += 1) {
      assert.equal(told(await client.callTool({ name: "list_groups", arguments: {} })).isError, false);
    }
  } finally {
    await client.close();
  }
}

export const FLOWS: readonly Flow[] = [
  {
    what: "SDK for 2025-11-25: registration, consent, sign-in, list, calls, refresh",
    play: (fleet, login) => wholeWay(fleet, login, SDK_V1),
  },
  {
    what: "SDK for 2026-07-28: the same",
    play: (fleet, login) => wholeWay(fleet, login, sdkV2("yes").sdk),
  },
  {
    what: "mcp-remote: list and calls",
    lacks: () =>
      findTool("mcp-remote") === undefined || (!process.version.startsWith("v22.") && findNode("22") === undefined)
        ? "not on this machine: mcp-remote or Node.js 22; to install: .ci/tools"
        : undefined,
    play: overMcpRemote,
  },
  { what: "an approval on the page, used by three calls at once: one runs", play: approvedOnPage },
  { what: "a question in rounds, its state brought back three times at once: one runs", play: askedInRounds },
  { what: "dry run, change, list of changes, undo", play: undone },
  { what: "two tabs of one browser sign in at once and end in reverse order", play: twoTabs },
  {
    what: "P13, P16: 20 refreshes with one token all count, 20 exchanges of one code count once",
    play: codeOnceRefreshMany,
  },
  { what: "P28: a grant that was revoked counts on no instance", play: revoked },
  { what: "three streams are told that a person's tools have changed", play: listChanged },
];

async function playFlows(act: Act, balancer: BalancerKind): Promise<void> {
  const fleet = await startFleet(act, { database: "PostgreSQL", balancer, signedIn: 0, hasReaders: true });
  for (const [number, { what, lacks, play }] of FLOWS.entries()) {
    const skipped = lacks?.();
    const name = `L1: ${what} (${balancer})`;
    if (skipped !== undefined) {
      act.line({ what: name, load: "", skipped });
      continue;
    }
    const before = fleet.instances.map(({ lineCount }) => lineCount);
    const failure = await play(fleet, fleet.logins[number] ?? "").then(() => undefined, messageOf);
    const answered = fleet.instances.map(
      (instance, at) =>
        instance.records(before[at]).filter(({ message, path }) => message === "request" && path !== "/readyz").length,
    );
    const load = `${answered.reduce((sum, one) => sum + one, 0)} requests, on the instances ${answered.join(" + ")}`;
    act.line({ what: name, load, failure });
  }
}

/** Every flow of a client over three instances, none of which knows what the others have answered. */
export const flows: Scenario[] = BALANCERS.map((balancer) => ({
  name: `L1 flows ${balancer}`,
  lacks: lacksFleet(balancer),
  play: (act) => playFlows(act, balancer),
}));
