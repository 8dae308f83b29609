import { describe, expect, test } from "vitest";
import type { NewUser } from "../../sandbox/state/user-store.js";
import { accepts, connect } from "../support/client.js";

const person = (name: string, more: Partial<NewUser> = {}): NewUser => ({
  ...more,
  profile: {
    login: `${name}@acme.example`,
    email: `${name}@acme.example`,
    firstName: name,
    lastName: "Tester",
    ...more.profile,
  },
});

describe("create_user", () => {
  test("sends the whole profile, custom attributes and groups included", async () => {
    const { get, org, sandbox, lastBody } = await connect();
    org.customAttributes.set("clearance", { title: "Clearance", type: "string" });
    const lab = org.addGroup({ profile: { name: "Lab" } });
    const profile = { ...person("mona").profile, clearance: "high" };
    const created = await get("create_user", { profile, group_ids: [lab.id], activate: false });
    expect(created).toMatchObject({ status: "STAGED", profile });
    expect(sandbox.requests.at(-1)).toMatchObject({ method: "POST", path: "/api/v1/users?activate=false" });
    expect(lastBody()).toEqual({ profile, groupIds: [lab.id] });
    expect(org.groups.membersOf(lab).map(({ id }) => id)).toEqual([created.id]);
  });

  test("activates by default, and passes every choice on", async () => {
    const { get, sandbox, lastBody } = await connect();
    const credentials = { password: { value: "correct horse battery" } };
    const created = await get("create_user", {
      profile: person("mona").profile,
      credentials,
      next_login: "changePassword",
      provider: false,
    });
    expect(created.status).toBe("PASSWORD_EXPIRED");
    const { searchParams } = new URL(sandbox.requests.at(-1)?.path ?? "", sandbox.origin);
    expect(Object.fromEntries(searchParams)).toEqual({
      activate: "true",
      provider: "false",
      nextLogin: "changePassword",
    });
    expect(lastBody()).toMatchObject({ credentials });
  });

  test("shows no password, not even one that Okta sends back", async () => {
    const { call, sandbox, logged } = await connect();
    sandbox.next("POST", "/api/v1/users", {
      rewrite: (reply) => ({
        ...reply,
        json: {
          ...(reply.json as object),
          credentials: {
            password: { value: "hunter2hunter2" },
            recovery_question: { question: "Who?", answer: "Rosebud" },
          },
        },
      }),
    });
    const { data, text } = await call("create_user", {
      profile: person("mona").profile,
      credentials: {
        password: { value: "hunter2hunter2" },
        recovery_question: { question: "Who?", answer: "Rosebud" },
      },
    });
    expect(data.credentials).toEqual({
      password: { value: "[masked]" },
      recovery_question: { question: "Who?", answer: "[masked]" },
    });
    for (const secret of ["hunter2hunter2", "Rosebud"]) expect(text + logged.join("")).not.toContain(secret);
  });

  test("tells why Okta refuses a profile", async () => {
    const { call, org } = await connect();
    org.addUser(person("mona"));
    const { error } = await call("create_user", { profile: person("mona").profile });
    expect(error?.code).toBe("conflict");
    expect(error?.message).toContain("already exists");
  });
});

