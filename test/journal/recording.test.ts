import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { OktaMcpError } from "../../src/errors/index.js";
import { NO_RULES } from "../../src/guard/rules.js";
import type { Journal } from "../../src/journal/change.js";
import { closesTheQuestion, connect, declines } from "../support/client.js";
import { PEERS } from "../support/peers.js";
import { recording } from "./support.js";

const profile = { login: "bo@acme.example", email: "bo@acme.example", firstName: "Bo", lastName: "Li" };

const USER_ID = expect.stringMatching(/^00u\w+$/);

describe("a write that was done", () => {
  test("has who, where, what, how it was agreed to, the object before and after, and Okta's request id", async () => {
    const { get, latest, newGroup, sandbox, sent } = await recording();
    const id = await newGroup();
    await get("update_group", { group_id: id, profile: { name: "Sales", description: "Sells more" } });
    const change = await latest();
    expect(change).toMatchObject({
      org: sandbox.origin,
      actor: { user: ADMIN_LOGIN, client_id: DEVICE_CLIENT_ID, method: "access-token", subject: USER_ID },
      tool: "update_group",
      effect: "changes",
      arguments: { group_id: id, profile: { name: "Sales", description: "Sells more" } },
      target: "Sales",
      confirmed: "not_needed",
      outcome: "done",
      before: { profile: { name: "Sales", description: "Sells" } },
      after: { profile: { name: "Sales", description: "Sells more" } },
    });
    expect(change.requests).toEqual([
      { method: "PUT", path: `/api/v1/groups/${id}`, status: 200, okta_request_id: expect.stringMatching(/^\S+$/) },
    ]);
    expect(change.notes).toBeUndefined();
    expect(Date.parse(change.ended_at ?? "")).toBeGreaterThanOrEqual(Date.parse(change.at));
    expect(sent().filter((line) => line.startsWith("PUT"))).toHaveLength(1);
  });

  test("has nothing before an addition, and nothing after a deletion", async () => {
    const { get, latest, newGroup } = await recording();
    const id = await newGroup();
    expect(await latest()).toMatchObject({ before: null, after: { id, profile: { name: "Sales" } }, target: "Sales" });
    await get("delete_group", { group_id: id });
    expect(await latest()).toMatchObject({
      before: { id, member_ids: [], all_members: true },
      after: null,
      target: "Sales",
      confirmed: "person",
    });
  });

  test.each(PEERS)(
    "tells a value given back, and that nobody was asked, from a yes to a client of the sort %s",
    async (peer) => {
      const without = await recording({ peer, person: undefined });
      const group_id = await without.newGroup();
      const { error } = await without.call("delete_group", { group_id });
      expect(await without.latest()).toMatchObject({
        outcome: "refused",
        error: { code: "needs_confirmation" },
        requests: [],
      });
      await without.get("delete_group", { group_id, confirmation: error?.data.confirmation });
      expect(await without.latest()).toMatchObject({ outcome: "done", confirmed: "one_time_value" });
      expect(JSON.stringify(await without.changes())).not.toContain(String(error?.data.confirmation));

      const never = await recording({ peer, confirmMode: "never" });
      await never.get("delete_group", { group_id: await never.newGroup() });
      expect(await never.latest()).toMatchObject({ outcome: "done", confirmed: "never_asked" });

      const asking = await recording({ peer });
      await asking.get("delete_group", { group_id: await asking.newGroup() });
      expect(await asking.latest()).toMatchObject({ outcome: "done", confirmed: "person" });
    },
  );

  test("is on record before its request leaves", async () => {
    const { get, changes, sandbox } = await recording();
    sandbox.next("POST", "/api/v1/groups", { fault: "delay", delayMs: 100 });
    const seen = sandbox.arrival("POST", "/api/v1/groups").then(changes);
    await get("create_group", { profile: { name: "Sales" } });
    expect(await seen).toMatchObject([{ tool: "create_group", outcome: "unknown", requests: [{ method: "POST" }] }]);
  });
});

