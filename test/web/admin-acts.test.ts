import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { ADMIN_COOKIE, atAdmin, personOf, startAdmins, startBusyAdmins, textOf } from "../support/admin-company.js";
import { type PlainBrowser, plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";
import type { CompanyWeb } from "../support/company-server.js";

/** Sends the one form of a page that asks, and follows to the page after it. */
async function agree(web: CompanyWeb, browser: PlainBrowser, path: string, fields: Record<string, string> = {}) {
  const page = await atAdmin(web, browser, path);
  return web.follow(browser, await browser.submit(page, page.url, fields));
}

/** Sends one of the small forms of a page, by its action. */
async function press(browser: PlainBrowser, page: Visit, action: string): Promise<Visit> {
  const form = page.html.split("<form ").find((part) => part.includes(`action="${action}"`)) ?? "";
  return browser.submit({ ...page, html: form }, action, {});
}

const latest = async (web: CompanyWeb, action: string) => (await web.store.audit.page({ action, limit: 1 })).at(0);

describe("what an admin does", () => {
  test("groups are read anew at once, and count for the next call", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const bob = await personOf(web, BOB_LOGIN);
    const page = await atAdmin(web, browser, `/admin/people/${bob.id}`);
    web.company.clock.advanceSeconds(120);
    for (const group of web.company.org.groups
      .all()
      .filter(({ profile }) => String(profile.name).startsWith("okta-mcp-"))) {
      web.company.org.groups.removeMember(group, web.company.person(BOB_LOGIN));
    }
    const after = await web.follow(browser, await press(browser, page, `/admin/people/${bob.id}/sync`));
    expect(textOf(after)).toContain("The groups were read at Okta just now.");
    expect((await personOf(web, BOB_LOGIN)).groups).toEqual([]);
    expect((await web.bob.call("tools/list")).status).toBe(403);
    expect(await latest(web, "sync_groups")).toMatchObject({
      target: bob.id,
      actor: (await personOf(web, ADMIN_LOGIN)).id,
    });
  });

  test("one program's access ends by its button, on the person's page and on the client's", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const bob = await personOf(web, BOB_LOGIN);
    const other = await web.signIn(BOB_LOGIN, { clientName: "Cursor" });
    const page = await atAdmin(web, browser, `/admin/access/client?id=${web.bob.client_id}`);
    await press(browser, page, "/admin/access/revoke");
    expect((await web.bob.call("tools/list")).status).toBe(401);
    expect((await other.call("tools/list")).status).toBe(200);
    await press(browser, await atAdmin(web, browser, `/admin/people/${bob.id}`), `/admin/people/${bob.id}/revoke`);
    expect((await other.call("tools/list")).status).toBe(401);
    expect(await latest(web, "grant_ended")).toMatchObject({ target: bob.id, detail: { why: "admin" } });
  });

  test("a block ends everything at once, keeps the person out, and is lifted", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const [ada, bob] = [await web.signIn(ADMIN_LOGIN), await personOf(web, BOB_LOGIN)];
    const done = await agree(web, browser, `/admin/people/${bob.id}/block`);
    expect(textOf(done)).toContain("The person is blocked.");
    expect((await web.bob.call("tools/list")).status).toBe(401);
    expect((await ada.call("tools/list")).status).toBe(200);
    const admin = await personOf(web, ADMIN_LOGIN);
    expect(await latest(web, "access_ended")).toMatchObject({
      actor: admin.id,
      target: bob.id,
      ip: "127.0.0.1",
      detail: { act: "block", status: "blocked" },
    });
    web.company.control.autoSignIn(BOB_LOGIN);
    const theirs = plainBrowser();
    const refused = await web.follow(
      theirs,
      await theirs.submit(await theirs.get(`${web.publicUrl}/me`), "/me/sign-in", {}),
    );
    expect(refused.html).toContain("<code>blocked</code>");
    expect(textOf(await agree(web, browser, `/admin/people/${bob.id}/unblock`))).toContain("The block was lifted.");
    expect((await (await web.signIn(BOB_LOGIN)).call("tools/list")).status).toBe(200);
  });

  test("a sign-out everywhere ends programs and browsers, and the person may come back", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const bob = await personOf(web, BOB_LOGIN);
    await agree(web, browser, `/admin/people/${bob.id}/sign-out`);
    expect((await web.bob.call("tools/list")).status).toBe(401);
    expect((await (await web.signIn(BOB_LOGIN)).call("tools/list")).status).toBe(200);
  });

  test("a person's data are erased by whoever types their login, and nothing happens otherwise", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const bob = await personOf(web, BOB_LOGIN);
    const path = `/admin/people/${bob.id}/erase`;
    for (const typed of ["", "bob", ADMIN_LOGIN]) {
      expect((await agree(web, browser, path, { typed })).html).toContain("<code>not_confirmed</code>");
    }
    expect((await personOf(web, BOB_LOGIN)).status).toBe("active");
    const done = await agree(web, browser, path, { typed: BOB_LOGIN });
    expect(textOf(done)).toContain("The person’s data was erased.");
    expect(done.html).not.toContain(BOB_LOGIN);
    expect(await web.store.people.findByLogin(BOB_LOGIN)).toEqual([]);
    expect((await web.bob.call("tools/list")).status).toBe(401);
    for (const page of ["/admin/audit", "/admin/changes", "/admin/approvals"]) {
      expect((await atAdmin(web, browser, page)).html, page).not.toContain(BOB_LOGIN);
    }
    expect((await browser.get(`${web.publicUrl}/admin/people/${bob.id}`)).status).toBe(404);
  });

  test("a blocked client loses all access, gets none, and comes back when the block is lifted", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const id = web.bob.client_id;
    const done = await agree(web, browser, `/admin/access/block?id=${id}`);
    expect(textOf(done)).toContain("The client is blocked.");
    expect((await web.bob.call("tools/list")).status).toBe(401);
    const fields = { grant_type: "refresh_token", client_id: id, refresh_token: web.bob.refresh_token };
    expect((await web.token(fields)).status).toBe(400);
    expect(await latest(web, "block_client")).toMatchObject({ client: id, detail: { people: 1 } });
    await agree(web, browser, `/admin/access/unblock?id=${id}`);
    expect((await (await web.signIn(BOB_LOGIN, { clientId: id })).call("tools/list")).status).toBe(200);
    await agree(web, browser, `/admin/access/revoke-all?id=${id}`);
    expect(textOf(await atAdmin(web, browser, `/admin/access/client?id=${id}`))).toContain("It may act for nobody.");
  });

  test("a client of serve.json that nobody has used yet can be blocked", async () => {
    const clients = [{ client_id: "desk", name: "Desk", redirect_uris: ["http://127.0.0.1/cb"] }];
    const web = await startAdmins({ serve: { clients } });
    await agree(web, plainBrowser(), "/admin/access/block?id=desk");
    const { url } = await web.begin({ client_id: "desk" });
    expect((await plainBrowser().get(url)).html).toContain("blocked");
  });

  test("a browser is signed out from the list of all", async () => {
    const web = await startBusyAdmins();
    const [browser, theirs] = [plainBrowser(), plainBrowser()];
    web.company.control.autoSignIn(BOB_LOGIN);
    await web.follow(theirs, await theirs.submit(await theirs.get(`${web.publicUrl}/me`), "/me/sign-in", {}));
    const page = await atAdmin(web, browser, "/admin/access/browsers");
    const form = page.html.split("<form ").find((part) => part.includes("browser of bob@")) ?? "";
    await browser.submit({ ...page, html: form }, "/admin/access/browsers/end", {});
    expect((await theirs.get(`${web.publicUrl}/me`)).html).not.toContain("Bob");
    expect((await browser.get(`${web.publicUrl}/admin`)).status).toBe(200);
  });

  test.each(["csv", "ndjson"])(
    "an export as %s needs a fresh sign-in, is on record, and has no formula in a cell",
    async (format) => {
      const web = await startBusyAdmins();
      const browser = plainBrowser();
      await web.store.audit.add({ action: "=cmd|' /C calc'!A0", outcome: "failed", detail: { name: "+1" } });
      const page = await atAdmin(web, browser, "/admin/audit/export?outcome=failed");
      const file = await browser.submit(page, page.url, { format });
      expect(file.headers.get("content-disposition")).toMatch(
        new RegExp(`^attachment; filename="okta-mcp-audit-[\\d-]+\\.${format}"$`),
      );
      expect(file.html).toContain(format === "csv" ? "'=cmd" : '"=cmd');
      expect(file.html).not.toContain("sign_in");
      expect(await latest(web, "export_audit")).toMatchObject({
        outcome: "done",
        detail: { format, outcome: "failed" },
      });
      const changes = await atAdmin(web, browser, "/admin/changes/export");
      expect((await browser.submit(changes, changes.url, { format })).html).toContain("create_group");
    },
  );
});

