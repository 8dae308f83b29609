import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { covers, fewestForAll, SCOPES } from "../../src/okta/scopes.js";
import { catalogue, familyOf, ownUnder, scopesToTools, toolsOfOurOwn } from "../support/catalogue.js";
import { connect } from "../support/client.js";
import { ONE_PEER_OF_EACH_ERA, PEERS, repeatsCalls } from "../support/peers.js";
import { signal } from "../support/signal.js";

const ALL = Object.keys(scopesToTools);

/** The tools that a set of scopes should list: the specification's own, those that `manage` covers, and ours. */
function expected(scopes: readonly string[]): string[] {
  const may = (scope: string) =>
    scopes.includes(scope) || (scope.endsWith(".read") && scopes.includes(scope.replace(".read", ".manage")));
  const known = new Set([...ALL, ...Object.values(toolsOfOurOwn).filter((scope) => scope !== null)]);
  const tools = [...known].filter(may).flatMap((scope) => [...(scopesToTools[scope] ?? []), ...ownUnder(scope)]);
  const failures = may("okta.logs.read") ? ["get_login_failures"] : [];
  const journal = tools.length > 0 ? ["list_changes", "get_change"] : [];
  const undo = scopes.some((scope) => scope.endsWith(".manage") && scopesToTools[scope]) ? ["undo_change"] : [];
  return [...tools, ...failures, ...journal, ...undo, "get_scope_status"].sort();
}

const alone = [...ALL, "okta.schemas.read"].map((scope) => [scope]);
const pairs = ALL.filter((scope) => scope.endsWith(".manage")).map((scope) => [`${familyOf(scope)}.read`, scope]);

describe.each(ONE_PEER_OF_EACH_ERA)("the tools that a client of the sort %s is shown", (peer) => {
  test.each(
    [...alone, ...pairs, ALL, [], ["openid", "profile"]].map((scopes) => [scopes.join(" + ") || "none", scopes]),
  )("with %s", async (_, scopes) => {
    const { listed, sent } = await connect({ peer, scopes: scopes as string[] });
    expect(await listed()).toEqual(expected(scopes as string[]));
    expect(sent()).toEqual([]);
  });

  test("with the scopes that okta-mcp sandbox prints are all there are, with no scope twice", async () => {
    const { listed } = await connect({ peer, scopes: fewestForAll() });
    expect(await listed()).toEqual(catalogue.entries.map(({ name }) => name));
    const covered = fewestForAll().filter((scope) =>
      covers(new Set(fewestForAll().filter((one) => one !== scope)), scope),
    );
    expect(covered).toEqual([]);
  });

  test("with okta.users.manage include those that only read users", async () => {
    const { listed } = await connect({ peer, scopes: ["okta.users.manage"] });
    expect(await listed()).toEqual(expect.arrayContaining(["list_users", "update_user"]));
  });

  test("with okta.users.read leave out those that change users", async () => {
    const { listed } = await connect({ peer, scopes: ["okta.users.read"] });
    expect(await listed()).not.toContain("update_user");
  });

  test("without any scope are get_scope_status alone", async () => {
    const { listed } = await connect({ peer, scopes: [] });
    expect(await listed()).toEqual(["get_scope_status"]);
  });
});

test("a scope covers itself, manage covers read, and nothing else covers anything", () => {
  for (const granted of Object.keys(SCOPES)) {
    for (const wanted of Object.keys(SCOPES)) {
      const covered = granted === wanted || (wanted.endsWith(".read") && granted === `${familyOf(wanted)}.manage`);
      expect(covers(new Set([granted]), wanted), `${granted} for ${wanted}`).toBe(covered);
    }
  }
  expect(covers(new Set(["okta.users.read.manage", "users.manage", "OKTA.USERS.MANAGE"]), "okta.users.read")).toBe(
    false,
  );
});

