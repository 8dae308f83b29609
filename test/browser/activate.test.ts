import type { BrowserContextOptions } from "playwright-core";
import { describe, expect, type TestContext, test } from "vitest";
import { ORG_NAME } from "../../sandbox/facts.js";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import { SCOPES as KNOWN_SCOPES } from "../../src/okta/scopes.js";
import { heading, openBrowser, PHONE, sidewaysScroll, untilTaken } from "../support/chromium.js";
import { faintTexts } from "../support/contrast.js";
import { startOrg } from "../support/oauth-org.js";

async function setUp(context: TestContext, window: BrowserContextOptions = {}, options: OrgAuthorizationOptions = {}) {
  const browser = await openBrowser(context, window);
  const org = await startOrg({ deviceIntervalSeconds: 0, ...options });
  return { ...browser, ...org };
}

describe("a person who signs in", () => {
  test("types the code, sees who asks for what, allows it, and the app gets its tokens", async (context) => {
    // The page has to work without scripts.
    const { page, start, poll, origin, complaints } = await setUp(context, { javaScriptEnabled: false });
    const code = await start("openid offline_access okta.users.read okta.groups.manage okta.orgs.read");

    await page.goto(`${origin}/activate`);
    expect(await page.title()).toBe(`Connect an app · ${ORG_NAME}`);
    expect(await page.getByText("This is a sandbox").isVisible()).toBe(true);
    await page.getByRole("textbox", { name: "Code" }).fill(code.user_code.toLowerCase().replace("-", " "));
    await page.getByRole("button", { name: "Continue" }).click();

    expect(await heading(page)).toBe("Allow okta-mcp to act for you?");
    const shown = await page.getByRole("main").textContent();
    expect(shown).toContain(code.user_code);
    expect(shown).toContain("Ada Admin");
    expect(shown).toContain("Create, change and delete groups and their members");
    expect(shown).toContain("Read users and their profiles");
    expect(shown).toContain("Know that it is you who signs in");
    expect(shown).toContain("okta.orgs.read");
    await page.getByRole("button", { name: "Allow" }).click();

    expect(await heading(page)).toBe("You are signed in");
    expect((await poll(code)).status).toBe(200);
    expect(complaints).toEqual([]);
  });

  test("sees what the org does not grant apart from what allowing means", async (context) => {
    const { page, start, control } = await setUp(context);
    control.grantOnly(["okta.users.read"]);
    await page.goto((await start("openid okta.users.read okta.apps.manage")).verification_uri_complete);
    const lists = await page.locator("h2, li").allTextContents();
    expect(lists.map((text) => text.trim())).toEqual([
      "It could read from your org",
      "Read users and their profiles okta.users.read",
      "To sign you in",
      "Know that it is you who signs in openid",
      "It asks for this too, but your org does not grant it",
      "Create, change, deactivate and delete applications okta.apps.manage",
    ]);
  });

  test("follows the link, denies, and the app gets nothing", async (context) => {
    const { page, start, poll } = await setUp(context);
    const code = await start();
    await page.goto(code.verification_uri_complete);
    await page.getByRole("button", { name: "Deny" }).click();
    expect(await heading(page)).toBe("You denied the sign-in");
    expect((await poll(code)).body.error).toBe("access_denied");
  });

  test("can do it all with the keyboard", async (context) => {
    const { page, start, poll, origin } = await setUp(context);
    const code = await start();
    await page.goto(`${origin}/activate`);
    // The field has the focus from the start, so nothing is pressed to reach it.
    await untilTaken(async () => {
      await page.keyboard.press("Control+A");
      await page.keyboard.type(code.user_code);
      return page.getByRole("textbox", { name: "Code" }).inputValue();
    }, code.user_code);
    await page.keyboard.press("Enter");
    // The address is no sign of the new page, because it changes while the old page still takes keys.
    await page.getByRole("button", { name: "Allow" }).waitFor();
    await untilTaken(async () => {
      await page.keyboard.press("Tab");
      return page.evaluate("document.activeElement.textContent");
    }, "Allow");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();
    expect((await poll(code)).status).toBe(200);
  });

  test("is told of a mistyped code, next to the field, and can correct it", async (context) => {
    const { page, start, origin } = await setUp(context);
    const code = await start();
    await page.goto(`${origin}/activate?user_code=${encodeURIComponent('"><b>AAAA')}`);
    expect(await page.getByRole("alert").textContent()).toMatch(/not known here/);
    const field = page.getByRole("textbox", { name: "Code" });
    expect(await field.inputValue()).toBe('"><b>AAAA');
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await field.fill(code.user_code);
    await page.getByRole("button", { name: "Continue" }).click();
    expect(await heading(page)).toMatch(/^Allow /);
  });

  test("is told that a code has expired, also when it expired while the page was open", async (context) => {
    const { page, start, clock, poll } = await setUp(context);
    const code = await start();
    await page.goto(code.verification_uri_complete);
    clock.advanceSeconds(600);
    await page.getByRole("button", { name: "Allow" }).click();
    expect(await heading(page)).toBe("This code has expired");
    expect((await poll(code)).body.error).toBe("expired_token");
    await page.goto(code.verification_uri_complete);
    expect(await heading(page)).toBe("This code has expired");
    await page.getByRole("link", { name: "Type another code" }).click();
    expect(await heading(page)).toBe("Connect an app");
  });

  test("cannot decide twice", async (context) => {
    const { page, start, control, poll } = await setUp(context);
    const code = await start();
    await page.goto(code.verification_uri_complete);
    control.deny(code.user_code);
    await page.getByRole("button", { name: "Allow" }).click();
    expect(await heading(page)).toBe("This sign-in was denied");
    expect((await poll(code)).body.error).toBe("access_denied");
  });

  test("is told when the org's admin is not active", async (context) => {
    const { page, start, sandbox, admin } = await setUp(context);
    const code = await start();
    sandbox.org.users.setStatus(admin, "SUSPENDED", { eventType: "user.lifecycle.suspend", displayMessage: "Suspend" });
    await page.goto(code.verification_uri_complete);
    expect(await heading(page)).toBe("Nobody can sign in");
  });

  test("with several sign-ins open decides on each by itself", async (context) => {
    const { page, start, poll } = await setUp(context);
    const [first, second] = [await start(), await start()];
    const other = await page.context().newPage();
    await page.goto(first.verification_uri_complete);
    await other.goto(second.verification_uri_complete);
    await page.getByRole("button", { name: "Allow" }).click();
    await other.getByRole("button", { name: "Deny" }).click();
    expect((await poll(first)).status).toBe(200);
    expect((await poll(second)).body.error).toBe("access_denied");
  });
});

