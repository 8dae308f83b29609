import { readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { ask, failure, keptFile, SCOPES, startOrg, type TestOrg, TOKEN, tokenValue } from "./support.js";

const refreshes = (org: TestOrg) => org.sent(TOKEN).filter(({ form }) => form.get("grant_type") === "refresh_token");

describe("a stored sign-in", () => {
  test("is found by a later process without a network, and used", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    const before = org.sandbox.requests.length;
    const later = org.session({ tokenStore: "file" });
    await later.restore();
    expect(org.sandbox.requests).toHaveLength(before);
    expect(await later.status()).toMatchObject({
      signedIn: true,
      user: "ada.admin@acme-robotics.example",
      method: "device",
      renewable: true,
      tokenKept: `file ${await keptFile(org)}`,
    });
    expect([...(later.granted() ?? [])]).toEqual(expect.arrayContaining(SCOPES));
    expect(await ask(later, org)).toBe(200);
  });

  test("is seen by a server that was told before that nobody is signed in", async () => {
    const org = await startOrg();
    const server = org.session({ tokenStore: "file" });
    await server.restore();
    expect((await failure(server.token())).code).toBe("signed_out");
    await org.signIn(org.session({ tokenStore: "file" }));
    expect(await ask(server, org)).toBe(200);
  });

  test("is not used for another client or another org", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    const client = org.session({ tokenStore: "file", clientId: "0oaSomebodyElse" });
    const elsewhere = org.session({ tokenStore: "file", orgUrl: org.sandbox.origin.replace("127.0.0.1", "localhost") });
    for (const other of [client, elsewhere]) {
      await other.restore();
      expect((await failure(other.token())).code).toBe("signed_out");
    }
  });

  test("is not used when somebody has put it under another org's name", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    const path = await keptFile(org);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(org.sandbox.origin, "https://evil.example"));
    expect((await failure(org.session({ tokenStore: "file" }).token())).code).toBe("signed_out");
  });

  test("with fewer scopes than OKTA_SCOPES names now asks for a new sign-in, naming what is missing", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    const wider = org.session({ tokenStore: "file", scopes: [...SCOPES, "okta.apps.read"] });
    await wider.restore();
    const error = await failure(wider.token());
    expect(error.code).toBe("signed_out");
    expect(error.message).toMatch(/did not ask for "okta\.apps\.read"/);
    expect(wider.granted()).toBeUndefined();
  });

  test("with more scopes than OKTA_SCOPES names now is good enough", async () => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    expect(await ask(org.session({ tokenStore: "file", scopes: ["okta.users.read"] }), org)).toBe(200);
  });

  test("of another window with other scopes is left alone by a renewal, and neither is lost", async () => {
    const org = await startOrg();
    const narrow = org.session({ tokenStore: "file" });
    const wide = org.session({ tokenStore: "file", scopes: [...SCOPES, "okta.apps.read"] });
    // The session with more scopes signs in first, so that the other's sign-in replaces its own in the store.
    await org.signIn(wide);
    await org.signIn(narrow);
    for (let round = 0; round < 3; round += 1) {
      org.time.pass(3600);
      expect(await ask(wide, org)).toBe(200);
      expect(await ask(narrow, org)).toBe(200);
    }
    expect(await ask(org.session({ tokenStore: "file" }), org)).toBe(200);
  });

  test("that another process took away is not used any more", async () => {
    const org = await startOrg();
    const [one, other] = [org.session({ tokenStore: "file" }), org.session({ tokenStore: "file" })];
    await org.signIn(one);
    await other.restore();
    await one.signOut();
    other.reject(await other.token());
    expect((await failure(other.token())).code).toBe("signed_out");
    expect(await other.status()).toMatchObject({ signedIn: false });
  });

  test("that another process renewed is taken over without a request", async () => {
    const org = await startOrg();
    const [one, other] = [org.session({ tokenStore: "file" }), org.session({ tokenStore: "file" })];
    await org.signIn(one);
    await other.restore();
    org.time.pass(3600);
    const values = await Promise.all([tokenValue(one, org), tokenValue(other, org)]);
    expect(values[0]).toBe(values[1]);
    expect(refreshes(org)).toHaveLength(1);
  });

  test.each(["{", "[]", '{"version":1}', ""])("that is damaged (%j) counts as none", async (text) => {
    const org = await startOrg();
    await org.signIn(org.session({ tokenStore: "file" }));
    await writeFile(await keptFile(org), text);
    const later = org.session({ tokenStore: "file" });
    await later.restore();
    expect((await failure(later.token())).code).toBe("signed_out");
    await org.signIn(later);
    expect(await ask(later, org)).toBe(200);
  });

  test("in memory leaves nothing on the disk", async () => {
    const org = await startOrg();
    const session = org.session();
    await org.signIn(session);
    org.time.pass(3600);
    await session.token();
    expect(await readdir(org.stateDir)).toEqual([]);
    expect((await session.status()).tokenKept).toBe("memory of this process");
  });
});