describe.each(PEERS)("a write that was refused to a client of the sort %s", (peer) => {
  test.each([
    ["declined", declines],
    ["closed without an answer", closesTheQuestion],
  ])("is on record when the question was %s, without a request", async (_how, person) => {
    const { call, latest, newGroup, writes } = await recording({ peer, person });
    const group_id = await newGroup();
    const before = writes();
    expect((await call("delete_group", { group_id })).error?.code).toBe("declined");
    expect(await latest()).toMatchObject({
      tool: "delete_group",
      outcome: "refused",
      confirmed: "not_given",
      requests: [],
      error: { code: "declined" },
      arguments: { group_id },
    });
    expect(writes()).toEqual(before);
  });

  test("is on record when it would lose something, when it is protected and when its scope is missing", async () => {
    const { call, latest, newGroup, org } = await recording({ peer, scopes: ["okta.groups.manage"] });
    const group_id = await newGroup();
    await call("update_group", { group_id, profile: { name: "Sales" } });
    expect(await latest()).toMatchObject({ outcome: "refused", error: { code: "would_remove" } });
    const everyone = org.groups.all().find((group) => group.profile.name === "Everyone");
    await call("delete_group", { group_id: everyone?.id });
    expect(await latest()).toMatchObject({ outcome: "refused", error: { code: "protected" } });
    await call("deactivate_user", { user_id: "x" });
    expect(await latest()).toMatchObject({ outcome: "refused", error: { code: "missing_scope" } });
  });

  test("is on record with the name that a person was shown", async () => {
    const { call, latest, newGroup, org } = await recording({ peer, person: declines });
    const group_id = await newGroup();
    await call("delete_group", { group_id });
    expect(await latest()).toMatchObject({ tool: "delete_group", outcome: "refused", target: "Sales" });
    const [user] = org.users.all();
    await call("remove_user_from_group", { group_id, user_id: user?.id });
    expect(await latest()).toMatchObject({ target: `${user?.profile.login} in Sales` });
  });

  test("is on record without arguments that were not understood, which may hold anything", async () => {
    const { call, latest } = await recording({ peer });
    await call("create_user", { profile: '{"password":"hunter2hunter2"}', pasword: "hunter2hunter2" });
    const change = await latest();
    expect(change).toMatchObject({ tool: "create_user", outcome: "refused", error: { code: "bad_input" } });
    expect(JSON.stringify(change)).not.toContain("hunter2");
    expect(change.arguments).toBeUndefined();
  });
});

