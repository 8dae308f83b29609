import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { errorIn } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { startCompanyWeb } from "../support/company-server.js";

const BOTH = {
  name: "readers",
  members: [ADMIN_LOGIN, BOB_LOGIN],
  scopes: ["okta.users.manage", "okta.groups.manage"],
};

test("M8: who floods is refused, and nobody else waits for it", async () => {
  const web = await startCompanyWeb({ roles: [BOTH] });
  const ada = await web.signIn();
  const bob = await web.signIn(BOB_LOGIN);
  const users = () => bob.call("tools/call", { name: "get_user", arguments: { user_id: BOB_LOGIN } });
  await users();
  web.company.sandbox.next("GET", "/api/v1/groups", { fault: "delay", delayMs: 20_000, times: 100 });
  let ended = 0;
  const flood = Array.from({ length: 100 }, async () => {
    const { status, headers } = await ada.call("tools/call", { name: "list_groups", arguments: {} });
    if (status === 200) ended += 1;
    return { status, wait: headers.get("retry-after") };
  });
  // All of Bob's calls are answered while those of Ada that were let in still wait for Okta.
  for (let times = 0; times < 10; times += 1) expect(errorIn(await users()).code).toBe("ok");
  expect(ended).toBe(0);
  const answers = await Promise.all(flood);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(92);
  for (const { wait } of refused) expect(wait).toMatch(/^\d+$/);
}, 120_000);

test("M9: calls wait for a limit of Okta's by its endpoint, and are told how long where that is too long", async () => {
  const web = await startCompanyWeb({ roles: [BOTH] });
  const { sandbox, clock } = web.company;
  const ada = await web.signIn();
  const bob = await web.signIn(BOB_LOGIN);
  const limited = (seconds: number) => ({
    status: 429,
    headers: {
      "X-Rate-Limit-Limit": "600",
      "X-Rate-Limit-Remaining": "0",
      "X-Rate-Limit-Reset": String(Math.ceil(clock.now() / 1000) + seconds),
    },
    json: { errorCode: "E0000047", errorSummary: "API call exceeded rate limit due to too many requests." },
  });
  const groups = (who: typeof ada) => who.call("tools/call", { name: "list_groups", arguments: {} });
  sandbox.next("GET", "/api/v1/groups", limited(300));
  const told = errorIn(await groups(ada));
  expect(told.code).toBe("rate_limited");
  expect(told.text).toMatch(/another 30\d s/);
  expect(told.text).toMatch(/Retry: after a wait of 30\d s/);
  // Bob's calls of the same endpoint are not sent either, and another endpoint answers both.
  const before = sandbox.count("GET", "/api/v1/groups");
  expect(errorIn(await groups(bob)).code).toBe("rate_limited");
  expect(sandbox.count("GET", "/api/v1/groups")).toBe(before);
  for (const who of [ada, bob]) {
    expect(errorIn(await who.call("tools/call", { name: "get_user", arguments: { user_id: BOB_LOGIN } })).code).toBe(
      "ok",
    );
  }
});
