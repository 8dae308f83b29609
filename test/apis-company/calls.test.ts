import { expect, test } from "vitest";
import { ADMIN_LOGIN, HR_SERVER_ID, HR_WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { GPIDS, startApiCompany } from "../support/api-company.js";
import { errorIn, modernClient, resultIn } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { testEachDatabase } from "../support/each-database.js";

const HR_TOKEN = `/oauth2/${HR_SERVER_ID}/v1/token`;

testEachDatabase(
  "two people read and write at once through clients of both eras, each as themselves",
  async (start) => {
    const { web, api, atPages, link } = await startApiCompany({}, start);
    const [ada, bob] = [await web.signIn(), await web.signIn(BOB_LOGIN)];
    const bobModern = modernClient(web.publicUrl, bob.access_token);
    // Nobody has linked the API: nothing is sent, and the error names the page of that very person.
    const before = errorIn(await ada.call("tools/call", { name: "hr_get_user_info_user_get", arguments: {} }));
    expect(before.code).toBe("session_ended");
    expect(before.url).toBe(`${web.publicUrl}/connect/hr`);
    expect(api.requests).toHaveLength(0);
    for (const login of [ADMIN_LOGIN, BOB_LOGIN]) await link(login, await atPages(login));
    const wish = (day: number) => ({
      body: { start_date: `2026-03-0${day}`, end_date: `2026-03-0${day}`, kind: "vacation" },
    });
    const rounds = await Promise.all(
      [1, 2, 3].map(async (day) => ({
        adaReads: await ada.call("tools/call", { name: "hr_get_user_info_user_get", arguments: {} }),
        bobReads: await bobModern.round("hr_get_user_info_user_get"),
        adaWrites: await ada.call("tools/call", { name: "hr_request_time_off", arguments: wish(day) }),
        bobWrites: await bobModern.round("hr_request_time_off", wish(day)),
      })),
    );
    for (const { adaReads, bobReads, adaWrites, bobWrites } of rounds) {
      expect(resultIn(adaReads).gpid).toBe(GPIDS[ADMIN_LOGIN]);
      expect(JSON.parse(bobReads.text).gpid).toBe(GPIDS[BOB_LOGIN]);
      expect(resultIn(adaWrites).gpid).toBe(GPIDS[ADMIN_LOGIN]);
      expect(JSON.parse(bobWrites.text).gpid).toBe(GPIDS[BOB_LOGIN]);
    }
  },
);

test("nothing of a request at /mcp reaches the API but what the tool makes of its arguments", async () => {
  const { web, api, atPages, link } = await startApiCompany();
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  const spoofed = {
    cookie: "session=stolen",
    "x-forwarded-user": BOB_LOGIN,
    "x-api-key": "inbound-key",
    "x-forwarded-host": "evil.example",
  };
  const call = { name: "hr_get_user_info_user_get", arguments: {} };
  expect(resultIn(await ada.call("tools/call", call, spoofed)).gpid).toBe(GPIDS[ADMIN_LOGIN]);
  const [request] = api.requests;
  const headers = request?.headers ?? {};
  const sent = JSON.stringify(headers);
  expect(sent).not.toContain(ada.access_token);
  for (const value of Object.values(spoofed)) expect(sent).not.toContain(value);
  expect(headers.host).toBe(new URL(api.origin).host);
});

test("a role that no API names sees no tool of it and calls none", async () => {
  const roles = [
    { name: "staff", members: [ADMIN_LOGIN], scopes: [] },
    { name: "readers", members: [BOB_LOGIN], scopes: ["okta.users.read"] },
  ];
  const { web, api } = await startApiCompany({ roles });
  const [ada, bob] = [await web.signIn(), await web.signIn(BOB_LOGIN)];
  expect((await ada.call("tools/list")).text).toContain("hr_list_employees");
  expect((await bob.call("tools/list")).text).not.toContain("hr_");
  const refused = await bob.call("tools/call", { name: "hr_health_check_health_get", arguments: {} });
  expect(refused.text).not.toContain("healthy");
  expect(api.requests).toHaveLength(0);
});

test("an open operation needs no link and carries no identity", async () => {
  const { web, api } = await startApiCompany();
  const ada = await web.signIn();
  const answer = await ada.call("tools/call", { name: "hr_health_check_health_get", arguments: {} });
  expect(resultIn(answer)).toMatchObject({ status: "healthy" });
  expect(api.requests[0]?.headers).not.toHaveProperty("authorization");
});

test("a 401 of the API renews the token once; a second one is an error that is not our own 401", async () => {
  const { web, api, atPages, link } = await startApiCompany();
  const ada = await web.signIn();
  await link(ADMIN_LOGIN, await atPages(ADMIN_LOGIN));
  const read = () => ada.call("tools/call", { name: "hr_get_user_info_user_get", arguments: {} });
  const tokens = () => web.company.sandbox.count("POST", HR_TOKEN);
  const issued = tokens();
  api.next("GET", "/user", { status: 401, times: 1 } as never);
  expect(resultIn(await read()).gpid).toBe(GPIDS[ADMIN_LOGIN]);
  expect(tokens()).toBe(issued + 1);
  api.next("GET", "/user", { status: 401, times: 2 } as never);
  const refused = await read();
  expect(refused.status).toBe(200);
  expect(errorIn(refused).code).toBe("api_refused_token");
  expect(tokens()).toBe(issued + 2);
});

testEachDatabase(
  "a token that has ended is renewed; once the refresh token is revoked the person links anew",
  async (start) => {
    const { web, api, atPages, link, grantOf } = await startApiCompany({}, start);
    const ada = await web.signIn();
    const browser = await atPages(ADMIN_LOGIN);
    await link(ADMIN_LOGIN, browser);
    const read = () => ada.call("tools/call", { name: "hr_get_user_info_user_get", arguments: {} });
    const first = await grantOf(ADMIN_LOGIN);
    // The store holds it as ended.
    await web.store.upstream.renewed(first ?? expect.unreachable(), {
      ...(first ?? expect.unreachable()),
      accessEndsAtMs: 1,
    });
    expect(resultIn(await read()).gpid).toBe(GPIDS[ADMIN_LOGIN]);
    const second = await grantOf(ADMIN_LOGIN);
    expect(second?.access).not.toBe(first?.access);
    web.company.control.revokeTokens({ login: ADMIN_LOGIN, clientId: HR_WEB_CLIENT_ID });
    // Okta's access tokens live on; this API looks them up.
    api.next("GET", "/user", { status: 401 });
    const lost = errorIn(await read());
    expect(lost).toMatchObject({ code: "session_ended", url: `${web.publicUrl}/connect/hr` });
    expect(await grantOf(ADMIN_LOGIN)).toBeUndefined();
    await link(ADMIN_LOGIN, browser);
    expect(errorIn(await read()).code).toBe("ok");
  },
);