describe("a write that failed", () => {
  test("is on record as failed when Okta refused it, with its request id", async () => {
    const { call, latest } = await recording();
    await call("create_user", { profile: { ...profile, login: "no address" } });
    expect(await latest()).toMatchObject({
      outcome: "failed",
      error: { code: "bad_input" },
      requests: [{ method: "POST", okta_request_id: expect.any(String) }],
    });
  });

  test("is on record as unknown when its answer was lost", async () => {
    const { call, latest, sandbox } = await recording();
    sandbox.next("POST", "/api/v1/groups", { fault: "reset", performed: true });
    await call("create_group", { profile: { name: "Sales" } });
    expect(await latest()).toMatchObject({ outcome: "unknown", error: { code: "unreachable" } });
  });

  test("is on record as failed when it found no way to Okta, since nothing was sent", async () => {
    const { call, get, sandbox, latest } = await recording();
    await sandbox.close();
    const { error } = await call("create_group", { profile: { name: "Sales" } });
    expect(error).toMatchObject({ code: "unreachable", message: expect.stringContaining("connection refused") });
    const change = await latest();
    expect(change).toMatchObject({ outcome: "failed", requests: [{ method: "POST" }], error: { code: "unreachable" } });
    const { error: nothing } = await call("undo_change", { change_id: change.id });
    expect(nothing?.message).toContain("it changed nothing");
    expect(await get("get_change", { change_id: change.id })).toMatchObject({ undo: { possible: false } });
  });

  test("is on record as unknown when Okta refused it only after an answer was lost", async () => {
    const { call, sandbox, latest, newGroup } = await recording();
    const group_id = await newGroup();
    sandbox.next("PUT", `/api/v1/groups/${group_id}`, { fault: "reset", performed: true });
    sandbox.next("PUT", `/api/v1/groups/${group_id}`, { status: 403, json: { errorCode: "E0000006" } });
    await call("update_group", { group_id, profile: { name: "Sales", description: "More" } });
    expect(await latest()).toMatchObject({ outcome: "unknown", error: { code: "forbidden" } });
  });

  test("is on record as done when only what came after it failed", async () => {
    const { call, latest, sandbox } = await recording();
    sandbox.next("POST", "/api/v1/domains", { rewrite: ({ json: _, ...reply }) => reply });
    sandbox.next("GET", "/api/v1/domains", { status: 403, json: { errorCode: "E0000006", errorSummary: "No" } });
    const given = { domain: "login.acme.example", certificate_source_type: "MANUAL" };
    expect((await call("create_custom_domain", given)).error?.code).toBe("forbidden");
    expect(await latest()).toMatchObject({
      outcome: "done",
      error: { code: "forbidden" },
      notes: [expect.stringContaining("The change was made")],
    });
  });

  test("goes on when the state before cannot be read, and says so", async () => {
    const { get, latest, newGroup, sandbox } = await recording();
    const group_id = await newGroup();
    sandbox.next("GET", "/api/v1/users/{id}/groups", { status: 403, json: { errorCode: "E0000006" } });
    await get("add_user_to_group", { group_id, user_id: ADMIN_LOGIN });
    const change = await latest();
    expect(change).toMatchObject({ outcome: "done", after: { member: true } });
    expect(change.before).toBeUndefined();
    expect(change.notes).toEqual(["What was there before is not known: it could not be read (forbidden)."]);
  });
});

describe("what is not on record", () => {
  test("reads, unknown tools, and anything where the journal is off, which then reads nothing besides", async () => {
    const on = await recording();
    await on.get("list_groups");
    await on.call("no_such_tool", {});
    expect(await on.changes()).toEqual([]);
    const off = await connect();
    await off.get("create_group", { profile: { name: "Sales" } });
    expect(off.sent()).toEqual(["POST /api/v1/groups"]);
    for (const tool of ["list_changes", "undo_change"]) {
      const { error } = await off.call(tool, tool === "undo_change" ? { change_id: "x" } : {});
      expect(error).toMatchObject({ code: "bad_config", fix: expect.stringContaining("OKTA_MCP_JOURNAL") });
    }
  });

  test("secrets: not from arguments, not from the org, not inside a text", async () => {
    const { call, get, changes, org } = await recording();
    const KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
    const password = "Tr0ub4dor-and-3";
    const answer = "my first robot";
    const recovery_question = { question: "Pet?", answer };
    await call("create_user", { profile, credentials: { password: { value: password }, recovery_question } });
    await call("update_user", { user_id: profile.login, credentials: { password: { value: password } } });
    const app = org.addApp({
      label: "Portal",
      credentials: { oauthClient: { client_secret: "s3cr3t-of-the-app" }, signing: { pem: KEY } },
    });
    await get("deactivate_application", { app_id: app.id });
    await get("delete_application", { app_id: app.id });
    const text = JSON.stringify(await changes());
    expect(text).toContain('"value":"[masked]"');
    expect(text).toContain('"pem":"[masked]"');
    for (const secret of [password, answer, "s3cr3t-of-the-app", "MIIEvg"]) expect(text).not.toContain(secret);
  });

  test("what a guard file hides, left out or masked, while undo leaves it as it is", async () => {
    const guard = { ...NO_RULES, mask: ["mobilePhone"], omit: ["profile.costCenter"] };
    const { get, changes, org } = await recording({ guard });
    const more = { mobilePhone: "+1 555 0100", costCenter: "CC-4711", title: "Baker" };
    const user = org.addUser({ profile: { ...profile, ...more } });
    const given = { title: "Chef", mobilePhone: "+1 555 0199" };
    await get("update_user", { user_id: user.id, profile: given });
    const text = JSON.stringify(await changes());
    for (const hidden of ["555 0100", "555 0199", "CC-4711"]) expect(text).not.toContain(hidden);
    expect((await changes())[0]?.before).toMatchObject({
      profile: { mobilePhone: "[masked]", costCenter: "[masked]" },
    });
    const change_id = (await changes())[0]?.id;
    const { notes } = await get("undo_change", { change_id });
    expect(notes).toEqual([expect.stringMatching(/stays as it is now: .*profile\.mobilePhone/)]);
    expect(org.users.get(user.id)?.profile).toMatchObject({
      title: "Baker",
      mobilePhone: "+1 555 0199",
      costCenter: "CC-4711",
    });
  });
});