describe("S15: what is dangerous", () => {
  const DANGEROUS = ["block", "unblock", "sign-out", "erase"];

  test("needs a proof of a moment ago at Okta, after which the page is there again and nothing has been done", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const bob = await personOf(web, BOB_LOGIN);
    await atAdmin(web, browser);
    const paths = [
      ...DANGEROUS.map((act) => `/admin/people/${bob.id}/${act}`),
      ...["revoke-all", "block"].map((act) => `/admin/access/${act}?id=${web.bob.client_id}`),
      "/admin/audit/export?outcome=done",
      "/admin/changes/export",
    ];
    const shown = await Promise.all(paths.map((path) => browser.get(`${web.publicUrl}${path}`)));
    web.company.clock.advanceSeconds(361);
    for (const [index, path] of paths.entries()) {
      const asks = await browser.get(`${web.publicUrl}${path}`);
      expect(asks.html, path).toContain("Confirm that it is you");
      const late = await browser.submit(shown[index] as Visit, path, { format: "csv" });
      expect([late.status, late.location?.href], path).toEqual([303, `${web.publicUrl}${path}`]);
    }
    expect((await web.bob.call("tools/list")).status).not.toBe(401);
    const before = browser.cookies.get(ADMIN_COOKIE);
    const path = `/admin/people/${bob.id}/block`;
    const asks = await browser.get(`${web.publicUrl}${path}`);
    const begun = await browser.submit(asks, "/admin/step-up", {});
    expect(Number(begun.location?.searchParams.get("max_age"))).toBeLessThanOrEqual(60);
    const again = await web.follow(browser, begun);
    expect(new URL(again.url).pathname).toBe(path);
    expect(again.html).toContain("Block bob@");
    expect(browser.cookies.get(ADMIN_COOKIE)).not.toBe(before);
  });

  test("the last admin cannot block themselves, and with another admin there they can", async () => {
    const web = await startBusyAdmins({}, { admins: { members: [ADMIN_LOGIN, BOB_LOGIN] } });
    const browser = plainBrowser();
    const [bob] = [await personOf(web, BOB_LOGIN)];
    await web.store.people.setStatus(bob.id, "gone");
    await atAdmin(web, browser);
    const ada = await personOf(web, ADMIN_LOGIN);
    const path = `/admin/people/${ada.id}/block`;
    const refused = await browser.get(`${web.publicUrl}${path}`);
    expect([refused.status, refused.html.includes("<code>last_admin</code>")]).toEqual([403, true]);
    await web.store.people.setStatus(bob.id, "active");
    const page = await browser.get(`${web.publicUrl}${path}`);
    await web.store.people.setStatus(bob.id, "blocked");
    expect((await browser.submit(page, path, {})).html).toContain("last_admin");
    await web.store.people.setStatus(bob.id, "active");
    await browser.submit(page, path, {});
    expect((await personOf(web, ADMIN_LOGIN)).status).toBe("blocked");
    expect((await browser.get(`${web.publicUrl}/admin`)).location?.pathname).toBe("/admin/login");
  });
});

