import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { personOf, startBusyAdmins } from "../support/admin-company.js";
import { axeFindings } from "../support/axe.js";
import { openBrowser, sidewaysScroll } from "../support/chromium.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { faintTexts } from "../support/contrast.js";

const WIDTHS = [1280, 320];

/** Looks at a page in both widths: nothing to scroll sideways, nothing that axe finds, nothing too faint. */
async function look(page: Page, name: string, scheme: string): Promise<void> {
  expect(await page.title(), name).toMatch(/ - okta-mcp$/);
  expect(await page.locator("h1").count(), name).toBe(1);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const folder = process.env.OKTA_MCP_SHOTS;
    if (folder !== undefined)
      await page.screenshot({ path: `${folder}/${name}-${scheme}-${width}.png`, fullPage: true });
    expect(await sidewaysScroll(page), `${name} ${width}`).toBe(0);
    expect(await axeFindings(page), `${name} ${width}`).toEqual([]);
    expect(await faintTexts(page), `${name} ${width}`).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("S17: what people, clients, groups and records are called is text on every admin page: no dialog, no complaint", async (context) => {
  const { page, complaints, requested } = await openBrowser(context);
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  const evil = '"><img src=/stolen onerror=alert(1)><svg onload=alert(2)><style>*{display:none}</style>';
  const web = await startBusyAdmins({ client: evil, group: evil });
  const { publicUrl, company, store, bob } = web;
  const person = await personOf(web, BOB_LOGIN);
  await store.people.signedIn({
    ...person,
    login: `${evil}@acme.example`,
    name: evil,
    attributes: { department: evil, title: evil },
  });
  const events = ["login", "audit"].map((action) => ({ action: `${action}${evil}`, actor: evil, target: evil }));
  for (const event of events) {
    await store.audit.add({ ...event, outcome: "done", client: evil, ip: evil, detail: { [evil]: evil } });
  }
  await store.audit.add({ action: "approve", actor: evil, client: evil, outcome: "done", detail: { tool: evil } });
  company.control.autoSignIn(ADMIN_LOGIN);
  await page.goto(`${publicUrl}/admin`);
  await page.getByRole("button", { name: "Continue with Okta" }).click();
  await page.waitForURL(`${publicUrl}/admin`);
  const client = encodeURIComponent(bob.client_id);
  const q = encodeURIComponent(evil);
  for (const path of [
    "/admin/people",
    `/admin/people?begins=${q}&role=${q}`,
    `/admin/people/${person.id}`,
    `/admin/people/${person.id}/erase`,
    "/admin/access",
    `/admin/access/client?id=${client}`,
    `/admin/access/block?id=${client}`,
    "/admin/access/browsers",
    `/admin/roles?login=${q}`,
    "/admin/approvals",
    "/admin/audit",
    `/admin/audit?who=${q}&action=${q}&client=${q}`,
    `/admin/audit/export?action=${q}`,
    "/admin/changes",
    `/admin/changes?tool=${q}`,
    `/admin/login?to=${q}`,
  ]) {
    await page.goto(`${publicUrl}${path}`);
    expect(await page.locator("img, svg, main style").count(), path).toBe(0);
    expect(await page.locator("h1").isVisible(), path).toBe(true);
  }
  expect(dialogs).toEqual([]);
  expect(complaints).toEqual([]);
  expect(requested.filter((url) => new URL(url).pathname === "/stolen")).toEqual([]);
}, 120_000);

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on any admin page in ${colorScheme}, wide and at 320 px`, async (context) => {
    const { page, complaints } = await openBrowser(context, { colorScheme });
    const web = await startBusyAdmins();
    const { publicUrl, company, bob, approveUrl } = web;
    const go = (path: string) => page.goto(`${publicUrl}${path}`);
    await go("/admin");
    await look(page, "login", colorScheme);
    company.control.autoSignIn(ADMIN_LOGIN);
    await page.getByRole("button", { name: "Continue with Okta" }).click();
    await page.waitForURL(`${publicUrl}/admin`);
    await look(page, "overview", colorScheme);
    const person = await personOf(web, BOB_LOGIN);
    const client = encodeURIComponent(bob.client_id);
    const pages = {
      people: "/admin/people",
      "people-none": "/admin/people?begins=zzz",
      person: `/admin/people/${person.id}`,
      block: `/admin/people/${person.id}/block`,
      clients: "/admin/access",
      client: `/admin/access/client?id=${client}`,
      "block-client": `/admin/access/block?id=${client}`,
      browsers: "/admin/access/browsers",
      roles: "/admin/roles",
      "dry-run": `/admin/roles?login=${BOB_LOGIN}`,
      approvals: "/admin/approvals",
      audit: "/admin/audit",
      export: "/admin/audit/export?outcome=done",
      changes: "/admin/changes",
      "changes-none": "/admin/changes?tool=nothing",
      "no-person": "/admin/people/nobody",
      invitations: "/admin/invitations",
      "sign-in": "/auth/sso/login/okta",
    };
    for (const [name, path] of Object.entries(pages)) {
      await go(path);
      await look(page, name, colorScheme);
    }
    company.clock.advanceSeconds(601);
    await go(`/admin/people/${person.id}/block`);
    await look(page, "step-up", colorScheme);
    expect(approveUrl).not.toBe("");
    expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
    onTestFinished(() => page.close());
  }, 180_000);
}
