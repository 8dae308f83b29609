import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { startCompanyWeb } from "../support/company-server.js";

test("from sign-in to the first call", async () => {
  const { publicUrl, company, signIn, follow } = await startCompanyWeb();

  const bare = await fetch(`${publicUrl}/mcp`, { method: "POST", body: "{}" });
  expect(bare.status).toBe(401);
  expect(bare.headers.get("www-authenticate")).toContain("resource_metadata=");

  const { refresh_token, call, browser } = await signIn();
  expect(refresh_token).toMatch(/^[\w-]{43}$/);
  expect((await call("tools/list")).text).toContain('"name":"list_users"');
  expect((await call("tools/call", { name: "list_users", arguments: {} })).text).toContain(ADMIN_LOGIN);

  const lab = company.org.addGroup({ profile: { name: "Lab" } });
  const remove = async () => (await call("tools/call", { name: "delete_group", arguments: { group_id: lab.id } })).text;
  const asked = await remove();
  expect(asked).toContain("needs_approval");
  expect(company.org.groups.get(lab.id)).toBeDefined();
  const address = /approve_url":"([^"]+)"/.exec(asked.replaceAll("\\", ""))?.[1] ?? "";
  let visit = await follow(browser, await browser.get(address));
  expect(visit.html).toContain("group &quot;Lab&quot;");
  expect(await remove()).toContain("needs_approval");
  visit = await follow(browser, await browser.submit(visit, visit.url, { answer: "yes" }));
  expect(visit.html).toContain("Approved");
  expect(await remove()).toContain('\\"done\\":true');
  expect(company.org.groups.get(lab.id)).toBeUndefined();
  expect(await remove()).toContain("not_found");
});
