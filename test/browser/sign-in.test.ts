import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContextOptions } from "playwright-core";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { ORG_NAME } from "../../sandbox/facts.js";
import type { OAuthAppOptions } from "../../sandbox/oauth-app.js";
import { heading, openBrowser, PHONE, sidewaysScroll, untilTaken } from "../support/chromium.js";
import { BOB_LOGIN, startCompany } from "../support/company-org.js";
import { faintTexts } from "../support/contrast.js";

/** Starts an app's server. It answers `/callback` with a redirect to `after`, and every other path with its query. */
async function startApp(after?: string) {
  const server = createServer((request, response) => {
    if (after !== undefined && request.url?.startsWith("/callback")) {
      response.writeHead(302, { location: after }).end();
      return;
    }
    const { search } = new URL(request.url ?? "/", "http://127.0.0.1");
    const query = search.replaceAll("<", "&lt;");
    response.writeHead(200, { "content-type": "text/html" }).end(`<title>App</title><h1>Back</h1><p>${query}</p>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

async function setUp(
  context: TestContext,
  window: BrowserContextOptions = {},
  app: OAuthAppOptions = {},
  last?: string,
) {
  const browser = await openBrowser(context, { javaScriptEnabled: false, ...window });
  const callback = `${await startApp(last)}/callback`;
  const company = await startCompany({ app: { redirectUris: [callback], ...app } });
  const begin = async (change: Record<string, string> = {}) =>
    (await company.begin({ redirect_uri: callback, ...change })).url.href;
  return { ...browser, ...company, begin, callback };
}

const HOSTILE = `<img src=x onerror=alert(1)> <a href="https://evil.example">"'&amp; ${"long".repeat(60)}`;

describe("a person at the org's sign-in page", () => {
  test("picks their name, and is back at the app with a code; no script is needed", async (context) => {
    const { page, begin, complaints, callback } = await setUp(context);
    await page.goto(await begin());
    expect(await page.title()).toBe(`Sign in · ${ORG_NAME}`);
    expect(await page.getByText("This is a sandbox").isVisible()).toBe(true);
    await page.getByRole("button", { name: "Bob Builder" }).click();
    expect(page.url().startsWith(`${callback}?code=`)).toBe(true);
    // The second request of the same browser needs no page.
    await page.goto(await begin());
    expect(page.url().startsWith(`${callback}?code=`)).toBe(true);
    expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
  });

  test("types a login with the keyboard, verifies a second factor, and mends mistakes on the way", async (context) => {
    const { page, begin, callback, control } = await setUp(context, { javaScriptEnabled: true });
    control.mfaNext(1);
    await page.goto(await begin());
    await page.getByRole("textbox", { name: "Or as somebody else" }).fill("nobody");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("alert").textContent()).toBe("Unable to sign in");
    const login = page.getByRole("textbox", { name: "Or as somebody else" });
    expect(await login.inputValue()).toBe("nobody");
    expect(await login.getAttribute("aria-invalid")).toBe("true");
    await login.fill(BOB_LOGIN);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Verify it’s you" }).waitFor();
    await page.getByRole("textbox", { name: "Code" }).fill("1");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await untilTaken(async () => {
      await page.getByRole("textbox", { name: "Code" }).fill("123456");
      return page.getByRole("textbox", { name: "Code" }).inputValue();
    }, "123456");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href.startsWith(callback));
  });

  test("gets through when the app leads on to another site at once", async (context) => {
    const last = await startApp();
    const { page, begin, complaints } = await setUp(context, {}, {}, `${last}/client?x=1`);
    await page.goto(await begin());
    await page.getByRole("button", { name: "Ada Admin" }).click();
    expect(page.url()).toBe(`${last}/client?x=1`);
    expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
  });

  test("signs in from two tabs at once, each for its own request", async (context) => {
    const { page, begin, callback } = await setUp(context);
    const other = await page.context().newPage();
    await page.goto(await begin({ state: "first" }));
    await other.goto(await begin({ state: "second" }));
    await page.getByRole("button", { name: "Ada Admin" }).click();
    await other.getByRole("button", { name: "Ada Admin" }).click();
    expect(page.url().startsWith(callback) && page.url().endsWith("state=first")).toBe(true);
    expect(other.url().startsWith(callback) && other.url().endsWith("state=second")).toBe(true);
  });

  test("sees an error that only the org may tell, with its code", async (context) => {
    const { page, begin } = await setUp(context);
    await page.goto(await begin({ redirect_uri: "https://evil.example/" }));
    expect(await heading(page)).toBe("400 Bad Request");
    const shown = await page.getByRole("main").textContent();
    expect(shown).toContain("must be a Login redirect URI");
    expect(shown).toContain("invalid_request");
    expect(await page.locator("main a").count()).toBe(0);
  });

  test("is refused on a page where the org tells there that the app is not theirs", async (context) => {
    const { page, begin, control } = await setUp(context, {}, { assigned: { people: [BOB_LOGIN] } });
    control.tellUnassigned("page");
    await page.goto(await begin());
    expect(await page.getByRole("button", { name: "Ada Admin" }).count()).toBe(0);
    await page.getByRole("textbox").fill("ada.admin");
    await page.getByRole("button", { name: "Next" }).click();
    expect(await heading(page)).toBe("403 Forbidden");
    expect(await page.getByRole("main").textContent()).toContain("User is not assigned to the client application.");
  });
});

describe("every page of a sign-in", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`is readable in ${colorScheme} colours and on a narrow screen`, async (context) => {
      const { page, begin, control, requested, origin } = await setUp(context, {
        colorScheme,
        viewport: { ...PHONE, width: 320 },
        javaScriptEnabled: true,
      });
      const settled = async () => {
        expect(await faintTexts(page)).toEqual([]);
        expect(await sidewaysScroll(page)).toBe(0);
        expect(await page.getAttribute("html", "lang")).toBe("en");
      };
      control.demandMfa(true);
      await page.goto(await begin());
      await settled();
      await page.getByRole("textbox").fill(`nobody@${"long".repeat(20)}.example`);
      await page.getByRole("button", { name: "Next" }).click();
      await settled();
      await page.getByRole("button", { name: "Bob Builder" }).click();
      await settled();
      await page.goto(await begin({ client_id: "0oaNobody" }));
      await settled();
      expect(requested.every((url) => url.startsWith(origin))).toBe(true);
    });
  }

  test("shows names from the org as text, however they read, and cannot be framed", async (context) => {
    const { page, begin, org, person, complaints, origin } = await setUp(
      context,
      { viewport: PHONE, javaScriptEnabled: true },
      { label: HOSTILE },
    );
    const bob = person(BOB_LOGIN);
    const note = { eventType: "user.account.update_profile", displayMessage: "Update user profile" };
    org.users.change(bob, { profile: { ...bob.profile, displayName: HOSTILE } }, note);
    await page.goto(await begin({ login_hint: HOSTILE }));
    expect(await page.locator("img, script, main a").count()).toBe(0);
    expect(await sidewaysScroll(page)).toBe(0);
    expect(complaints).toEqual([]);

    const policy = (await fetch(await begin())).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    await page.goto(`${origin}/.well-known/openid-configuration`);
    await page.setContent(`<iframe src="${await begin()}"></iframe>`);
    const frame = page.frames().find((one) => one !== page.mainFrame());
    expect(frame?.url()).toBe("chrome-error://chromewebdata/");
  });
});