describe("the page", () => {
  const EVERY_SCOPE = ["openid profile email offline_access okta.orgs.read", ...Object.keys(KNOWN_SCOPES)].join(" ");

  for (const colorScheme of ["light", "dark"] as const) {
    test(`is readable in ${colorScheme} colours and on a narrow screen, in every state`, async (context) => {
      const { page, start, origin, complaints, requested } = await setUp(context, { colorScheme, viewport: PHONE });
      const code = await start(EVERY_SCOPE);
      const settled = async () => {
        expect(await faintTexts(page)).toEqual([]);
        expect(await sidewaysScroll(page)).toBe(0);
        expect(await page.getAttribute("html", "lang")).toBe("en");
        expect(await page.title()).toContain(ORG_NAME);
        expect(await page.getByText("This is a sandbox").isVisible()).toBe(true);
      };
      await page.goto(`${origin}/activate`);
      await settled();
      await page.goto(code.verification_uri_complete);
      await settled();
      await page.getByRole("button", { name: "Allow" }).click();
      await settled();
      await page.goto(code.verification_uri_complete);
      await settled();
      // The browser requests only the pages themselves. Chromium reports the last page's status 410.
      expect(requested.every((url) => url.startsWith(`${origin}/activate`))).toBe(true);
      expect(complaints.filter((complaint) => !complaint.includes("410"))).toEqual([]);
    });
  }

  test("shows names from the org as text, however they read", async (context) => {
    const { page, start, sandbox, admin, complaints } = await setUp(context, {}, { deviceClient: { label: HOSTILE } });
    sandbox.org.users.change(admin, { profile: { ...admin.profile, displayName: HOSTILE } }, RENAMED);
    const code = await start();
    await page.goto(code.verification_uri_complete);
    expect(await heading(page)).toContain("<img src=x");
    expect(await page.locator("img, script, main a").count()).toBe(0);
    expect(await sidewaysScroll(page)).toBe(0);
    await page.getByRole("button", { name: "Allow" }).click();
    expect(await page.locator("img, script, main a").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test("takes a decision only from itself, in the browser that opened it", async (context) => {
    const { page, start, origin, control } = await setUp(context);
    const [code, other] = [await start(), await start()];
    await page.goto(code.verification_uri_complete);
    const csrf = (await page.locator("[name=csrf_token]").getAttribute("value")) ?? "";
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/activate" });

    const decide = (form: Record<string, string>, header = `${cookie?.name}=${cookie?.value}`) =>
      fetch(`${origin}/activate`, {
        method: "POST",
        body: new URLSearchParams({ user_code: code.user_code, decision: "allow", csrf_token: csrf, ...form }),
        headers: { cookie: header },
      });
    expect((await decide({ csrf_token: "" })).status).toBe(403);
    expect((await decide({ csrf_token: `${csrf}x` })).status).toBe(403);
    expect((await decide({}, "")).status).toBe(403);
    expect((await decide({}, `${cookie?.name}=another`)).status).toBe(403);
    expect((await decide({ user_code: other.user_code })).status).toBe(403);
    expect((await decide({ decision: "perhaps" })).status).toBe(403);
    expect(control.pendingUserCodes()).toEqual([code.user_code, other.user_code]);
    expect((await decide({})).status).toBe(200);
    expect(control.pendingUserCodes()).toEqual([other.user_code]);
  });

  test("cannot be framed, stored or scripted", async (context) => {
    const { page, start, origin } = await setUp(context);
    const code = await start();
    const { headers } = await fetch(code.verification_uri_complete);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("same-origin");

    await page.goto(`${origin}/.well-known/openid-configuration`);
    await page.setContent(`<iframe src="${code.verification_uri_complete}"></iframe>`);
    const frame = page.frames().find((one) => one !== page.mainFrame());
    expect(frame?.url()).toBe("chrome-error://chromewebdata/");
  });
});

const HOSTILE = `<img src=x onerror=alert(1)> <a href="https://evil.example">"'&amp; ${"long".repeat(60)}`;
const RENAMED = { eventType: "user.account.update_profile", displayMessage: "Update user profile" };