test("S16: no GET does anything, and a form of one page, person or admin counts for no other", async () => {
  const web = await startBusyAdmins({}, { admins: { members: [ADMIN_LOGIN, BOB_LOGIN] } });
  const [browser, other] = [plainBrowser(), plainBrowser()];
  const bob = await personOf(web, BOB_LOGIN);
  const page = await atAdmin(web, browser, `/admin/people/${bob.id}`);
  const { id } = bob;
  for (const path of [
    `people/${id}/sync`,
    `people/${id}/revoke`,
    `people/${id}/end-browser`,
    "access/revoke",
    "access/browsers/end",
    "sign-out",
    "step-up",
  ]) {
    const { status, headers } = await browser.get(`${web.publicUrl}/admin/${path}`);
    expect([path, status, headers.get("allow")]).toEqual([path, 405, "POST"]);
  }
  const block = `/admin/people/${bob.id}/block`;
  await browser.get(`${web.publicUrl}${block}?yes=1`);
  const signOut = await browser.get(`${web.publicUrl}/admin/people/${bob.id}/sign-out`);
  expect((await browser.submit(signOut, block, {})).status).toBe(403);
  expect((await browser.submit(page, block, {})).status).toBe(403);
  const theirs = await atAdmin(web, other, block, BOB_LOGIN);
  expect((await browser.submit(theirs, block, {})).status).toBe(403);
  expect((await personOf(web, BOB_LOGIN)).status).toBe("active");
});
