import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failure, REVOKE, SCOPES, startOrg, tokenValue } from "./support.js";

describe("signing out", () => {
  test("revokes both tokens at Okta and removes them here", async () => {
    const org = await startOrg();
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    const value = await tokenValue(session, org);
    expect(await session.signOut()).toEqual({ revoked: true });
    expect(
      org
        .sent(REVOKE)
        .map(({ form }) => form.get("token_type_hint"))
        .sort(),
    ).toEqual(["access_token", "refresh_token"]);
    const url = new URL("/api/v1/users", org.sandbox.origin);
    expect((await fetch(url, { headers: { authorization: `Bearer ${value}` } })).status).toBe(401);
    expect(await readdir(join(org.stateDir, "tokens"))).toEqual([]);
    expect((await failure(session.token())).code).toBe("signed_out");
    expect((await failure(org.session({ tokenStore: "file" }).token())).code).toBe("signed_out");
  });

  test("removes the tokens here also when Okta cannot be reached, and says that they were not revoked", async () => {
    const org = await startOrg();
    const session = org.session({ tokenStore: "file" });
    await org.signIn(session);
    org.sandbox.next("POST", REVOKE, { fault: "reset", times: 20 });
    expect(await session.signOut()).toEqual({ revoked: false });
    expect(await readdir(join(org.stateDir, "tokens"))).toEqual([]);
    expect((await session.status()).signedIn).toBe(false);
  });

  test("works from a process that has not read the store yet, and when nobody is signed in", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    expect(await org.session({ tokenStore: "file" }).signOut()).toEqual({ revoked: true });
    expect(org.sent(REVOKE)).toHaveLength(2);
    expect(await org.session({ tokenStore: "file" }).signOut()).toEqual({ revoked: true });
    expect(org.sent(REVOKE)).toHaveLength(2);
  });

  test("takes a stored sign-in with other scopes along", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    await org.session({ tokenStore: "file", scopes: [...SCOPES, "okta.apps.read"] }).signOut();
    expect(org.sent(REVOKE)).toHaveLength(2);
    expect(await readdir(join(org.stateDir, "tokens"))).toEqual([]);
  });

  test("ends a sign-in that waits for a person", async () => {
    const org = await startOrg();
    const session = org.session();
    const pending = await session.startSignIn();
    await session.signOut();
    expect((await failure(pending.done)).code).toBe("cancelled");
  });
});
