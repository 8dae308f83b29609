import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { runAdminLink } from "../../src/cli/company/run-admin-link.js";
import { plainBrowser, type Visit } from "../support/browser.js";
import { commandLine } from "../support/company-command.js";
import { type CompanyWeb, freePort, startCompanyWeb } from "../support/company-server.js";

const COOKIE = "okta-mcp.admin";

/** A company whose operator may come in by a link of the machine. */
async function start(break_glass = true) {
  const break_glass_port = await freePort();
  const web = await startCompanyWeb({
    admins: { members: [ADMIN_LOGIN] },
    serve: { sign_on: { break_glass, break_glass_port } },
  });
  return { ...web, link: () => linkOf(web), port: break_glass_port, own: `http://127.0.0.1:${break_glass_port}` };
}

/** Makes a link as the command does. */
async function linkOf(web: CompanyWeb): Promise<string> {
  const command = commandLine(web);
  expect(await runAdminLink(command.io, { config: command.config, now: web.company.clock.now })).toBe(0);
  return command.text().trim();
}

/** Opens a link by its button. */
async function open(link: string, browser = plainBrowser()): Promise<Visit> {
  const page = await browser.get(link);
  const next = await browser.submit(page, "/admin/link", {});
  return next.location === undefined ? next : browser.get(next.location);
}

describe("S18: break-glass", () => {
  test("is off unless the settings say so: no listener, and no link", async () => {
    const web = await start(false);
    await expect(linkOf(web)).rejects.toThrow(/does not allow links/);
    await expect(fetch(`${web.own}/admin/login`)).rejects.toThrow();
  });

  test("a link opens the admin pages once, marked, on record, and for fifteen minutes", async () => {
    const web = await start();
    const link = await web.link();
    expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${web.port}/admin/link/[\\w-]{43}$`));
    const browser = plainBrowser();
    await browser.get(link);
    const page = await open(link, browser);
    expect(page.status).toBe(200);
    expect(page.html).toContain("Overview");
    expect(page.html).toContain("You came in by a link");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const [used, made] = await web.store.audit.page({ limit: 2 });
    expect(used).toMatchObject({ action: "break_glass", outcome: "done", ip: "127.0.0.1" });
    expect(made).toMatchObject({ action: "admin_link", actor: "serve admin-link" });
    expect(web.lines.join("")).toMatch(/warn.*by a link of this machine/i);
    expect((await open(link)).html).toContain("<code>admin_link_ended</code>");
    web.company.clock.advanceSeconds(14 * 60);
    expect((await browser.get(`${web.own}/admin`)).status).toBe(200);
    web.company.clock.advanceSeconds(2 * 60);
    expect((await browser.get(`${web.own}/admin`)).location?.pathname).toBe("/admin/login");
  });

  test("a link is over after five minutes, and is used once also by two at the same time", async () => {
    const web = await start();
    const late = await web.link();
    web.company.clock.advanceSeconds(5 * 60 + 1);
    expect((await open(late)).html).toContain("<code>admin_link_ended</code>");
    const link = await web.link();
    const both = await Promise.all([open(link), open(link)]);
    expect(both.filter(({ html }) => html.includes("Overview"))).toHaveLength(1);
  });

  test("after five links that do not count, wrong ones are refused without a record for a quarter of an hour, and a right one still counts", async () => {
    const web = await start();
    for (let nth = 0; nth < 5; nth += 1) {
      const wrong = `${web.own}/admin/link/${String(nth).repeat(43)}`;
      expect((await open(wrong)).html).toContain("<code>admin_link_ended</code>");
    }
    const wrong = `${web.own}/admin/link/${"x".repeat(43)}`;
    const refused = await open(wrong);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    const tries = await web.store.audit.page({ action: "break_glass", limit: 10 });
    expect(tries.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => "refused"));
    expect(web.lines.join("")).toContain("no_more_tries");
    // Somebody else of the machine must not hold the last way in closed.
    expect((await open(await web.link())).html).toContain("Overview");
    web.company.clock.advanceSeconds(15 * 60);
    expect((await open(wrong)).status).toBe(403);
  });

  test("neither a link nor its session counts over the public listener, and Okta's does not count here", async () => {
    const web = await start();
    const link = await web.link();
    const path = new URL(link).pathname;
    expect((await plainBrowser().get(`${web.publicUrl}${path}`)).status).toBe(404);
    const browser = plainBrowser();
    expect((await open(link, browser)).html).toContain("Overview");
    const thief = plainBrowser();
    thief.cookies.set(COOKIE, browser.cookies.get(COOKIE) ?? "");
    expect((await thief.get(`${web.publicUrl}/admin`)).location?.pathname).toBe("/admin/login");
    web.company.control.autoSignIn(ADMIN_LOGIN);
    const admin = plainBrowser();
    const login = await admin.get(`${web.publicUrl}/admin/login`);
    await web.follow(admin, await admin.submit(login, "/admin/login", {}));
    expect((await admin.get(`${web.publicUrl}/admin`)).status).toBe(200);
    expect((await admin.get(`${web.own}/admin`)).location?.pathname).toBe("/admin/login");
  });

  test("another page cannot open one: neither by its own name for this machine, nor by a form", async () => {
    const web = await start();
    const link = await web.link();
    const { port, own } = web;
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      request({ host: "127.0.0.1", port, path: "/admin/login", headers: { host: "evil.example" } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end();
    });
    expect(status).toBe(403);
    const foreign = await fetch(`${own}/admin/link`, {
      method: "POST",
      headers: { origin: "https://evil.example" },
      body: new URLSearchParams({ link: link.split("/").at(-1) ?? "" }),
    });
    expect(foreign.status).toBe(403);
    expect((await open(link)).html).toContain("Overview");
  });

  test("S6: whoever comes by a link is nobody of the org, and a sign-in with the same login is somebody else", async () => {
    const web = await start();
    await open(await web.link());
    const [link] = await web.store.people.findByLogin("break-glass");
    expect(link).toMatchObject({ issuer: "urn:okta-mcp:break-glass", email: undefined, groups: [] });
    const claims = (all: Record<string, unknown>) => ({ ...all, preferred_username: "break-glass", name: link?.name });
    web.company.control.nextToken("id_token", { claims });
    web.company.control.autoSignIn(ADMIN_LOGIN);
    const browser = plainBrowser();
    const page = await browser.get(`${web.publicUrl}/auth/sso/login/okta`);
    await web.follow(browser, await browser.submit(page, "/auth/sso/login/okta", {}));
    const both = await web.store.people.findByLogin("break-glass");
    expect(new Set(both.map(({ issuer }) => issuer)).size).toBe(2);
    // Nobody locks the last way in.
    await web.store.people.setStatus(link?.id ?? "", "blocked");
    expect((await open(await web.link())).html).toContain("Overview");
  });
});
