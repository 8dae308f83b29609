import { describe, expect, test } from "vitest";
import { requireBuild } from "../support/built.js";
import { openBrowser } from "../support/chromium.js";
import { clientOf } from "../support/company-client.js";
import { readyAt, startServeCommand } from "../support/serve-process.js";

const REDIRECT = "http://127.0.0.1:4711/cb";
const TIMEOUT_MS = 120_000;

describe("a stranger with one command, a browser and a client", () => {
  test("reads as a help desk, is refused a policy, deactivates somebody after a yes on the page, and finds it under their own name", {
    timeout: TIMEOUT_MS,
  }, async (context) => {
    requireBuild(context);
    const { page } = await openBrowser(context);
    // Nothing listens where the code goes; the address alone matters.
    await page.route(`${REDIRECT}**`, (route) => route.fulfill({ body: "back" }));
    const cli = startServeCommand(["--sandbox", "--port", "0"]);
    const mcpUrl = await readyAt(cli);
    expect(mcpUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/);
    expect(cli.stderr()).toContain("Hana Helpdesk");
    const { register, begin, token, call } = clientOf(mcpUrl.replace(/\/mcp$/, ""), () => {});

    const { client_id } = await register({ client_name: "A stranger's client" });
    const begun = await begin({ client_id, redirect_uri: REDIRECT });
    await page.goto(begun.url.href);
    await page.locator("button[value=allow]").click();
    await page.getByRole("button", { name: "Hana Helpdesk" }).click();
    await page.waitForURL(`${REDIRECT}**`);
    expect(page.url()).toContain("code=");
    const code = new URL(page.url()).searchParams.get("code") ?? "";
    const { status, body } = await token({
      grant_type: "authorization_code",
      client_id,
      code,
      redirect_uri: REDIRECT,
      code_verifier: begun.verifier,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    const use = async (name: string, args: object = {}) => {
      const answer = await call(String(body.access_token), "tools/call", { name, arguments: args });
      expect(answer.message?.result, `${name}: ${answer.status} ${answer.text} ${cli.stderr()}`).toBeDefined();
      return answer.message.result;
    };
    const textOf = async (name: string, args: object = {}) => String((await use(name, args)).content[0].text);
    expect(await textOf("list_users", { limit: 1 })).toContain("@acme-robotics.example");

    const users = JSON.parse(
      await textOf("list_users", { search: 'status eq "ACTIVE"', limit: 1, fields: ["id", "profile.login"] }),
    );
    const [{ id: user_id }] = users.items ?? users;
    expect(user_id).toMatch(/^00u/);
    const refused = await use("delete_policy", { policy_id: "00p1" });
    expect(refused.isError).toBe(true);

    const asked = await textOf("deactivate_user", { user_id });
    expect(asked).toContain("needs_approval");
    const address = /approve_url":"([^"]+)"/.exec(asked.replaceAll("\\", ""))?.[1] ?? "";
    await page.goto(address);
    // The page is for the person whose call it is, signed in anew.
    const again = page.getByRole("button", { name: "Hana Helpdesk" });
    await again
      .or(page.locator("button[value=yes]"))
      .waitFor({ timeout: 10_000 })
      .catch(async () => expect(`${page.url()} ${await page.textContent("body")} ${asked}`).toBe(""));
    if (await again.isVisible()) await again.click();
    await page.locator("button[value=yes]").click();
    expect(await page.textContent("main, body")).toContain("Approved");
    expect(await textOf("deactivate_user", { user_id })).not.toContain("needs_approval");
    expect(await textOf("get_user", { user_id })).toContain("DEPROVISIONED");

    const changes = await textOf("list_changes");
    expect(changes).toContain("deactivate_user");
    expect(changes).toContain("hana.helpdesk@acme-robotics.example");
    const change_id = /"id":"([^"]+)"/.exec(changes)?.[1] ?? "";
    const undone = await textOf("undo_change", { change_id });
    expect(undone).not.toContain("not_found");
    cli.child.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ code: 0 });
  });
});
