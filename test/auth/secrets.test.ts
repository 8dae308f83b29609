import { readFile } from "node:fs/promises";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { Session } from "../../src/auth/session.js";
import { keptFile, REVOKE, serviceJwks, servicePem, startOrg, type TestOrg, TOKEN, tokenValue } from "./support.js";

/** All text that a debugger, a log or a crash report could show of a value. */
function shown(value: unknown): string {
  const parts = [inspect(value, { depth: null, showHidden: true, getters: true, maxStringLength: null })];
  for (let error = value; error instanceof Error; error = error.cause) parts.push(error.stack ?? "", String(error));
  return `${parts.join("\n")}\n${JSON.stringify(value)}`;
}

/** The secrets that requests have sent so far. */
function secretsOf(org: TestOrg): string[] {
  const names = ["refresh_token", "device_code", "client_assertion", "token"];
  const sent = org.sandbox.requests.flatMap(({ body }) => {
    const form = new URLSearchParams(body);
    return names.flatMap((name) => form.get(name) ?? []);
  });
  return [...new Set(sent)];
}

function expectNone(secrets: string[], ...values: unknown[]): void {
  expect(secrets.length).toBeGreaterThan(0);
  for (const value of values) {
    const text = shown(value);
    for (const secret of secrets) {
      expect(text).not.toContain(secret);
      // The signature of a JWT alone would identify it.
      expect(text).not.toContain(secret.slice(-24));
    }
  }
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => value,
    (error: unknown) => error,
  );

/** Takes a session through many failures, and returns everything that it gave out, errors included. */
async function live(org: TestOrg, session: Session): Promise<unknown[]> {
  const given: unknown[] = [session, await outcome(session.restore())];
  if (session.method === "device") {
    const pending = await session.startSignIn();
    given.push(pending, await outcome(session.token()));
    org.control.approve(pending.userCode);
    given.push(await outcome(pending.done));
  }
  const troubles = [
    { status: 400, json: { error: "invalid_client", error_description: "no" } },
    { fault: "malformed" as const },
    { fault: "html" as const },
    { fault: "truncate" as const },
    { fault: "reset-body" as const },
    {
      rewrite: (reply: { status: number; json?: unknown }) => ({
        ...reply,
        json: { ...(reply.json as object), token_type: 7 },
      }),
    },
    {
      rewrite: (reply: { status: number; json?: unknown }) => ({
        ...reply,
        json: { ...(reply.json as object), scope: [1] },
      }),
    },
  ];
  for (const trouble of troubles) {
    org.time.pass(3600);
    org.sandbox.next("POST", TOKEN, { ...trouble, times: 4 });
    given.push(await outcome(session.token()));
    org.sandbox.clearFaults();
  }
  given.push(await outcome(session.token()), await session.status());
  org.sandbox.next("POST", REVOKE, { fault: "reset", times: 9 });
  given.push(await outcome(session.signOut()), session);
  return given;
}

test("a device sign-in shows no token, code or key: not itself, not in errors, not in the log", async () => {
  const org = await startOrg({ deviceClient: { dpopRequired: true }, rotationGraceMs: 1e12 });
  const session = org.session({ tokenStore: "file" });
  await org.signIn(session);
  const value = await tokenValue(session, org);
  const stored = JSON.parse(await readFile(await keptFile(org), "utf8"));
  const given = await live(org, session);
  expectNone([value, stored.refreshToken, stored.proofKey.d, ...secretsOf(org)], given, ...given, org.logged.join(""));
});

test.each(["memory", "file"] as const)(
  "a private key sign-in shows no token, assertion or key (%s)",
  async (tokenStore) => {
    const org = await startOrg({ serviceClient: { jwks: serviceJwks, dpopRequired: true } });
    const session = org.serviceSession({ tokenStore });
    const value = await tokenValue(session, org);
    const stored = await readFile(await keptFile(org), "utf8").catch(() => undefined);
    expect(stored !== undefined).toBe(tokenStore === "file");
    const proofKey = stored === undefined ? [] : [JSON.parse(stored).proofKey.d];
    const given = await live(org, session);
    const pem = servicePem.split("\n").filter((line) => line.length > 40);
    expectNone([value, ...proofKey, ...pem, ...secretsOf(org)], given, ...given, org.logged.join(""));
  },
);

test("a given token is not shown", async () => {
  const org = await startOrg();
  const token = await org.control.issueAccessToken(["okta.users.read"]);
  const session = org.session({ credential: { method: "access-token", token } });
  const used = await session.token();
  session.reject(used);
  const given = [session, used, await outcome(session.token()), await session.status()];
  expectNone([token], ...given, org.logged.join(""));
});
