import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN, HR_NATIVE_CLIENT_ID, HR_SERVER_ID, HR_SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { startPracticeCompany } from "../support/practice-company.js";

const ADA = "GP010000";
const BOB = "GP010001";

describe("the practice API", () => {
  test("tells everybody that it is healthy, and describes itself", async () => {
    const { call, api } = await startPracticeCompany();
    expect(await call("GET", "/health")).toMatchObject({ status: 200, json: { status: "healthy" } });
    const { json } = await call("GET", "/openapi.json");
    expect(json).toMatchObject({ openapi: "3.1.0", servers: [{ url: api.origin }] });
    expect(json.paths["/hello"].get.operationId).toBe("hello_world_hello_get");
    expect(await call("GET", "/nothing")).toMatchObject({ status: 404, json: { detail: "Not Found" } });
    const refused = await call("PUT", "/time-off");
    expect({ status: refused.status, allow: refused.headers.get("allow") }).toEqual({ status: 405, allow: "POST" });
  });

  test("greets whoever is signed in by what the token says", async () => {
    const { call, tokenOf } = await startPracticeCompany();
    const ada = await tokenOf(ADMIN_LOGIN);
    expect((await call("GET", "/hello", ada)).json).toEqual({
      message: `Hello, ${ADMIN_LOGIN}!`,
      user_id: ADMIN_LOGIN,
    });
    expect((await call("GET", "/user", await tokenOf(BOB_LOGIN, ["hr.read"]))).json).toEqual({
      user_id: BOB_LOGIN,
      client_id: HR_NATIVE_CLIENT_ID,
      scopes: ["hr.read"],
      gpid: BOB,
      employee_number: "10001",
    });
  });

  test("has the directory of everybody page by page, and the record of oneself alone", async () => {
    const { call, tokenOf } = await startPracticeCompany();
    const ada = await tokenOf(ADMIN_LOGIN);
    const first = await call("GET", "/employees?limit=1", ada);
    expect(first.json).toMatchObject({ items: [{ gpid: ADA, name: "Ada Admin" }], next_cursor: ADA });
    const second = await call("GET", `/employees?limit=1&cursor=${first.json.next_cursor}`, ada);
    expect(second.json).toMatchObject({ items: [{ gpid: BOB }], next_cursor: null });
    expect((await call("GET", "/employees?department=Manufacturing", ada)).json.items).toHaveLength(1);
    expect((await call("GET", `/employees/${ADA}`, ada)).json).toMatchObject({ gpid: ADA, employee_number: "10000" });
    for (const path of [`/employees/${BOB}`, `/time-off/${BOB}`, `/time-off/${BOB}/TO-1001`]) {
      expect(await call("GET", path, ada)).toMatchObject({
        status: 403,
        json: { detail: "Everybody may see their own record alone" },
      });
    }
  });

  test("has the same shifts of a person at every question, on workdays", async () => {
    const { call, tokenOf } = await startPracticeCompany();
    const path = `/schedules?gpid=${ADA}&start_date=2026-11-23&end_date=2026-11-29`;
    const { json } = await call("GET", path, await tokenOf(ADMIN_LOGIN));
    expect(json.shifts.map(({ date }: { date: string }) => date)).toEqual(
      [23, 24, 25, 26, 27].map((day) => `2026-11-${day}`),
    );
    expect((await call("GET", path, await tokenOf(ADMIN_LOGIN))).json).toEqual(json);
  });

  test("enters a request for time off, shows it, and takes it back", async () => {
    const { call, tokenOf } = await startPracticeCompany();
    const ada = await tokenOf(ADMIN_LOGIN);
    const wish = { kind: "vacation", start_date: "2026-12-07", end_date: "2026-12-11", note: "Ünter den Bergen" };
    const entered = await call("POST", "/time-off", ada, wish);
    const place = entered.headers.get("location") ?? "";
    expect(entered).toMatchObject({ status: 201, json: { ...wish, gpid: ADA, days: 5, status: "pending" } });
    expect(place).toBe(`/time-off/${ADA}/TO-1001`);
    expect((await call("GET", place, ada)).json).toEqual(entered.json);
    expect((await call("GET", `/time-off/${ADA}`, ada)).json).toEqual({
      gpid: ADA,
      vacation_days_left: 20,
      requests: [entered.json],
    });
    expect(await call("POST", "/time-off", ada, wish)).toMatchObject({
      status: 409,
      json: { detail: "These days overlap with the request TO-1001" },
    });
    expect(await call("DELETE", place, await tokenOf(BOB_LOGIN))).toMatchObject({ status: 403 });
    expect(await call("DELETE", place, ada)).toMatchObject({ status: 204, json: undefined });
    expect(await call("GET", place, ada)).toMatchObject({ status: 404 });
  });

  test("names every wrong value as a FastAPI service does", async () => {
    const { call, tokenOf } = await startPracticeCompany();
    const ada = await tokenOf(ADMIN_LOGIN);
    expect(await call("GET", "/schedules?start_date=tomorrow&end_date=2026-11-29", ada)).toMatchObject({
      status: 422,
      json: {
        detail: [
          { type: "missing", loc: ["query", "gpid"], msg: "Field required" },
          { type: "format_error", loc: ["query", "start_date"], input: "tomorrow" },
        ],
      },
    });
    expect(await call("GET", "/employees?limit=1000", ada)).toMatchObject({
      status: 422,
      json: { detail: [{ type: "maximum_error", loc: ["query", "limit"] }] },
    });
    const wish = { kind: "party", start_date: "2026-12-07", ende: "2026-12-11" };
    expect((await call("POST", "/time-off", ada, wish)).json.detail).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "missing", loc: ["body", "end_date"] }),
        expect.objectContaining({ type: "extra_forbidden", loc: ["body", "ende"] }),
        expect.objectContaining({ type: "enum_error", loc: ["body", "kind"], input: "party" }),
      ]),
    );
    const backwards = { kind: "sick", start_date: "2026-12-07", end_date: "2026-12-01" };
    expect((await call("POST", "/time-off", ada, backwards)).json.detail).toMatchObject([
      { loc: ["body", "end_date"], msg: "end_date comes before start_date" },
    ]);
  });
});

