import { request } from "node:http";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { browserStub } from "../clients/http/browser-stub.js";
import { COMMAND, cleanEnv, temporaryFolder } from "../support/cli.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { createPeer, type Elicitation, PEERS, type PeerKind } from "../support/peers.js";
import { startPracticeCli } from "../support/practice-cli.js";

interface ClientOptions {
  elicitation?: Elicitation;
  /** Opens a link, or answers a question. */
  answer?: (question: { message: string; url?: string | undefined }) => ElicitResult | Promise<ElicitResult>;
  env?: Record<string, string>;
}

const refuses = (): ElicitResult => ({ action: "decline" });

/** Connects a client to a server of its own, as a person's client starts it. */
async function connect(peer: PeerKind, base: Record<string, string>, options: ClientOptions = {}) {
  const { elicitation, answer = refuses, env = {} } = options;
  const client = createPeer(peer, {
    elicitation,
    roots: undefined,
    answer: (question) =>
      answer({ message: question.message, url: "url" in question ? String(question.url) : undefined }),
  });
  const [command, ...args] = COMMAND;
  const given = cleanEnv({ ...base, ...env });
  onTestFinished(() => client.close());
  await client.connect(new StdioClientTransport({ command, args, env: given, stderr: "ignore" }));
  const call = async (name: string, args: object = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: { ...args } });
    const [{ text = "" } = {}] = content as { text?: string }[];
    return { text, isError };
  };
  return { client, call };
}

describe.each(PEERS)("a company's own API over stdio, for a client that begins with %s", (peer) => {
  test("is listed beside our tools, and an open operation needs nobody", async () => {
    const { env, sandbox } = await startPracticeCli();
    const { client, call } = await connect(peer, env);
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(names).toContain("hr_request_time_off");
    expect(names).not.toContain("list_users");
    expect((await call("hr_health_check_health_get")).isError).toBe(false);
    expect(sandbox.requests).toEqual([]);
  });

  test("a client that shows links signs its person in during the call", async () => {
    const { env, visit, api } = await startPracticeCli();
    const shown: string[] = [];
    const { call } = await connect(peer, env, {
      elicitation: { form: {}, url: {} },
      async answer({ message, url }) {
        shown.push(message);
        void visit(url ?? "", BOB_LOGIN);
        return { action: "accept" };
      },
    });
    const user = await call("hr_get_user_info_user_get");
    expect(user).toMatchObject({ isError: false, text: expect.stringContaining(BOB_LOGIN) });
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain("Sign in to the API hr");
    expect((await call("hr_get_time_off")).isError).toBe(false);
    expect(shown).toHaveLength(1);
    expect(api.requests.length).toBeGreaterThan(1);
  });

  test("a client that shows none gets the link in the error, and its person signs in meanwhile", async () => {
    const { env, visit, redirectPort } = await startPracticeCli();
    const { call } = await connect(peer, env);
    const waiting = await call("hr_get_user_info_user_get");
    expect(waiting.isError).toBe(true);
    const [link = ""] = /http:\S+\/v1\/authorize\?\S+/.exec(waiting.text) ?? [];
    expect(waiting.text).toMatch(/^sign_in_pending: Nobody is signed in to the API hr/);
    expect(waiting.text).toContain("in a browser on the machine on which okta-mcp runs");

    // What others on this machine or in its browsers send to the port in the meantime is refused.
    const sent = (path: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve, reject) => {
        request({ host: "127.0.0.1", port: redirectPort, path, headers }, ({ statusCode }) => resolve(statusCode ?? 0))
          .on("error", reject)
          .end();
      });
    expect(await sent("/callback?code=x&state=guessed")).toBe(400);
    expect(await sent("/callback?code=x&state=guessed", { host: "evil.example" })).toBe(403);
    expect(await sent("/")).toBe(404);

    expect((await visit(link)).status).toBe(200);
    const user = await call("hr_get_user_info_user_get");
    expect(user).toMatchObject({ isError: false, text: expect.stringContaining(ADMIN_LOGIN) });
    await expect(sent("/callback")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("a person who does not want to sign in ends it", async () => {
    const { env, api } = await startPracticeCli();
    const { call } = await connect(peer, env, { elicitation: { form: {}, url: {} }, answer: refusesLater });
    expect(await call("hr_get_user_info_user_get")).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^login_denied: /),
    });
    expect(api.requests).toEqual([]);
  });

  test("a removal asks first, and the guard file counts for it too", async () => {
    const { env, login, folder } = await startPracticeCli();
    await login();
    const asked: string[] = [];
    const { call } = await connect(peer, env, {
      elicitation: { form: {} },
      async answer({ message }) {
        asked.push(message);
        return refusesLater();
      },
    });
    const refused = await call("hr_withdraw_time_off", { request_id: "TO-1" });
    expect(refused.isError).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(1);

    const { writeFileSync } = await import("node:fs");
    writeFileSync(`${folder}/guard.json`, JSON.stringify({ deny_tools: ["hr"] }), { mode: 0o600 });
    const guarded = await connect(peer, env, { env: { OKTA_MCP_GUARD: `${folder}/guard.json` } });
    expect(await guarded.call("hr_health_check_health_get")).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^protected: .*deny_tools/),
    });
  });
});

/** Answers as a person does, who needs a moment: a refusal that comes sooner counts as a question that was not shown. */
async function refusesLater(): Promise<ElicitResult> {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return { action: "decline" };
}

test("where a browser can be opened, it is opened with the link", async () => {
  const { env, visit } = await startPracticeCli();
  const stub = await browserStub(temporaryFolder());
  const { call } = await connect("handshake", env, { env: { ...stub.env, CI: "", DISPLAY: ":0" } });
  const waiting = await call("hr_get_user_info_user_get");
  expect(waiting.text).toContain("A browser was opened");
  const address = await stub.next();
  expect((await visit(address.href)).status).toBe(200);
  expect((await call("hr_get_user_info_user_get")).isError).toBe(false);
});

test("two clients of one person share the sign-in of one of them", async () => {
  const { env, visit, home: HOME } = await startPracticeCli();
  const shared = { ...env, HOME };
  const first = await connect("handshake", shared);
  const second = await connect("stateless", shared);
  const [link = ""] = /http:\S+\/v1\/authorize\?\S+/.exec((await first.call("hr_get_user_info_user_get")).text) ?? [];
  // The port is the first one's until its sign-in is done.
  const busy = await second.call("hr_get_user_info_user_get");
  expect(busy).toMatchObject({ isError: true, text: expect.stringContaining("auth.redirect_port") });
  await visit(link);
  expect((await first.call("hr_get_user_info_user_get")).isError).toBe(false);
  expect((await second.call("hr_get_user_info_user_get")).isError).toBe(false);
});

test("an argument that is bound to the caller needs the org where the API knows an app alone", async () => {
  const { env, hr, write } = await startPracticeCli();
  write({ apis: { hr: { ...hr, auth: { kind: "none" } } } });
  const { call } = await connect("stateless", env);
  expect(await call("hr_get_employee_information")).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^signed_out: No Okta org is set/),
  });
});
