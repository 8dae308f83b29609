import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { requireBuild } from "../support/built.js";
import { openBrowser } from "../support/chromium.js";
import { clientOf } from "../support/company-client.js";
import { readyAt, startServeCommand } from "../support/serve-process.js";

const REDIRECT = "http://127.0.0.1:4711/cb";
const TIMEOUT_MS = 120_000;
const PERSON = "Hana Helpdesk";

type CompanyClient = ReturnType<typeof clientOf>;

/** Registers a client, and signs the person in to it in the browser. @returns how its tools are called */
async function connect({ register, begin, token, call }: CompanyClient, page: Page) {
  // Nothing listens where the code goes; the address alone matters.
  await page.route(`${REDIRECT}**`, (route) => route.fulfill({ body: "back" }));
  const { client_id } = await register({ client_name: "A stranger's client" });
  const begun = await begin({ client_id, redirect_uri: REDIRECT });
  await page.goto(begun.url.href);
  await page.locator("button[value=allow]").click();
  await page.getByRole("button", { name: PERSON }).click();
  await page.waitForURL(`${REDIRECT}**`);
  const code = new URL(page.url()).searchParams.get("code") ?? page.url();
  const exchange = { grant_type: "authorization_code", client_id, code, redirect_uri: REDIRECT };
  const { status, body } = await token({ ...exchange, code_verifier: begun.verifier });
  expect(status, JSON.stringify(body)).toBe(200);
  return async (name: string, args: object = {}): Promise<{ isError?: boolean; text: string }> => {
    const { message, text } = await call(String(body.access_token), "tools/call", { name, arguments: args });
    expect(message?.result, `${name}: ${text}`).toBeDefined();
    return { isError: message.result.isError, text: String(message.result.content[0].text) };
  };
}

/** Says yes on the page that an answer names. The org may want the person to sign in anew. */
async function approve(page: Page, asked: string): Promise<void> {
  expect(asked).toContain("needs_approval");
  await page.goto(/approve_url":"([^"]+)"/.exec(asked.replaceAll("\\", ""))?.[1] ?? "");
  const again = page.getByRole("button", { name: PERSON });
  const yes = page.locator("button[value=yes]");
  await again.or(yes).waitFor();
  if (await again.isVisible()) await again.click();
  await yes.click();
  expect(await page.textContent("body")).toContain("Approved");
}

test("a stranger with one command, a browser and a client reads as a help desk, is refused a policy, deactivates somebody after a yes on the page, finds it under their own name, and takes back what can be taken back", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  requireBuild(context);
  const { page } = await openBrowser(context);
  const cli = startServeCommand(["--sandbox", "--port", "0"]);
  const mcpUrl = await readyAt(cli);
  expect(mcpUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
  expect(cli.stderr()).toContain(PERSON);
  const use = await connect(
    clientOf(mcpUrl.replace(/\/mcp$/, ""), () => {}),
    page,
  );

  const listed = await use("list_users", { search: 'status eq "ACTIVE"', limit: 1, fields: ["id", "profile.title"] });
  const [{ id: user_id, profile }] = JSON.parse(listed.text).items;
  const policies = JSON.parse((await use("list_policies", { type: "OKTA_SIGN_ON", fields: ["id"] })).text);
  const refused = await use("deactivate_policy", { policy_id: policies.items[0].id });
  expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("okta.policies.manage") });

  expect(await use("update_user", { user_id, profile: { title: "Wanderer" } })).toMatchObject({ isError: undefined });
  expect((await use("get_user", { user_id })).text).toContain("Wanderer");
  const latestChange = async () => {
    const { text } = await use("list_changes", { limit: 1 });
    expect(text).toContain("hana.helpdesk@acme-robotics.example");
    return { text, change_id: /"id":"([^"]+)"/.exec(text)?.[1] ?? "" };
  };
  const { change_id: titled } = await latestChange();
  const undoes = async () => use("undo_change", { change_id: titled });
  const first = await undoes();
  if (first.isError) {
    await approve(page, first.text);
    expect((await undoes()).isError).toBeFalsy();
  }
  expect((await use("get_user", { user_id })).text).toContain(profile.title);

  await approve(page, (await use("deactivate_user", { user_id })).text);
  expect((await use("deactivate_user", { user_id })).isError).toBeFalsy();
  expect((await use("get_user", { user_id })).text).toContain("DEPROVISIONED");
  const { text, change_id } = await latestChange();
  expect(text).toContain("deactivate_user");
  expect((await use("undo_change", { change_id })).text).toContain("cannot be undone: Okta takes a deactivated user's");
  cli.child.kill("SIGTERM");
  expect(await cli.ended).toMatchObject({ code: 0 });
});