test("an undo puts what is masked back into the item that it was in, however the items stand now", async () => {
  const { get, changes, org } = await recording();
  const keys = [
    { id: "a", token: "of-a" },
    { id: "b", token: "of-b" },
  ];
  const app = org.addApp({ label: "Portal", signOnMode: "QUANTUM_SSO", settings: { keys } });
  const shown = await get("get_application", { app_id: app.id });
  const masked = keys.map(({ id }) => ({ id, token: "[masked]" }));
  expect(shown.settings).toEqual({ keys: masked });
  await get("update_application", {
    app_id: app.id,
    app_config: { ...shown, label: "Portal 2", settings: { keys: masked.toReversed() } },
  });
  expect(org.apps.get(app.id)).toMatchObject({ settings: { keys: keys.toReversed() } });
  await get("undo_change", { change_id: (await changes())[0]?.id });
  expect(org.apps.get(app.id)).toMatchObject({ label: "Portal", settings: { keys } });
});

test("a journal that cannot be written stops writes, says how to mend it, and lets reads go on", async () => {
  const refusal = new OktaMcpError("bad_config", "The journal cannot be written (ENOSPC).", { fix: "Make room." });
  for (const broken of ["check", "append"] as const) {
    const journal: Journal = {
      place: "nowhere",
      check: () => (broken === "check" ? Promise.reject(refusal) : Promise.resolve()),
      append: () => Promise.reject(refusal),
      async *changes() {},
    };
    const { call, get, org, asked, writes } = await recording({ journal });
    const { id } = org.addGroup({ profile: { name: "Lab" } });
    for (const [tool, args] of [
      ["create_group", { profile: { name: "Sales" } }],
      ["delete_group", { group_id: id }],
    ] as const) {
      expect((await call(tool, args)).error, tool).toMatchObject({ code: "bad_config", fix: "Make room." });
    }
    expect(writes()).toEqual([]);
    // If the check already fails, the person is not asked in vain.
    expect(asked).toHaveLength(broken === "check" ? 0 : 1);
    expect(await get("list_groups")).toMatchObject({ total_fetched: 2 });
  }
});

test("a write whose end cannot be recorded is done, and its caller is told", async () => {
  const { journal, ...rest } = await recording();
  const append = journal.append.bind(journal);
  let lines = 0;
  journal.append = (line) => {
    lines += 1;
    return lines === 2 ? Promise.reject(new OktaMcpError("bad_config", "full")) : append(line);
  };
  const group = await rest.get("create_group", { profile: { name: "Sales" } });
  expect(group).toMatchObject({ profile: { name: "Sales" }, journal_warning: expect.stringContaining("as unknown") });
  expect(await rest.latest()).toMatchObject({ outcome: "unknown" });
});

test("the first write after a sign-in has who signed in", async () => {
  const { call, control, session, changes, latest } = await recording({ signIn: "device" });
  control.autoApprove(true);
  const changed = new Promise<void>((resolve) => session.onChange(resolve));
  await call("create_group", { profile: { name: "Sales" } });
  await changed;
  expect(await changes()).toMatchObject([
    { outcome: "refused", error: { code: "sign_in_pending" }, actor: { user: null } },
  ]);
  await call("create_group", { profile: { name: "Sales" } });
  expect(await latest()).toMatchObject({
    outcome: "done",
    actor: { user: ADMIN_LOGIN, method: "device", subject: USER_ID },
  });
});
