import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished, type TestContext, test, vi } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { axeFindings } from "../support/axe.js";
import { openBrowser, sidewaysScroll } from "../support/chromium.js";
import { startCompanyWeb } from "../support/company-server.js";
import { faintTexts } from "../support/contrast.js";

const SMALL = { width: 320, height: 640 };

/** A client's own server, which shows the answer that it gets. */
async function startClient(): Promise<string> {
  const server = createServer((request, response) => {
    const { search } = new URL(request.url ?? "/", "http://127.0.0.1");
    response
      .writeHead(200, { "content-type": "text/html" })
      .end(`<title>Client</title><p>${search.replaceAll("<", "")}`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb`;
}

async function open(context: TestContext, window: BrowserContextOptions = {}) {
  const browser = await openBrowser(context, { javaScriptEnabled: false, ...window });
  const [web, redirectUri] = [await startCompanyWeb(), await startClient()];
  const { client_id } = await web.register({ client_name: "Claude" });
  const { url } = await web.begin({ client_id, redirect_uri: redirectUri });
  return { ...browser, ...web, redirectUri, authorize: url.href, client_id };
}

/** Everything that a page of ours has to be, in light and dark, wide and small. */
async function expectFit(page: Page): Promise<void> {
  const size = page.viewportSize();
  expect(await page.title()).toMatch(/ - okta-mcp$/);
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(await page.locator("h1").count()).toBe(1);
  await page.setViewportSize(SMALL);
  expect(await sidewaysScroll(page), page.url()).toBe(0);
  if (size !== null) await page.setViewportSize(size);
}

test("C6: sign-in, consent and the way back to the client work without scripts and without a complaint", async (context) => {
  const { page, complaints, authorize, redirectUri } = await open(context);
  await page.goto(authorize);
  await expectFit(page);
  expect(await page.getByRole("note").textContent()).toContain("Nobody has verified this name");
  await page.getByRole("button", { name: "Continue with Okta" }).click();
  await page.getByRole("button", { name: "Ada Admin" }).click();
  await page.waitForURL(`${redirectUri}?**`);
  expect(new URL(page.url()).searchParams.get("code")).toBeTruthy();
  expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
});

test("C6: a refusal by the keyboard reaches the client", async (context) => {
  const { page, complaints, authorize, redirectUri } = await open(context, { javaScriptEnabled: true });
  await page.goto(authorize);
  const names: string[] = [];
  for (let presses = 0; presses < 3; presses += 1) {
    await page.keyboard.press("Tab");
    names.push(String(await page.evaluate("document.activeElement.textContent")));
  }
  expect(names).toEqual(["Continue with Okta", "Cancel", "Your access"]);
  await page.getByRole("button", { name: "Cancel" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(`${redirectUri}?**`);
  expect(new URL(page.url()).searchParams.get("error")).toBe("access_denied");
  expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
});

test("C6: a page that is too old says so, and what to do", async (context) => {
  const { page, authorize } = await open(context);
  await page.goto(authorize);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 601_000 });
  onTestFinished(() => void vi.useRealTimers());
  await page.getByRole("button", { name: "Continue with Okta" }).click();
  expect(await page.locator("h1").textContent()).toContain("longer than ten minutes");
  await expectFit(page);
});

test("P9: two tabs consent at once and finish in reverse order, each with its own client", async (context) => {
  const { page: one, authorize, redirectUri, register, begin } = await open(context);
  const two = await one.context().newPage();
  const { client_id } = await register({ client_name: "Cursor" });
  await one.goto(authorize);
  await two.goto((await begin({ client_id, redirect_uri: redirectUri, state: "two" })).url.href);
  expect(await two.locator("h1").textContent()).toContain("Cursor");
  for (const tab of [one, two]) await tab.getByRole("button", { name: "Continue with Okta" }).click();
  for (const [tab, state] of [
    [two, "two"],
    [one, "x"],
  ] as const) {
    await tab.getByRole("button", { name: "Ada Admin" }).click();
    await tab.waitForURL(`${redirectUri}?**`);
    const answer = new URL(tab.url()).searchParams;
    expect(answer.get("state")).toBe(state);
    expect(answer.get("code")).toBeTruthy();
  }
});

test("P8: no page can be put into a frame", async (context) => {
  const { page, authorize, publicUrl } = await open(context, { javaScriptEnabled: true });
  for (const address of [authorize, `${publicUrl}/me`, `${publicUrl}/connect/okta`]) {
    const answer = await page.request.get(address);
    expect(answer.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(answer.headers()["x-frame-options"]).toBe("DENY");
  }
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(`<iframe src="${publicUrl}/me"></iframe>`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContain("chrome-error://chromewebdata/");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`every page is legible in ${colorScheme}, fits 320 px, and axe finds nothing on it`, async (context) => {
    const { page, authorize, publicUrl, redirectUri, signIn, company } = await open(context, {
      colorScheme,
      javaScriptEnabled: true,
    });
    const look = async (name: string) => {
      await expectFit(page);
      expect(await faintTexts(page), name).toEqual([]);
      for (const size of [{ width: 1280, height: 800 }, SMALL]) {
        await page.setViewportSize(size);
        expect(await axeFindings(page), `${name} ${size.width}`).toEqual([]);
      }
      await page.setViewportSize({ width: 1000, height: 720 });
      const folder = process.env.OKTA_MCP_SHOTS;
      if (folder === undefined) return;
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
      await page.setViewportSize(SMALL);
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}-320.png`, fullPage: true });
      await page.setViewportSize({ width: 1000, height: 720 });
    };
    await page.goto(authorize);
    await look("consent");
    company.control.autoSignIn(ADMIN_LOGIN);
    await page.getByRole("button", { name: "Continue with Okta" }).click();
    await page.waitForURL(`${redirectUri}?**`);
    await page.goto(authorize);
    await look("consent-again");
    await page.goto(`${publicUrl}/me`);
    await look("sign-in");
    await page.getByRole("button").click();
    await page.waitForURL(`${publicUrl}/me`);
    const { call } = await signIn(ADMIN_LOGIN, { clientName: "Another assistant" });
    const lab = company.org.addGroup({ profile: { name: "Lab" } }, [company.person()]);
    const asked = await call("tools/call", { name: "delete_group", arguments: { group_id: lab.id } });
    await page.goto(`${publicUrl}/me`);
    await look("me");
    await page.goto(`${publicUrl}/connect/okta`);
    await look("connect");
    await page.goto(/approve_url":"([^"]+)"/.exec(asked.text.replaceAll("\\", ""))?.[1] ?? "");
    await look("approve");
    await page.getByRole("button", { name: "Yes" }).click();
    await look("approved");
    await page.goto(`${publicUrl}/auth/sso/callback/okta?state=x`);
    await look("error");
    await page.goto(`${publicUrl}/me`);
    await page.getByRole("button", { name: "Sign out here" }).click();
    await look("signed-out");
    // Whoever goes back sees nothing of what was there.
    await page.goBack();
    expect(await page.content()).not.toContain("Another assistant");
  });
}
