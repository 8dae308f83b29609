import { describe, expect, type TestContext, test } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { openBrowser } from "../../support/chromium.js";
import { requireCommand } from "../../support/ci-tools.js";
import { cleanEnv, spawnProcess, temporaryFolder } from "../../support/cli.js";
import { freePort, startCompanyWeb } from "../../support/company-server.js";
import { browserStub } from "./browser-stub.js";
import { listenForCode } from "./persons.js";
import { plainPerson } from "./plain-person.js";

const LIMIT = { timeout: 120_000 };

/** Returns a function that makes one request with the Inspector's command line, and reads the JSON that it prints. */
function inspector(context: TestContext, url: string, era: string, token: string) {
  const command = requireCommand(context, "@modelcontextprotocol/inspector");
  const env = cleanEnv({ HOME: temporaryFolder() });
  return async (method: string, ...flags: string[]) => {
    const args = ["--cli", "--format", "json", "--protocol-era", era, "--transport", "http", "--server-url", url];
    const header = ["--header", `Authorization: Bearer ${token}`];
    const run = spawnProcess([...command, ...args, ...header, "--method", method, ...flags], { env });
    run.child.stdin.end();
    const { stdout, stderr } = await run.ended;
    return JSON.parse(stdout === "" ? expect.fail(stderr) : stdout).result;
  };
}

describe("C5: the Inspector", LIMIT, () => {
  test.for(["legacy", "auto"])("C5: lists and calls with a person's token (%s)", async (era, context) => {
    const { publicUrl, signIn } = await startCompanyWeb();
    const { access_token } = await signIn(ADMIN_LOGIN);
    const request = inspector(context, `${publicUrl}/mcp`, era, access_token);
    const { tools } = await request("tools/list");
    expect(tools.map(({ name }: { name: string }) => name)).toContain("list_users");
    const { isError, content } = await request(
      "tools/call",
      "--tool-name",
      "list_users",
      "--tool-args-json",
      JSON.stringify({ search: `profile.login eq "${ADMIN_LOGIN}"` }),
    );
    expect(isError ?? false, JSON.stringify(content)).toBe(false);
    expect(content[0].text).toContain(ADMIN_LOGIN);
  });
});

describe("C5: the Inspector that signs in", LIMIT, () => {
  test("C5: registers, has its person sign in, and lists", async (context) => {
    const command = requireCommand(context, "@modelcontextprotocol/inspector");
    const web = await startCompanyWeb();
    const folder = temporaryFolder();
    const { next, env } = await browserStub(folder);
    const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;
    const args = ["--cli", "--format", "json", "--transport", "http", "--server-url", `${web.publicUrl}/mcp`];
    const run = spawnProcess([...command, ...args, "--callback-url", callback, "--method", "tools/list"], {
      env: cleanEnv({ HOME: folder, MCP_INSPECTOR_SECRET_STORE: "file", MCP_AUTO_OPEN_ENABLED: "true", ...env }),
    });
    run.child.stdin.end();
    const address = await Promise.race([next(), run.ended.then(({ stderr }) => expect.fail(stderr))]);
    const arrived = await plainPerson(web, ADMIN_LOGIN)(address, callback);
    expect((await fetch(arrived)).status).toBe(200);
    const { stdout, stderr } = await run.ended;
    expect(stdout, stderr).toContain('"name":"list_users"');
  });
});

describe("C5: a client in a web page", LIMIT, () => {
  /** What a page of a client asks for: the metadata, then a list with the token and one without. */
  const ASKS = `async ({ publicUrl, token }) => {
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-11-25" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
    const ask = (more) => fetch(publicUrl + "/mcp", { method: "POST", headers: { ...headers, ...more }, body });
    try {
      const metadata = await (await fetch(publicUrl + "/.well-known/oauth-protected-resource/mcp")).json();
      const bare = await ask({});
      const listed = await ask({ authorization: "Bearer " + token });
      return { resource: metadata.resource, status: bare.status, challenge: bare.headers.get("www-authenticate"),
        text: await listed.text() };
    } catch (error) {
      return { failed: String(error) };
    }
  }`;

  async function askFrom(context: TestContext, isListed: boolean) {
    const { page } = await openBrowser(context);
    const client = new URL(await listenForCode("/"));
    const { publicUrl, signIn } = await startCompanyWeb({
      serve: { allowed_origins: isListed ? [client.origin] : [] },
    });
    const { access_token: token } = await signIn(ADMIN_LOGIN);
    await page.goto(client.href);
    const told = await page.evaluate(`(${ASKS})(${JSON.stringify({ publicUrl, token })})`);
    return { told: told as Record<string, unknown>, publicUrl };
  }

  test("C5: calls from a listed origin, and reads the challenge", async (context) => {
    const { told, publicUrl } = await askFrom(context, true);
    expect(told).toMatchObject({
      resource: `${publicUrl}/mcp`,
      status: 401,
      challenge: expect.stringContaining("resource_metadata="),
      text: expect.stringContaining('"name":"list_users"'),
    });
  });

  test("C5: is let in from no other origin", async (context) => {
    const { told } = await askFrom(context, false);
    expect(told.failed).toContain("Failed to fetch");
  });
});