describe.each(PEERS)("a tool whose scope is missing, for a client of the sort %s", (peer) => {
  test("names the scope and both places where to add it, and nothing reaches the org", async () => {
    const { call, sent } = await connect({ peer, scopes: ["okta.users.read"] });
    const { error, text } = await call("create_group", { profile: { name: "New" } });
    expect(error).toMatchObject({
      code: "missing_scope",
      data: { scope: "okta.groups.manage", state: "not_configured" },
    });
    expect(text).toContain("okta.groups.manage");
    expect(text).toContain("OKTA_SCOPES");
    expect(text).toContain("Okta API Scopes");
    expect(sent()).toEqual([]);
  });

  test("is refused before its arguments are looked at and before anybody is asked", async () => {
    const { call, sent, asked } = await connect({ peer, scopes: [], person: () => ({ action: "accept" }) });
    const { error } = await call("delete_group", { nonsense: true });
    expect(error?.code).toBe("missing_scope");
    expect([sent(), asked]).toEqual([[], []]);
  });

  test("is refused where the sign-in granted less than OKTA_SCOPES asks for", async () => {
    const { call, listed, sent } = await connect({
      peer,
      scopes: ["okta.users.read", "okta.groups.manage"],
      granted: ["okta.users.read"],
    });
    expect(await listed()).toEqual(expected(["okta.users.read"]));
    const { error, text } = await call("delete_group", { group_id: "00g1" });
    expect(error).toMatchObject({ code: "missing_scope", data: { state: "not_granted" } });
    expect(text).toContain("did not grant");
    expect(sent()).toEqual([]);
  });
});

test.each(ALL)("a tool of every kind is refused without %s", async (scope) => {
  const { call, sent } = await connect({ scopes: ALL.filter((other) => familyOf(other) !== familyOf(scope)) });
  for (const name of scopesToTools[scope] ?? []) {
    const { error } = await call(name, {});
    expect(error, name).toMatchObject({ code: "missing_scope", data: { scope } });
  }
  expect(sent()).toEqual([]);
});

/** Returns those of the messages that tell of a change of the list. */
const listChanges = (messages: readonly JSONRPCMessage[]) =>
  messages.filter((message) => "method" in message && message.method === "notifications/tools/list_changed");

describe.each(PEERS)("a sign-in that grants less than was asked for, to a client of the sort %s", (peer) => {
  test("shortens the list, tells the client, and refuses what is gone", async () => {
    const { client, call, get, listed, control, sent, wire } = await connect({
      peer,
      scopes: ["okta.users.read", "okta.groups.read"],
      signIn: "device",
    });
    const changed = signal();
    await client.onToolsChanged(changed.give);
    expect(await listed()).toEqual(expected(["okta.users.read", "okta.groups.read"]));

    control.grantOnly(["okta.users.read"]);
    control.autoApprove(true);
    await call("list_users");
    await changed.given;

    expect(await listed()).toEqual(expected(["okta.users.read"]));
    expect((await call("list_groups")).error).toMatchObject({
      code: "missing_scope",
      data: { scope: "okta.groups.read", state: "not_granted" },
    });
    await get("list_users");
    expect(sent().filter((line) => line.includes("/groups"))).toEqual([]);
    expect(listChanges(wire.toClient)).toHaveLength(1);
  });

  test("tells a client of a list that grows again, whatever it was before the client came", async () => {
    const scopes = ["okta.users.read", "okta.groups.read"];
    const { newClient, control, session } = await connect({ peer, scopes, signIn: "device" });
    control.autoApprove(true);
    const { client, get, listed } = await newClient(async () => {
      await (await session.startSignIn()).done;
      control.grantOnly(["okta.users.read"]);
      session.reject(await session.token());
      await session.token();
    });
    expect(await listed()).toEqual(expected(["okta.users.read"]));
    const changed = signal();
    await client.onToolsChanged(changed.give);
    control.grantOnly(undefined);
    control.expireAccessTokens();
    await get("list_users");
    await changed.given;
    expect(await listed()).toEqual(expected(scopes));
  });

  test("does not tell a client of a change that changes nothing for it", async () => {
    const { client, call, listed, control, session } = await connect({
      peer,
      scopes: ["okta.users.read"],
      signIn: "device",
    });
    let told = 0;
    await client.onToolsChanged(() => {
      told += 1;
    });
    control.autoApprove(true);
    const changed = new Promise<void>((resolve) => session.onChange(resolve));
    await call("list_users");
    await changed;
    // What the server told before this answer has arrived with it.
    await listed();
    expect(told).toBe(0);
  });

  test("tells a client of 2026-07-28 only if it listens", async () => {
    const scopes = ["okta.users.read", "okta.groups.read"];
    const { call, listed, control, session, wire } = await connect({ peer, scopes, signIn: "device" });
    control.grantOnly(["okta.users.read"]);
    control.autoApprove(true);
    const changed = new Promise<void>((resolve) => session.onChange(resolve));
    await call("list_users");
    await changed;
    expect(await listed()).toEqual(expected(["okta.users.read"]));
    expect(listChanges(wire.toClient)).toHaveLength(repeatsCalls(peer) ? 0 : 1);
  });

  test("is noticed although the very call that signed in needs what is missing", async () => {
    const { call, control, session, sent } = await connect({
      peer,
      scopes: ["okta.users.read", "okta.groups.read"],
      signIn: "device",
      links: () => ({ action: "accept" }),
    });
    control.grantOnly(["okta.users.read"]);
    control.autoApprove(true);
    const { error } = await call("list_groups");
    expect(error).toMatchObject({ code: "missing_scope", data: { state: "not_granted" } });
    expect(session.granted()?.has("okta.users.read")).toBe(true);
    expect(sent()).toEqual([]);
  });
});

