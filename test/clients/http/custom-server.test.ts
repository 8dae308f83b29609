import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { addOAuthApp } from "../../../sandbox/oauth-app.js";
import { serveFileSchema } from "../../../src/people/serve-schema.js";
import { freePort } from "../../support/company-server.js";
import { OTHER_CLIENT_ID, startTokenWeb, type TokenWeb } from "../../support/company-tokens.js";
import { told } from "../peer.js";
import { curlOf } from "./curl-program.js";
import { readsUsers, remoteOf } from "./remote-program.js";

/** A program starts, and a person signs in. */
const LIMIT = { timeout: 150_000 };

/** Of bearer mode, in which calls are made with the token itself. */
const USER_ROLES = [{ name: "admins", scopes: ["okta.users.read", "okta.groups.manage"] }];

const MODES = ["native", "introspect", "bearer"] as const;

const webOf = (signIn: (typeof MODES)[number]) =>
  startTokenWeb(signIn === "bearer" ? { signIn, roles: USER_ROLES } : { signIn });

/** Calls a tool with curl and a pasted token: no Accept, no protocol version, no initialize. */
async function pasted(context: TestContext, { publicUrl }: TokenWeb, token: string): Promise<string> {
  const params = { name: "list_users", arguments: { search: `profile.login eq "${ADMIN_LOGIN}"` } };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const headers = ["-H", `Authorization: Bearer ${token}`, "-H", "Content-Type: application/json"];
  return curlOf(context)("-i", "-X", "POST", `${publicUrl}/mcp`, ...headers, "-d", body);
}

describe.each(MODES)("a pasted token of the org's, by %s", LIMIT, (signIn) => {
  test("C8: curl calls with it and nothing else, and is refused with that of another client", async (context) => {
    const web = await webOf(signIn);
    const answer = await pasted(context, web, await web.tokenOf());
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(ADMIN_LOGIN);
    const refused = await pasted(context, web, await web.tokenOf({ clientId: OTHER_CLIENT_ID }));
    expect(refused).toMatch(/^HTTP\/1\.1 401 /);
    expect(refused).toContain('error="invalid_token"');
  });

  test("C4: mcp-remote calls with it by --header, and opens no browser", async (context) => {
    const { start, opened, tokenOf } = await remoteOf(context, () => webOf(signIn));
    await readsUsers(await start("--header", `Authorization:Bearer ${await tokenOf()}`));
    expect(opened).toEqual([]);
  });
});

describe.each(["native", "introspect"] as const)("a client that the operator made at Okta, by %s", LIMIT, (signIn) => {
  test("C4: mcp-remote signs its person in at the custom authorization server, by --static-oauth-client-info", async (context) => {
    const port = await freePort();
    const clientId = "0oaMcpRemote000000001";
    const redirectUris = [`http://localhost:${port}/oauth/callback`];
    const {
      start,
      signIn: atOkta,
      opened,
      issuer,
    } = await remoteOf(context, () =>
      startTokenWeb({
        signIn,
        tokens: { clients: [clientId] },
        arrange: (org) => void addOAuthApp(org, { id: clientId, type: "native", redirectUris }),
      }),
    );
    const starting = start(String(port), "--static-oauth-client-info", JSON.stringify({ client_id: clientId }));
    await atOkta();
    await readsUsers(await starting);
    expect(opened[0]?.href).toContain(`${issuer}/v1/authorize`);
    expect(opened[0]?.searchParams.get("client_id")).toBe(clientId);
  });
});

describe("C8: a client of its own that sends the org's token, in bearer mode", () => {
  test("C8: calls by the library for clients, which finds no authorization server here", async () => {
    const web = await webOf("bearer");
    const client = new Client({ name: "of-a-team", version: "1" });
    onTestFinished(() => client.close());
    const headers = { Authorization: `Bearer ${await web.tokenOf()}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${web.publicUrl}/mcp`), { requestInit: { headers } }),
    );
    const { isError, text } = told(await client.callTool({ name: "list_users", arguments: {} }));
    expect([isError, text.includes(ADMIN_LOGIN)]).toEqual([false, true]);
    expect(web.company.sandbox.count("POST", "/oauth2/v1/introspect")).toBeGreaterThan(0);
    const metadata = await (await fetch(`${web.publicUrl}/.well-known/oauth-protected-resource/mcp`)).json();
    expect(metadata).not.toHaveProperty("authorization_servers");
  });

  test("C8: works only where serve.json says that it departs from MCP's rules", async () => {
    const { content } = await webOf("bearer");
    const { accept_nonconformant: _, ...tokens } = content.tokens ?? {};
    const checked = serveFileSchema().safeParse({ ...content, tokens });
    expect(checked.error?.issues.map(({ path }) => path.join("."))).toEqual(["tokens.accept_nonconformant"]);
  });
});