describe("update_user", () => {
  test("changes what is given, clears what is null, and leaves the rest", async () => {
    const { get, org, sandbox, lastBody } = await connect();
    org.customAttributes.set("badge", { title: "Badge", type: "string" });
    const mona = org.addUser(person("mona", { profile: { badge: "77", city: "Oslo", title: "Chemist" } }));
    const updated = await get("update_user", { user_id: mona.id, profile: { city: null, title: "Head chemist" } });
    expect(sandbox.requests.at(-1)).toMatchObject({ method: "POST", path: `/api/v1/users/${mona.id}` });
    expect(lastBody()).toEqual({ profile: { city: null, title: "Head chemist" } });
    expect(updated.profile).toMatchObject({ badge: "77", title: "Head chemist", login: "mona@acme.example" });
    expect(updated.profile).not.toHaveProperty("city");
  });

  test("sends attributes that no library knows, of every type, to the letter", async () => {
    const { call, org, lastBody } = await connect();
    const mona = org.addUser(person("mona"));
    const profile = { futureThing: 'ΔΔΔ\u2028"quotes"', list: ["a", "b"], number: 1e21, flag: false, __proto: "x" };
    await call("update_user", { user_id: mona.id, profile });
    expect(lastBody()).toEqual({ profile });
  });

  test("refuses to change nothing", async () => {
    const { call, org, sent } = await connect();
    const mona = org.addUser(person("mona"));
    const { error } = await call("update_user", { user_id: mona.id });
    expect(error).toMatchObject({ code: "bad_input", fix: "Give profile, credentials or realm_id." });
    expect(sent()).toEqual([]);
  });

  test("asks a person before credentials change, and does not name them", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const mona = org.addUser(person("mona"));
    await get("update_user", {
      user_id: mona.id,
      credentials: { password: { value: "correct horse battery" } },
      strict: true,
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.message).toContain("new credentials: password");
    expect(asked[0]?.message).not.toContain("correct horse");
    expect(writes()).toEqual([`POST /api/v1/users/${mona.id}?strict=true`]);
  });

  test("asks nobody before an ordinary change", async () => {
    const { get, org, asked } = await connect({ person: accepts });
    const mona = org.addUser(person("mona"));
    await get("update_user", { user_id: mona.id, profile: { city: "Oslo" } });
    expect(asked).toEqual([]);
  });

  test("refuses a mask where a secret belongs", async () => {
    const { call, org, sent } = await connect();
    const mona = org.addUser(person("mona"));
    const { error } = await call("update_user", {
      user_id: mona.id,
      credentials: { recovery_question: { question: "Who?", answer: "[masked]" } },
    });
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toContain("credentials.recovery_question.answer");
    expect(sent()).toEqual([]);
  });
});

describe("deactivate_user", () => {
  test("shows who it is and what goes with it, then does it", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const mona = org.addUser(person("mona", { lastLoginMs: Date.UTC(2026, 0, 2) }));
    const lab = org.addGroup({ profile: { name: "Lab" } }, [mona]);
    // An app with two tiles on the home page counts once.
    const links = { read: true, write: true };
    org.addApp({ label: "Wiki", status: "ACTIVE", visibility: { appLinks: links } }, { users: [mona] });
    org.addApp({ label: "Mail", status: "ACTIVE", visibility: { appLinks: { login: true } } }, { groups: [lab] });
    const result = await get("deactivate_user", { user_id: "mona@acme.example", send_email: false });
    expect(result).toEqual({ done: true, user_id: "mona@acme.example" });
    expect(asked[0]?.message.split("\n")).toEqual([
      `Deactivate user: user "mona Tester <mona@acme.example>" (${mona.id})`,
      "- status ACTIVE",
      "- last sign-in 2026-01-02T00:00:00.000Z",
      "- member of 2 groups",
      "- has 2 apps: Wiki, Mail",
      "- loses access to every app and every session at once",
    ]);
    expect(writes()).toEqual(["POST /api/v1/users/mona%40acme.example/lifecycle/deactivate?sendEmail=false"]);
    expect(org.users.get(mona.id)?.status).toBe("DEPROVISIONED");
  });

  test("says so where it is done already", async () => {
    const { call, org, asked, writes } = await connect({ person: accepts });
    const gone = org.addUser(person("gone", { status: "DEPROVISIONED" }));
    const { error } = await call("deactivate_user", { user_id: gone.id });
    expect(error?.code).toBe("conflict");
    expect(error?.fix).toContain("delete_deactivated_user");
    expect([asked, writes()]).toEqual([[], []]);
  });
});

describe("delete_deactivated_user", () => {
  test.each(["ACTIVE", "STAGED", "SUSPENDED", "LOCKED_OUT"] as const)(
    "refuses a user who is %s, whom Okta would only deactivate",
    async (status) => {
      const { call, org, asked, writes } = await connect({ person: accepts, confirmMode: "never" });
      const mona = org.addUser(person("mona", { status }));
      const { error } = await call("delete_deactivated_user", { user_id: mona.id });
      expect(error?.code).toBe("conflict");
      expect(error?.message).toContain(status);
      expect(error?.fix).toContain("DEPROVISIONED");
      expect([asked, writes()]).toEqual([[], []]);
      expect(org.users.get(mona.id)?.status).toBe(status);
    },
  );

  test("deletes a deactivated user for good", async () => {
    const { get, org, asked, writes } = await connect({ person: accepts });
    const gone = org.addUser(person("gone", { status: "DEPROVISIONED" }));
    const result = await get("delete_deactivated_user", { user_id: gone.id });
    expect(result).toEqual({ done: true, user_id: gone.id });
    expect(asked[0]?.message).toContain("deleted for good");
    expect(writes()).toEqual([`DELETE /api/v1/users/${gone.id}`]);
    expect(org.users.get(gone.id)).toBeUndefined();
  });
});
