import { describe, expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { plainBrowser } from "../../support/browser.js";
import { startCompanyWeb } from "../../support/company-server.js";
import { plainPerson } from "./plain-person.js";

/** What an assistant says of itself when it registers, and how it asks for a token. */
interface Assistant {
  name: string;
  /** The members of its registration. */
  registers: Record<string, unknown>;
  /** The place at which it waits for the code. */
  redirectUri: string;
  /** The value of `resource`, in the form in which it sends it; undefined where it sends none. */
  resource: (publicUrl: string) => string | undefined;
  /** The hosts that the operator has to list. */
  hosts?: string[];
}

const PUBLIC = {
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

const ASSISTANTS: readonly Assistant[] = [
  {
    name: "one like Claude, which sends no resource and waits at its own web server",
    registers: { client_name: "Claude", redirect_uris: ["https://claude.ai/api/mcp/auth_callback"], ...PUBLIC },
    redirectUri: "https://claude.ai/api/mcp/auth_callback",
    resource: () => undefined,
    hosts: ["claude.ai"],
  },
  {
    name: "one like Claude with a client secret",
    registers: {
      client_name: "Claude",
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
      ...PUBLIC,
      token_endpoint_auth_method: "client_secret_post",
    },
    redirectUri: "https://claude.ai/api/mcp/auth_callback",
    resource: () => undefined,
    hosts: ["claude.ai"],
  },
  {
    name: "one like ChatGPT, whose resource has a query",
    registers: {
      client_name: "ChatGPT",
      redirect_uris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
      ...PUBLIC,
    },
    redirectUri: "https://chatgpt.com/connector_platform_oauth_redirect",
    resource: (publicUrl) => `${publicUrl}/mcp?connector=1`,
    hosts: ["chatgpt.com"],
  },
  {
    name: "one like VS Code, on a port of this machine",
    registers: {
      client_name: "Visual Studio Code",
      client_uri: "https://code.visualstudio.com",
      redirect_uris: ["http://127.0.0.1/", "http://127.0.0.1:33418/"],
      ...PUBLIC,
      grant_types: [...PUBLIC.grant_types, "urn:ietf:params:oauth:grant-type:device_code"],
      application_type: "native",
    },
    redirectUri: "http://127.0.0.1:51234/",
    resource: (publicUrl) => `${publicUrl}/mcp`,
  },
  {
    name: "one like VS Code, by its scheme",
    registers: {
      client_name: "Visual Studio Code",
      redirect_uris: ["vscode://dynamicauthprovider/callback", "http://127.0.0.1/"],
      ...PUBLIC,
    },
    redirectUri: "vscode://dynamicauthprovider/callback",
    resource: (publicUrl) => `${publicUrl}/mcp/`,
  },
  {
    name: "one like Cursor, by its scheme, which says neither its kind nor how it proves who it is",
    registers: { client_name: "Cursor", redirect_uris: ["cursor://anysphere.cursor-mcp/oauth/callback"] },
    redirectUri: "cursor://anysphere.cursor-mcp/oauth/callback",
    resource: (publicUrl) => `${publicUrl}/mcp`,
  },
];

/** Goes the way of an assistant, from its registration to its tokens. */
async function connect({ registers, redirectUri, resource, hosts }: Assistant) {
  const web = await startCompanyWeb({ serve: { registration: { hosts: hosts ?? [] } } });
  const { register, begin, token, publicUrl } = web;
  const client = await register({ token_endpoint_auth_method: undefined, ...registers });
  const { client_id, client_secret } = client;
  expect(client_id, JSON.stringify(client)).toBeTruthy();
  const given = resource(publicUrl);
  const { url, verifier } = await begin({ client_id, redirect_uri: redirectUri, resource: given, scope: undefined });
  const arrived = await plainPerson(web, ADMIN_LOGIN)(url, redirectUri);
  expect(arrived.searchParams.get("iss")).toBe(publicUrl);
  const own = {
    client_id,
    ...(typeof client_secret === "string" ? { client_secret } : {}),
    ...(given === undefined ? {} : { resource: given }),
  };
  const redeemed = await token({
    grant_type: "authorization_code",
    code: arrived.searchParams.get("code") ?? "",
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...own,
  });
  expect(redeemed.status, JSON.stringify(redeemed.body)).toBe(200);
  return { ...web, client, own, tokens: redeemed.body };
}

describe("C7: an assistant", () => {
  test.each(ASSISTANTS)("C7: $name, connects, calls and renews", async (assistant) => {
    const { call, token, own, tokens } = await connect(assistant);
    const listed = await call(String(tokens.access_token), "tools/list");
    expect(listed.text).toContain('"name":"list_users"');
    const users = await call(String(tokens.access_token), "tools/call", { name: "list_users", arguments: {} });
    expect(users.text).toContain(ADMIN_LOGIN);
    const renewed = await token({
      grant_type: "refresh_token",
      refresh_token: String(tokens.refresh_token),
      ...own,
    });
    expect(renewed.status, JSON.stringify(renewed.body)).toBe(200);
    expect(renewed.body.refresh_token).not.toBe(tokens.refresh_token);
    expect((await call(String(renewed.body.access_token), "tools/list")).status).toBe(200);
  });

  test.each(ASSISTANTS.filter(({ hosts }) => hosts !== undefined))(
    "C7: $name, is refused where the operator has not listed its host",
    async ({ registers }) => {
      const { register } = await startCompanyWeb();
      expect(await register(registers)).toMatchObject({
        error: "invalid_redirect_uri",
        error_description: expect.stringContaining("https host that the server lists"),
      });
    },
  );

  test("C7: one that names another server's resource gets no token", async () => {
    const { register, begin, publicUrl, follow } = await startCompanyWeb();
    const { client_id } = await register();
    const { url, redirectUri } = await begin({ client_id, resource: "https://other.example/mcp" });
    const browser = plainBrowser();
    const { location } = await follow(browser, await browser.get(url), redirectUri);
    expect(location?.searchParams.get("error")).toBe("invalid_target");
    expect(location?.searchParams.get("iss")).toBe(publicUrl);
  });
});