describe("the practice API's check of tokens", () => {
  test("refuses a request without a token, and one whose token does not count", async () => {
    const { call, tokenOf, control, clock, origin, sandbox } = await startPracticeCompany();
    const bare = await call("GET", "/user");
    expect({ status: bare.status, challenge: bare.headers.get("www-authenticate") }).toEqual({
      status: 401,
      challenge: "Bearer",
    });
    const direct = { clientId: HR_NATIVE_CLIENT_ID, login: ADMIN_LOGIN };
    const refusedFor = async (token: string) => {
      const { status, json, headers } = await call("GET", "/user", token);
      expect({ status, challenge: headers.get("www-authenticate") }).toEqual({
        status: 401,
        challenge: `Bearer error="invalid_token", error_description="${json.detail}"`,
      });
      return json.detail;
    };
    const other = await control.issueFrom("default", { ...direct, scopes: ["own"] });
    const counts = "The token comes from an authorization server that does not count here";
    expect(await refusedFor(other.access_token)).toBe(counts);
    expect(await refusedFor(await sandbox.authorization.control.issueAccessToken(["okta.users.read"]))).toBe(counts);
    expect(await refusedFor("not-a-jwt")).toBe("The token is not a JWT");
    control.nextToken("access_token", { claims: (claims) => ({ ...claims, aud: "https://elsewhere.example" }) });
    expect(await refusedFor(await tokenOf(ADMIN_LOGIN))).toBe("The token is for another audience");
    control.nextToken("access_token", { signature: "stranger" });
    expect(await refusedFor(await tokenOf(ADMIN_LOGIN))).toBe("The signature of the token is wrong");
    control.nextToken("access_token", { signature: "none" });
    expect(await refusedFor(await tokenOf(ADMIN_LOGIN))).not.toContain(origin);
    const withId = await control.issueFrom(HR_SERVER_ID, { ...direct, scopes: ["openid", "hr.read"] });
    expect(await refusedFor(withId.id_token ?? "")).toBe("The token is for another audience");
    const late = await tokenOf(ADMIN_LOGIN);
    clock.advanceSeconds(3601);
    expect(await refusedFor(late)).toBe("Token expired");
  });

  test("takes a token that a new key of the server has signed", async () => {
    const { call, tokenOf, control } = await startPracticeCompany();
    expect((await call("GET", "/hello", await tokenOf(ADMIN_LOGIN))).status).toBe(200);
    await control.rotateKeys(HR_SERVER_ID);
    expect((await call("GET", "/hello", await tokenOf(ADMIN_LOGIN))).status).toBe(200);
  });

  test("names the scope that is missing", async () => {
    const { call, tokenOf } = await startPracticeCompany();
    const reading = await tokenOf(ADMIN_LOGIN, ["hr.read"]);
    const { status, headers } = await call("POST", "/time-off", reading, {});
    expect({ status, challenge: headers.get("www-authenticate") }).toEqual({
      status: 403,
      challenge: 'Bearer error="insufficient_scope", scope="hr.write"',
    });
  });

  test("lets a service read the directory, and nobody's record", async () => {
    const { call, control, org } = await startPracticeCompany();
    const how = { clientId: HR_SERVICE_CLIENT_ID, scopes: ["hr.read"] };
    const service = (await control.issueFrom(HR_SERVER_ID, how)).access_token;
    expect((await call("GET", "/employees", service)).json.items).toHaveLength(2);
    for (const path of ["/hello", `/employees/${ADA}`]) {
      expect(await call("GET", path, service)).toMatchObject({
        status: 403,
        json: { detail: "This is for people who are signed in, not for services" },
      });
    }
    org.addUser({ profile: { login: "new@acme-robotics.example", email: "new@acme-robotics.example" } });
    const nobody = { clientId: HR_NATIVE_CLIENT_ID, login: "new@acme-robotics.example", scopes: ["hr.read"] };
    const { access_token: token } = await control.issueFrom(HR_SERVER_ID, nobody);
    expect(await call("GET", `/employees/${ADA}`, token)).toMatchObject({
      status: 403,
      json: { detail: "The token does not tell who you are at HR: it has no claim gpid" },
    });
  });
});

test("a test sees what the practice API was sent, and has it fail", async () => {
  const { api, call, tokenOf } = await startPracticeCompany();
  const token = await tokenOf(ADMIN_LOGIN);
  api.next("GET", "/hello", { status: 401, headers: { "WWW-Authenticate": "Bearer" }, json: { detail: "Not now" } });
  api.next("POST", "/time-off", { status: 500, text: "<h1>Oops</h1>", performed: true });
  expect((await call("GET", "/hello", token)).status).toBe(401);
  expect((await call("GET", "/hello", token)).status).toBe(200);
  expect(api.requests.map(({ path, headers, status }) => ({ path, token: headers.authorization, status }))).toEqual([
    { path: "/hello", token: `Bearer ${token}`, status: 401 },
    { path: "/hello", token: `Bearer ${token}`, status: 200 },
  ]);
  api.next("GET", "/health", { fault: "delay", delayMs: 1 });
  expect((await call("GET", "/health")).status).toBe(200);
  expect(api.count("GET", "/hello")).toBe(2);
});
