import type { Page } from "playwright-core";
import { describe, expect, type TestContext, test } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { openBrowser } from "../../support/chromium.js";
import { requireCommand } from "../../support/ci-tools.js";
import { cleanEnv, spawnProcess } from "../../support/cli.js";
import { type CompanyWeb, freePort, startCompanyWeb } from "../../support/company-server.js";

/** The Inspector's editor draws only the lines of a result that fit into the window. */
const TALL = { viewport: { width: 1400, height: 2400 } };
/** A person's browser opens these pages to sign in. A script of the Inspector would ask for other paths. */
const PAGES = /^\/(oauth\/(authorize|interaction)|auth|assets)(\/|$)/;
const REVISIONS = [
  { era: "legacy", revision: "2025-11-25" },
  { era: "auto", revision: "2026-07-28" },
];
const STEP = { timeout: 60_000 };

/** Opens the Inspector's page in a browser that reaches this machine alone. The page asks for fonts of the internet. */
async function openInspector(context: TestContext, { publicUrl }: CompanyWeb, era: string, command: readonly string[]) {
  const { page, complaints, requested } = await openBrowser(context, TALL);
  page.setDefaultTimeout(STEP.timeout);
  await page.route(
    ({ hostname, protocol }) => protocol.startsWith("http") && hostname !== "127.0.0.1",
    (route) => route.abort(),
  );
  const env = cleanEnv({
    CLIENT_PORT: String(await freePort()),
    MCP_SANDBOX_PORT: "0",
    MCP_APP_ORIGIN_PORT: "0",
    MCP_AUTO_OPEN_ENABLED: "false",
    MCP_INSPECTOR_SECRET_STORE: "file",
  });
  const flags = ["--web", "--transport", "http", "--protocol-era", era, "--server-url", `${publicUrl}/mcp`];
  const run = spawnProcess([...command, ...flags], { env });
  const [, address = ""] = await run.seen("stdout", /running at:\s+(http\S+)/);
  await page.goto(address);
  return { page, complaints, requested, origin: new URL(address).origin };
}

/** Has the page connect, and its person allow it and sign in. */
async function connect(page: Page, origin: string) {
  // The switch itself is covered by its drawing.
  await page.getByRole("switch", { name: /^Connect or disconnect/ }).click({ force: true });
  await page.getByRole("button", { name: "Continue with Okta" }).click();
  await page.getByRole("button", { name: "Ada Admin" }).click();
  await page.waitForURL((url) => url.origin === origin);
}

describe("C5: the Inspector's page", { timeout: 180_000 }, () => {
  test.for(REVISIONS)("C5: signs in, lists and calls with $revision", async ({ era, revision }, context) => {
    const command = requireCommand(context, "@modelcontextprotocol/inspector");
    const web = await startCompanyWeb();
    const { page, complaints, requested, origin } = await openInspector(context, web, era, command);
    await connect(page, origin);

    await page.getByText(`MCP ${revision}`, { exact: true }).waitFor();
    await page.getByText("Tools", { exact: true }).click();
    await page.getByRole("button", { name: "list_users" }).click();
    await page.getByRole("textbox", { name: "search", exact: true }).fill(`profile.login eq "${ADMIN_LOGIN}"`);
    await page.getByRole("button", { name: "Execute Tool" }).click();
    await page.getByRole("heading", { name: "Results" }).waitFor();
    await expect.poll(() => page.getByRole("main").textContent(), STEP).toContain(`"login": "${ADMIN_LOGIN}"`);

    // The page has the server of the Inspector ask for everything, so nothing has to stand in `allowed_origins`.
    expect(web.content.allowed_origins).toEqual([]);
    const asked = requested.map((url) => new URL(url)).filter((url) => url.origin === web.publicUrl);
    expect(asked.map(({ pathname }) => pathname)).toContain("/oauth/authorize");
    expect(asked.filter(({ pathname }) => !PAGES.test(pathname)).map(String)).toEqual([]);
    expect(complaints.filter((complaint) => !complaint.startsWith("Failed to load resource: net::"))).toEqual([]);
  });
});
