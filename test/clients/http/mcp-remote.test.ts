import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { describe, expect, onTestFinished, type TestContext, test, vi } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { requireCommand } from "../../support/ci-tools.js";
import { cleanEnv, temporaryFolder } from "../../support/cli.js";
import { type CompanyWebOptions, freePort, startCompanyWeb } from "../../support/company-server.js";
import { told } from "../peer.js";
import { browserStub } from "./browser-stub.js";
import { plainPerson, type Seen } from "./persons.js";

/** Several programs start one after the other. */
const LIMIT = { timeout: 150_000 };

/** A company's server, and mcp-remote on the machine of a person who signs in at each page that it opens. */
async function setUp(context: TestContext, options: CompanyWebOptions = {}) {
  const command = requireCommand(context, "mcp-remote");
  const web = await startCompanyWeb(options);
  const folder = temporaryFolder();
  const browser = await browserStub(folder);
  const seen: Seen = { consents: 0 };
  const person = plainPerson(web, ADMIN_LOGIN, seen);

  /** Signs in where mcp-remote has sent the browser to, and goes back to it. */
  async function signIn(at?: URL): Promise<void> {
    const address = at ?? (await browser.next());
    const arrived = await person(address, address.searchParams.get("redirect_uri") ?? "");
    expect((await fetch(arrived)).status).toBe(200);
  }

  /** Starts mcp-remote as a program does that knows stdio alone. It resolves once the program is connected. */
  async function start(...args: string[]) {
    const [node, script] = command;
    const transport = new StdioClientTransport({
      command: node,
      args: [script, `${web.publicUrl}/mcp`, ...args, "--allow-http"],
      env: cleanEnv({ ...browser.env, HOME: folder, MCP_REMOTE_CONFIG_DIR: join(folder, "kept") }),
      stderr: "pipe",
    });
    let said = "";
    transport.stderr?.on("data", (part: Buffer) => {
      said += part.toString();
    });
    onTestFinished(({ task }) => {
      if (task.result?.state === "fail") console.log(said);
    });
    const client = new Client({ name: "of-stdio", version: "1" });
    onTestFinished(() => client.close());
    await client.connect(transport, { timeout: 60_000 });
    return {
      said: () => said,
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name: string, args: Record<string, unknown> = {}) =>
        told(await client.callTool({ name, arguments: args })),
      close: () => client.close(),
    };
  }
  return { ...web, ...browser, signInPlainly: web.signIn, seen, signIn, start };
}

async function readsUsers(remote: Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>["start"]>>) {
  const { isError, text } = await remote.call("list_users");
  expect(isError, text).toBe(false);
  expect(text).toContain(ADMIN_LOGIN);
}

describe("C3: mcp-remote", LIMIT, () => {
  test("C3: registers on localhost at port 3334, lists and calls", async (context) => {
    const { start, signIn, opened, seen } = await setUp(context);
    const starting = start("3334");
    await signIn();
    const remote = await starting;
    expect(opened[0]?.searchParams.get("redirect_uri")).toBe("http://localhost:3334/oauth/callback");
    expect(seen.consents).toBe(1);
    expect(await remote.list()).toContain("list_users");
    await readsUsers(remote);
  });

  test("C3: two processes share one sign-in at a port of their choice, renew at once, and start again", async (context) => {
    const { start, signIn, next, opened, seen } = await setUp(context);
    const first = start();
    const address = await next();
    const second = start();
    await signIn(address);
    const [one, other] = await Promise.all([first, second]);
    await Promise.all([readsUsers(one), readsUsers(other)]);
    // The second may have opened the browser before it saw that the first waits for the same sign-in.
    const pages = opened.length;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    await Promise.all([readsUsers(one), readsUsers(other)]);
    await Promise.all([readsUsers(other), readsUsers(one)]);
    await Promise.all([one.close(), other.close()]);
    await readsUsers(await start());
    expect(opened).toHaveLength(pages);
    expect(seen.consents).toBe(1);
    expect(`${one.said()}${other.said()}`).not.toContain("invalid_grant");
  });

  test("C3: takes the code of a person who needs longer for the pages than it waits", async (context) => {
    const { start, signIn, next, seen } = await setUp(context);
    const starting = start("--auth-timeout", "1");
    const address = await next();
    const { port } = new URL(address.searchParams.get("redirect_uri") ?? "");
    let isLate = false;
    seen.whileAsked = async () => {
      // It answers so once its own time is over.
      expect((await fetch(`http://localhost:${port}/wait-for-auth`)).status).toBe(202);
      isLate = true;
    };
    await signIn(address);
    await readsUsers(await starting);
    expect(isLate).toBe(true);
  });
});

describe("C4: mcp-remote", LIMIT, () => {
  test("C4: calls with a pasted token, and opens no browser", async (context) => {
    const { start, opened, signInPlainly } = await setUp(context);
    const { access_token } = await signInPlainly(ADMIN_LOGIN);
    const remote = await start("--header", `Authorization:Bearer ${access_token}`);
    await readsUsers(remote);
    expect(opened).toEqual([]);
  });

  test("C4: is a client that serve.json lists, by --static-oauth-client-info", async (context) => {
    const port = await freePort();
    const client = {
      client_id: "mcp-remote-of-acme",
      name: "mcp-remote of Acme",
      redirect_uris: [`http://localhost:${port}/oauth/callback`],
    };
    const { start, signIn, opened } = await setUp(context, {
      serve: { clients: [client], registration: { dynamic: false } },
    });
    const starting = start(String(port), "--static-oauth-client-info", JSON.stringify({ client_id: client.client_id }));
    await signIn();
    await readsUsers(await starting);
    expect(opened[0]?.searchParams.get("client_id")).toBe(client.client_id);
  });
});