describe("get_scope_status", () => {
  test("tells what is configured, granted, active and disabled, and what to do", async () => {
    const { get, sent } = await connect({
      scopes: ["okta.users.read", "okta.groups.read"],
      granted: ["okta.users.read"],
    });
    const status = await get("get_scope_status");
    expect(status).toMatchObject({
      signed_in: true,
      configured_scopes: ["okta.users.read", "okta.groups.read"],
      granted_scopes: ["okta.users.read"],
      unlocking_nothing: [],
      active_tools: expected(["okta.users.read"]),
    });
    expect(status.disabled_tools).toContainEqual({
      name: "list_groups",
      scope: "okta.groups.read",
      why: "the sign-in did not grant its scope",
    });
    expect(status.disabled_tools).toContainEqual({
      name: "get_logs",
      scope: "okta.logs.read",
      why: "its scope is not in OKTA_SCOPES",
    });
    const advice = (status.what_to_do as string[]).join("\n");
    expect(advice).toContain("Add okta.groups.read in both places");
    expect(advice).toContain("okta.logs.read");
    expect(sent()).toEqual([]);
  });

  test("says that nobody is signed in, and signs nobody in", async () => {
    const { get, sandbox } = await connect({ scopes: ["okta.users.read"], signIn: "device" });
    const status = await get("get_scope_status");
    expect(status).toMatchObject({ signed_in: false, granted_scopes: null });
    expect((status.what_to_do as string[])[0]).toContain("okta-mcp login");
    expect(sandbox.requests).toEqual([]);
  });

  test("reports a scope of Okta's that unlocks nothing here", async () => {
    const { get } = await connect({ scopes: ["okta.users.read", "okta.sessions.manage", "okta.user.read", "openid"] });
    expect((await get("get_scope_status")).unlocking_nothing).toEqual(["okta.sessions.manage", "okta.user.read"]);
  });

  test("knows that okta.schemas.read makes a tool better", async () => {
    const { get } = await connect({ scopes: ["okta.schemas.read"] });
    expect((await get("get_scope_status")).unlocking_nothing).toEqual([]);
  });

  test("names every tool once", async () => {
    const { get } = await connect({ scopes: ["okta.groups.manage", "okta.logs.read"] });
    const { active_tools, disabled_tools } = (await get("get_scope_status")) as {
      active_tools: string[];
      disabled_tools: { name: string }[];
    };
    const names = [...active_tools, ...disabled_tools.map(({ name }) => name)].sort();
    expect(names).toEqual(expected(ALL));
  });
});
