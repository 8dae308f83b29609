import { expect, test } from "vitest";
import { SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { parsePrivateKey } from "../../src/auth/private-key.js";
import { compose } from "../../src/cli/compose.js";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { NO_RULES } from "../../src/guard/rules.js";
import { SCOPES, SERVICE_KID, servicePem, startOrg, TOKEN } from "../auth/support.js";

test("session and calls share one clock: what a call learns of the org's time, the next sign-in knows", async () => {
  const org = await startOrg();
  let behindMs = 0;
  const { session, operations } = compose({
    settings: {
      orgUrl: org.sandbox.origin,
      clientId: SERVICE_CLIENT_ID,
      scopes: SCOPES,
      credential: { method: "private-key", key: parsePrivateKey(servicePem, SERVICE_KID) },
      tokenStore: "memory",
      confirm: "ask",
      maxResultChars: DEFAULT_RESULT_CHARS,
      guard: NO_RULES,
      fileRoots: [],
    },
    journal: undefined,
    version: "0.0.0",
    log: org.log,
    now: () => org.time.now() - behindMs,
  });
  const listUsers = () => operations({}).users.listUsers({ limit: 1 });
  await listUsers();
  // The computer's clock is set back. An assertion made by that clock would have expired before it arrives.
  behindMs = 600_000;
  await listUsers();
  session.reject(await session.token());
  await listUsers();
  expect(org.sent(TOKEN).map(({ status }) => status)).toEqual([200, 200]);
  session.close();
});
