import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { atAdmin, personOf, startBusyAdmins, textOf } from "../support/admin-company.js";
import { plainBrowser, type Visit } from "../support/browser.js";
import { BOB_LOGIN } from "../support/company-org.js";

describe("what an admin sees", () => {
  test("the overview tells version, database, sign-in, whether Okta answers, and how many there are", async () => {
    const web = await startBusyAdmins();
    const text = textOf(await atAdmin(web, plainBrowser()));
    for (const part of [
      "0.0.0",
      "store.sqlite",
      "proxy",
      "reachable",
      "migrations, the last one 00",
      "Data key that encrypts",
      "GET /api/v1/groups/{groupId}",
    ]) {
      expect(text, part).toContain(part);
    }
    expect(text).toMatch(/2 People 1 Programs that may act 1 Open approvals/);
  });

  test("people are found by the beginning of login or name, by status and role, with the reason for each role", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const all = await atAdmin(web, browser, "/admin/people");
    expect(all.html).toContain(ADMIN_LOGIN);
    expect(all.html).toContain(BOB_LOGIN);
    const [helpdesk] = web.content.roles;
    expect(textOf(all)).toContain(`helpdesk by ${helpdesk?.groups[0]}`);
    const found = async (query: string) => {
      const { html } = await browser.get(`${web.publicUrl}/admin/people?${query}`);
      return [ADMIN_LOGIN, BOB_LOGIN].filter((login) => html.includes(`>${login}</a>`));
    };
    expect(await found("begins=BOB")).toEqual([BOB_LOGIN]);
    expect(await found("begins=buil")).toEqual([BOB_LOGIN]);
    expect(await found("begins=uilder")).toEqual([]);
    expect(await found("begins=%25")).toEqual([]);
    expect(await found("role=viewer")).toEqual([BOB_LOGIN]);
    expect(await found("role=*admin")).toEqual([ADMIN_LOGIN]);
    expect(await found("status=blocked")).toEqual([]);
    expect(await found("after=%00nonsense")).toEqual([ADMIN_LOGIN, BOB_LOGIN]);
  });

  test("a person's page has their programs, with host and last token, and what is on record about them", async () => {
    const web = await startBusyAdmins();
    const bob = await personOf(web, BOB_LOGIN);
    const text = textOf(await atAdmin(web, plainBrowser(), `/admin/people/${bob.id}`));
    for (const part of ["Bob Builder", "Claude 127.0.0.1:4711", "consent", "Waits for their answer 1"]) {
      expect(text, part).toContain(part);
    }
  });

  test("roles show each tool by role, and what a login would see is what `serve who` tells", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const page = await atAdmin(web, browser, `/admin/roles?login=${encodeURIComponent(BOB_LOGIN)}`);
    const text = textOf(page);
    expect(text).toMatch(/delete_group removes, okta.groups.manage yes no/);
    expect(text).toContain("10 removals a day");
    expect(text).toMatch(/delete_group helpdesk okta.groups.manage/);
    expect(textOf(await browser.get(`${web.publicUrl}/admin/roles?login=nobody`))).toContain(
      "Nobody is known by this login",
    );
  });

  test("approvals are shown with the tool and the one who is asked, and no form answers them", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    const page = await atAdmin(web, browser, "/admin/approvals");
    expect(textOf(page)).toContain("waits for an answer");
    expect(page.html.match(/<form /g)).toHaveLength(1);
    web.company.control.autoSignIn(BOB_LOGIN);
    const question = await web.follow(web.bob.browser, await web.bob.browser.get(web.approveUrl));
    await web.bob.browser.submit(question, question.url, { answer: "no" });
    expect(textOf(await atAdmin(web, browser, "/admin/approvals"))).toMatch(/bob@\S+ refused delete_group Claude/);
  });

  test("audit and changes are narrowed by who, what, outcome, day and program, page by page", async () => {
    const web = await startBusyAdmins();
    const browser = plainBrowser();
    await atAdmin(web, browser);
    const rows = async (path: string) => {
      const { html } = await browser.get(`${web.publicUrl}${path}`);
      return (html.match(/<tr role="row"><th scope="row"/g) ?? []).length;
    };
    const client = encodeURIComponent(web.bob.client_id);
    expect(await rows("/admin/changes")).toBe(2);
    expect(await rows("/admin/changes?tool=create_group&outcome=done")).toBe(1);
    expect(await rows(`/admin/changes?who=${BOB_LOGIN}&client=${client}`)).toBe(2);
    expect(await rows(`/admin/changes?who=${ADMIN_LOGIN}`)).toBe(0);
    expect(await rows("/admin/changes?to=2025-12-31")).toBe(0);
    expect(await rows("/admin/audit?action=consent")).toBe(1);
    expect(await rows(`/admin/audit?action=consent&who=${ADMIN_LOGIN}`)).toBe(0);
    expect(await rows("/admin/audit?outcome=refused")).toBe(0);
    for (let number = 0; number < 120; number += 1) {
      await web.store.audit.add({ action: "filler", outcome: "failed", detail: { number } });
    }
    const seen = new Set<string>();
    let next: string | undefined = "/admin/audit?action=filler";
    for (let page = 0; next !== undefined; page += 1) {
      const { html }: Visit = await browser.get(`${web.publicUrl}${next}`);
      for (const [, number = ""] of html.matchAll(/number (\d+)</g)) seen.add(number);
      next = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
      expect(page).toBeLessThan(3);
    }
    expect(seen.size).toBe(120);
  });
});
