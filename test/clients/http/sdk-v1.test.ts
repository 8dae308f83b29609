import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { plainBrowser } from "../../support/browser.js";
import { startCompanyWeb } from "../../support/company-server.js";
import { listenForCode, personWithChromium } from "./persons.js";
import { plainPerson, readingAtFirst, type Seen } from "./plain-person.js";
import { SDK_V1 } from "./sdks.js";
import { testProgram } from "./test-program.js";

async function setUp() {
  const web = await startCompanyWeb();
  const seen: Seen = { consents: 0 };
  const redirectUri = await listenForCode();
  const program = testProgram(SDK_V1, web.publicUrl, plainPerson(web, ADMIN_LOGIN, seen), { redirectUri });
  return { ...web, seen, program, redirectUri };
}

describe("C1: a client of the SDK for 2025-11-25", () => {
  test("C1: registers, signs a person in, lists and calls", async () => {
    const { program, seen, company } = await setUp();
    await program.connect();
    expect(seen.consents).toBe(1);
    expect(program.provider.opened).toHaveLength(1);
    expect(program.provider.kept.client?.client_id).toBeTruthy();
    expect(await program.list()).toEqual(expect.arrayContaining(["list_users", "delete_group"]));
    const { isError, text } = await program.call("list_users");
    expect(isError, text).toBe(false);
    expect(text).toContain(ADMIN_LOGIN);
    // The program has tokens of this server, and none that would count at Okta.
    const { access_token } = program.provider.kept.tokens ?? expect.fail("no tokens");
    const atOkta = await fetch(`${company.origin}/api/v1/users`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(atOkta.status).toBe(401);
  });

  test("C1: signs in through the pages in Chromium", { timeout: 60_000 }, async (context) => {
    const { person, complaints } = await personWithChromium(context, "Ada Admin");
    const { publicUrl } = await startCompanyWeb();
    const program = testProgram(SDK_V1, publicUrl, person, { redirectUri: await listenForCode() });
    await program.connect();
    expect((await program.call("list_users")).text).toContain(ADMIN_LOGIN);
    expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
  });

  test("C1: renews its token after that has ended, and nobody is asked", async () => {
    const { program, seen } = await setUp();
    await program.connect();
    const before = program.provider.kept.tokens;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await program.call("list_users")).isError).toBe(false);
    const after = program.provider.kept.tokens;
    expect(after?.access_token).not.toBe(before?.access_token);
    expect(after?.refresh_token).not.toBe(before?.refresh_token);
    expect(program.provider.opened).toHaveLength(1);
    expect(seen.consents).toBe(1);
  });

  test("C1: signs in again where its access was taken away in the middle", async () => {
    const { program, seen, follow, publicUrl } = await setUp();
    await program.connect();
    const browser = plainBrowser();
    const door = await browser.get(`${publicUrl}/me`);
    const me = await follow(browser, await browser.submit(door, "/me/sign-in", {}));
    await follow(browser, await browser.submit(me, "/me/revoke", {}));
    expect((await program.call("list_users")).isError).toBe(false);
    expect(program.provider.opened).toHaveLength(2);
    expect(seen.consents).toBe(2);
  });

  test("C1: a new process goes on with the tokens that the last one left", async () => {
    const { program, publicUrl, redirectUri } = await setUp();
    await program.connect();
    const next = testProgram(SDK_V1, publicUrl, () => expect.fail("Nobody is to be asked."), { redirectUri });
    Object.assign(next.provider.kept, program.provider.kept);
    await next.connect();
    expect((await next.call("list_users")).isError).toBe(false);
  });

  test("C1: is told of all scopes where a call needs more than its token has, and gets them by a new sign-in", async () => {
    const web = await startCompanyWeb();
    const seen: Seen = { consents: 0 };
    const person = readingAtFirst(plainPerson(web, ADMIN_LOGIN, seen));
    const program = testProgram(SDK_V1, web.publicUrl, person, { redirectUri: await listenForCode() });
    const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
    await program.connect();
    const { kept, opened } = program.provider;
    expect(kept.tokens?.scope).toBe("mcp:read");
    const write = () => program.call("add_user_to_group", { group_id: lab.id, user_id: web.company.person().id });
    // This SDK renews the token where a 403 asks for scopes, and a renewed token has no more than the one before.
    await expect(write()).rejects.toThrow("403 after trying upscoping");
    expect(web.company.org.groups.membersOf(lab)).toEqual([]);
    program.provider.invalidateCredentials("tokens");
    const { isError, text } = await write();
    expect(isError, text).toBe(false);
    expect(kept.tokens?.scope).toBe("mcp:read mcp:write");
    expect(opened).toHaveLength(2);
    expect(seen.consents).toBe(2);
  });
});
