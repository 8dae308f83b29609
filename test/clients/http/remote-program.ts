import { connect } from "node:net";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished, type TestContext } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { requireCommand } from "../../support/ci-tools.js";
import { cleanEnv, temporaryFolder } from "../../support/cli.js";
import type { CompanyWeb } from "../../support/company-server.js";
import { told } from "../peer.js";
import { browserStub } from "./browser-stub.js";
import { plainPerson, type Seen } from "./plain-person.js";

/** True once something takes connections at the host and port of an address. */
function isListening({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket
      .once("error", () => resolve(false))
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      });
  });
}

/**
 * mcp-remote on the machine of a person who signs in at each page that it opens. The test is skipped where there is none.
 * @param startWeb starts the server of the company
 */
export async function remoteOf<Web extends CompanyWeb>(context: TestContext, startWeb: () => Promise<Web>) {
  const command = requireCommand(context, "mcp-remote");
  const web = await startWeb();
  const folder = temporaryFolder();
  const browser = await browserStub(folder);
  const seen: Seen = { consents: 0 };
  const person = plainPerson(web, ADMIN_LOGIN, seen);

  /** Signs in where mcp-remote has sent the browser to, and goes back to it. */
  async function signIn(at?: URL): Promise<void> {
    const address = at ?? (await browser.next());
    const redirectUri = new URL(address.searchParams.get("redirect_uri") ?? "");
    // It opens the browser before it listens. A person is slower than that.
    await expect.poll(() => isListening(redirectUri), { timeout: 30_000 }).toBe(true);
    const arrived = await person(address, redirectUri.href);
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

/** Calls a tool that reads, over mcp-remote. */
export async function readsUsers(remote: Awaited<ReturnType<Awaited<ReturnType<typeof remoteOf>>["start"]>>) {
  const { isError, text } = await remote.call("list_users");
  expect(isError, text).toBe(false);
  expect(text).toContain(ADMIN_LOGIN);
}
