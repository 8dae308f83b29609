import { describe, expect, onTestFinished, type TestContext, test, vi } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { type CompanyWebOptions, freePort, startCompanyWeb } from "../../support/company-server.js";
import { readsUsers, remoteOf } from "./remote-program.js";

/** Several programs start one after the other. */
const LIMIT = { timeout: 150_000 };

const setUp = (context: TestContext, options: CompanyWebOptions = {}) =>
  remoteOf(context, () => startCompanyWeb(options));

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
