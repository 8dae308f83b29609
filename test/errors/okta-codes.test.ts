import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OKTA_CODES } from "../../src/errors/okta-codes/index.js";
import { connect } from "../support/client.js";
import { openApiDir } from "../support/openapi-dir.js";
import { describeWhere } from "../support/programs.js";

const ROLE_ADVICE = /admin role|Admin roles|Security > Administrators/i;
const LIST = join(openApiDir() ?? "", "error-codes.json");

/** An error answer in Okta's form. */
const answer = (status: number, errorCode: string, errorSummary = "Something of Okta's.") => ({
  status,
  json: { errorCode, errorSummary, errorLink: errorCode, errorId: "oae1", errorCauses: [] },
});

/** The error that a caller gets for each code with which Okta answers the creation of a group. */
async function heardOf(codes: readonly string[]) {
  const { call, sandbox, writes } = await connect();
  const heard = [];
  for (const code of codes) {
    const [published = 400] = OKTA_CODES[code] ?? [];
    // One code is published with status 202, which would be no error.
    sandbox.next("POST", "/api/v1/groups", { ...answer(Math.max(400, published), code), times: 9 });
    const before = writes().length;
    const { error } = await call("create_group", { profile: { name: "Sales" } });
    heard.push({ code, error, attempts: writes().length - before });
    sandbox.clearFaults();
  }
  return heard;
}

describe("Okta's error codes", () => {
  test("are each told by the real server with a cause and with advice, and role advice for one alone", async () => {
    // One of these codes ends the sign-in and the other is a rate limit. Both have tests of their own.
    const codes = Object.keys(OKTA_CODES).filter((code) => !["E0000011", "E0000047"].includes(code));
    expect(codes.length).toBeGreaterThan(240);
    for (const { code, error, attempts } of await heardOf(codes)) {
      const [, ours, why] = OKTA_CODES[code] ?? [];
      expect(error?.code, code).toBe(ours);
      expect(error?.data, code).toMatchObject({ okta_error_code: code });
      expect(error?.message.includes(why ?? "?"), code).toBe(true);
      expect(error?.fix, code).toMatch(/^[A-Z].{8,}\.( Look at the object first.*)?$/s);
      expect(error?.fix, code).not.toMatch(/[{}]|arguments named above|\blist_(?!groups)/);
      expect(ROLE_ADVICE.test(error?.fix ?? ""), code).toBe(code === "E0000006");
      // A refused write is not repeated, and the error does not say that it may have been made.
      expect(attempts, code).toBe(1);
      expect(error?.message.includes("may have been made"), code).toBe(ours === "okta_down" && !isRefusal(code));
    }
  }, 60_000);

  test.each([
    ["E0000023", "protected", /sourced from another system/],
    ["E0000213", "protected", /default brand/],
    ["E0000143", "protected", /this app/],
    ["E0000165", "conflict", /not been verified/],
    ["E0000077", "protected", /only be read/],
    ["E0000078", "protected", /never changed/],
    ["E0000080", "bad_input", /password policy/],
    ["E0000086", "conflict", /cannot be activated/],
    ["E0000107", "conflict", /state/],
    ["E0000111", "protected", /only be read/],
    ["E0000076", "protected", /sourced from another app/],
  ])("%s is %s for a cause of its own", async (code, ours, why) => {
    const [heard] = await heardOf([code]);
    expect(heard?.error).toMatchObject({ code: ours, message: expect.stringMatching(why) });
    expect(heard?.error?.fix).not.toMatch(ROLE_ADVICE);
  });

  test.each([
    ["E0000165", "CAPTCHA count limit reached. At most one CAPTCHA instance is allowed per Org.", /CAPTCHA already/],
    ["E0000149", "Current CAPTCHA is associated with org-wide settings, cannot be removed.", /use the CAPTCHA/],
    ["E0000236", "There are no connected agents", /No agent/],
    ["E0000237", "Timed out waiting for agent", /did not answer in time/],
    ["E0000006", "Device Bound Session Credentials isn't enabled", /switched this on/],
  ])("%s means something else where Okta says %j", async (code, summary, why) => {
    const { call, sandbox } = await connect();
    sandbox.next("POST", "/api/v1/groups", answer(403, code, summary));
    const { error } = await call("create_group", { profile: { name: "Sales" } });
    expect(error?.message).toMatch(why);
    expect(error?.fix).not.toMatch(ROLE_ADVICE);
  });

  test("decide before the status that comes with them", async () => {
    const { call, sandbox } = await connect();
    for (const [status, code, ours] of [
      [400, "E0000015", "forbidden"],
      [400, "E0000006", "forbidden"],
      [403, "E0000007", "not_found"],
      [400, "E0000195", "conflict"],
      [500, "E0000052", "conflict"],
    ] as const) {
      sandbox.next("GET", "/api/v1/groups", answer(status, code));
      expect((await call("list_groups")).error?.code, code).toBe(ours);
    }
  });

  test("and a 403 without one leave the admin role out of it", async () => {
    const { call, sandbox } = await connect();
    for (const json of [undefined, {}, { errorCode: "E0999999" }]) {
      sandbox.next("GET", "/api/v1/groups", { status: 403, json });
      const { error } = await call("list_groups");
      expect(error?.code).toBe("forbidden");
      expect(error?.fix).not.toMatch(ROLE_ADVICE);
    }
  });

  test("of a default policy's place says whose it is", async () => {
    const { call, get, sandbox } = await connect({ seed: 1 });
    const { items } = await get("list_policies", { type: "OKTA_SIGN_ON" });
    const policies = items as { id: string; system: boolean }[];
    const id = policies.find(({ system }) => system)?.id;
    const { id: _, ...policy } = await get("get_policy", { policy_id: id });
    sandbox.next(
      "PUT",
      "/api/v1/policies/{id}",
      answer(403, "E0000077", "Cannot modify the priority attribute because it is read-only."),
    );
    const { error } = await call("update_policy", { policy_id: id, policy_data: policy });
    expect(error).toMatchObject({ code: "protected", message: expect.stringContaining("always the last") });
    expect(error?.fix).not.toMatch(ROLE_ADVICE);
  });
});

