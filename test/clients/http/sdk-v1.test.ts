import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { plainBrowser } from "../../support/browser.js";
import { startCompanyWeb } from "../../support/company-server.js";
import { told } from "../peer.js";
import { type MemoryProvider, memoryProvider, type ProgramOptions } from "./memory-provider.js";
import { listenForCode, type Person, personWithChromium, plainPerson, type Seen } from "./persons.js";

/** A program made with the MCP SDK for the revisions up to 2025-11-25. */
class Program {
  readonly provider: MemoryProvider;
  readonly #url: URL;
  readonly #person: Person;
  #client = new Client({ name: "sdk-v1", version: "1" });
  #transport: StreamableHTTPClientTransport;

  constructor(publicUrl: string, person: Person, options: ProgramOptions) {
    this.#url = new URL(`${publicUrl}/mcp`);
    this.#person = person;
    this.provider = memoryProvider(options);
    this.#transport = this.#newTransport();
  }

  /** Does some work, and signs in and does it anew where the SDK says that a person has to sign in. */
  async #signedIn<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      const address = this.provider.opened.at(-1) ?? expect.fail("The SDK opened no browser.");
      const { searchParams } = await this.#person(address, this.provider.redirectUrl);
      expect(searchParams.get("state")).toBe(this.provider.kept.state);
      await this.#transport.finishAuth(searchParams.get("code") ?? expect.fail(`no code: ${searchParams}`));
      return await work();
    }
  }

  async connect(): Promise<void> {
    onTestFinished(() => this.#client.close());
    await this.#signedIn(async () => {
      // A transport whose first message was refused is not used again.
      this.#client = new Client({ name: "sdk-v1", version: "1" });
      this.#transport = this.#newTransport();
      await this.#client.connect(this.#transport);
    });
  }

  async list(): Promise<string[]> {
    return (await this.#signedIn(() => this.#client.listTools())).tools.map(({ name }) => name);
  }

  async call(name: string, args: Record<string, unknown> = {}) {
    return told(await this.#signedIn(() => this.#client.callTool({ name, arguments: args })));
  }

  #newTransport(): StreamableHTTPClientTransport {
    return new StreamableHTTPClientTransport(this.#url, { authProvider: this.provider });
  }
}

async function setUp() {
  const web = await startCompanyWeb();
  const seen: Seen = { consents: 0 };
  const redirectUri = await listenForCode();
  const program = new Program(web.publicUrl, plainPerson(web, ADMIN_LOGIN, seen), { redirectUri });
  return { ...web, seen, program, redirectUri };
}

describe("C1: a client of the SDK for 2025-11-25", () => {
  test("C1: registers, signs a person in, lists and calls", async () => {
    const { program, seen, company } = await setUp();
    await program.connect();
    expect(seen.consents).toBe(1);
    expect(program.provider.opened).toHaveLength(1);
    expect(program.provider.kept.client?.client_id).toBeTruthy();
    expect(await program.list()).toEqual(expect.arrayContaining(["list_users", "delete_group"]));
    const { isError, text } = await program.call("list_users");
    expect(isError, text).toBe(false);
    expect(text).toContain(ADMIN_LOGIN);
    // The program has tokens of this server, and none that would count at Okta.
    const { access_token } = program.provider.kept.tokens ?? expect.fail("no tokens");
    const atOkta = await fetch(`${company.origin}/api/v1/users`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(atOkta.status).toBe(401);
  });

  test("C1: signs in through the pages in Chromium", { timeout: 60_000 }, async (context) => {
    const { person, complaints } = await personWithChromium(context, "Ada Admin");
    const { publicUrl } = await startCompanyWeb();
    const program = new Program(publicUrl, person, { redirectUri: await listenForCode() });
    await program.connect();
    expect((await program.call("list_users")).text).toContain(ADMIN_LOGIN);
    expect(complaints.filter((complaint) => !complaint.includes("404"))).toEqual([]);
  });

  test("C1: renews its token after that has ended, and nobody is asked", async () => {
    const { program, seen } = await setUp();
    await program.connect();
    const before = program.provider.kept.tokens;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await program.call("list_users")).isError).toBe(false);
    const after = program.provider.kept.tokens;
    expect(after?.access_token).not.toBe(before?.access_token);
    expect(after?.refresh_token).not.toBe(before?.refresh_token);
    expect(program.provider.opened).toHaveLength(1);
    expect(seen.consents).toBe(1);
  });

  test("C1: signs in again where its access was taken away in the middle", async () => {
    const { program, seen, follow, publicUrl } = await setUp();
    await program.connect();
    const browser = plainBrowser();
    const me = await follow(browser, await browser.get(`${publicUrl}/me`));
    await follow(browser, await browser.submit(me, "/me/revoke", {}));
    expect((await program.call("list_users")).isError).toBe(false);
    expect(program.provider.opened).toHaveLength(2);
    expect(seen.consents).toBe(2);
  });

  test("C1: a new process goes on with the tokens that the last one left", async () => {
    const { program, publicUrl, redirectUri } = await setUp();
    await program.connect();
    const next = new Program(publicUrl, () => expect.fail("Nobody is to be asked."), { redirectUri });
    Object.assign(next.provider.kept, program.provider.kept);
    await next.connect();
    expect((await next.call("list_users")).isError).toBe(false);
  });
});