describe("a wrong id", () => {
  test("of a user type in the place of its schema's is told how to find the schema", async () => {
    const { call, get, org } = await connect();
    const [user] = org.users.all();
    const { type, _links: links } = await get("get_user", { user_id: user?.id, include_links: true });
    const { id } = type as { id: string };
    const { error } = await call("get_user_profile_attributes", { schema_id: id });
    expect(error).toMatchObject({
      code: "not_found",
      message: expect.stringContaining("is the id of a user type, and a schema is asked for"),
    });
    expect(error?.message).toContain("_links.schema");
    const { schema } = links as { schema: { href: string } };
    await get("get_user_profile_attributes", { schema_id: schema.href.split("/").at(-1) });
  });

  test.each([
    ["get_group", { group_id: "00u1abcdefghijklmnop" }, "is the id of a user, and a group is asked for", "list_groups"],
    [
      "get_user",
      { user_id: "0oa1abcdefghijklmnop" },
      "is the id of an application, and a user is asked for",
      "list_users",
    ],
    [
      "get_application",
      { app_id: "00p1abcdefghijklmnop" },
      "is the id of a policy, and an application is asked",
      "list_applications",
    ],
  ])("of another kind is named by %s", async (tool, args, message, finder) => {
    const { call } = await connect();
    const { error } = await call(tool, args);
    expect(error).toMatchObject({ code: "not_found", message: expect.stringContaining(message) });
    expect(error?.fix).toContain(finder);
  });
});

/** True for a code with a status below 500, after which nothing was changed, even where the fault is Okta's. */
function isRefusal(code: string): boolean {
  return (OKTA_CODES[code]?.[0] ?? 0) < 500;
}

describeWhere(existsSync(LIST), "Okta's list of error codes is not here")("Okta's published list", () => {
  const { errors } = JSON.parse(existsSync(LIST) ? readFileSync(LIST, "utf8") : "{}") as {
    errors: { errorCode: string; statusCode: number; errorSummary: string; errorDescription: string | null }[];
  };

  test("has the codes and statuses that the table has", () => {
    const { E0000216: _, ...published } = OKTA_CODES;
    const ours = Object.entries(published).map(([code, [status]]) => `${code} ${status}`);
    expect(ours.sort()).toEqual(errors.map(({ errorCode, statusCode }) => `${errorCode} ${statusCode}`).sort());
  });

  test("lends the table no sentence", () => {
    const plain = (text: string) =>
      text
        .toLowerCase()
        .replace(/[^a-z0-9 ]/g, "")
        .trim();
    const theirs = new Set(errors.flatMap((one) => [plain(one.errorSummary), plain(one.errorDescription ?? "")]));
    const copied = Object.entries(OKTA_CODES).filter(([, row]) => row[2] !== "" && theirs.has(plain(row[2])));
    expect(copied).toEqual([]);
  });
});
