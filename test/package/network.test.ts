import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { describeWhereBuilt, whereBuilt } from "../support/built.js";
import { runCli, temporaryFolder } from "../support/cli.js";
import { KEY_FILE, openProxy, openTlsOrg, ROOT_CERTIFICATE, TLS_HOST } from "../support/tls-org.js";

const ORG = { OKTA_ORG_URL: `https://${TLS_HOST}`, OKTA_CLIENT_ID: "0oa1", OKTA_SCOPES: "okta.groups.read" };
const TRUSTED = { NODE_EXTRA_CA_CERTS: ROOT_CERTIFICATE };
const WITH_TOKEN = { ...ORG, ...TRUSTED, OKTA_ACCESS_TOKEN: "token-1" };
const TUNNEL = `${TLS_HOST}:443`;
const LIST = ["call", "list_groups", "--json"];

/** Opens an org behind a proxy. With `refuseWith`, the proxy refuses each tunnel with that status. */
async function openNetwork(refuseWith?: string) {
  const org = await openTlsOrg();
  const proxy = await openProxy({ port: org.port, ...(refuseWith !== undefined && { refuseWith }) });
  return { org, proxy };
}

const run = (env: Record<string, string>, args: readonly string[] = LIST) => runCli(args, { env });

describeWhereBuilt("the built command", () => {
  for (const variable of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
    whereBuilt(`reaches the org through the proxy in ${variable}`, async () => {
      const { org, proxy } = await openNetwork();
      const { code, stdout, stderr } = await run({ ...WITH_TOKEN, [variable]: `http://${proxy.host}` });
      expect(code, stderr).toBe(0);
      expect(stdout).toContain("Pilot");
      expect(org.asked).toEqual(["GET /api/v1/groups Bearer token-1"]);
      expect(proxy.asked).toEqual([{ host: TUNNEL, authorization: undefined }]);
    });
  }

  whereBuilt("shows the proxy its user name and password, and nobody else", async () => {
    const { org, proxy } = await openNetwork();
    const { code, stderr } = await run({ ...WITH_TOKEN, HTTPS_PROXY: `http://jo:p%40ss@${proxy.host}` });
    expect(code, stderr).toBe(0);
    expect(proxy.asked[0]?.authorization).toBe(`Basic ${Buffer.from("jo:p@ss").toString("base64")}`);
    expect(org.asked).toEqual(["GET /api/v1/groups Bearer token-1"]);
  });

  whereBuilt("signs an app in through the proxy, by the key in a file", async () => {
    const { org, proxy } = await openNetwork();
    const key = { OKTA_PRIVATE_KEY_FILE: KEY_FILE, OKTA_KEY_ID: "ci" };
    const { code, stderr } = await run({ ...ORG, ...TRUSTED, ...key, HTTPS_PROXY: `http://${proxy.host}` });
    expect(code, stderr).toBe(0);
    expect(org.asked).toEqual(["POST /oauth2/v1/token", "GET /api/v1/groups Bearer token-of-the-sign-in"]);
  });

  whereBuilt("signs a person in through the proxy, and keeps the sign-in in a file for the next command", async () => {
    const { org, proxy } = await openNetwork();
    const env = {
      ...ORG,
      ...TRUSTED,
      HOME: temporaryFolder(),
      OKTA_MCP_TOKEN_STORE: "file",
      HTTPS_PROXY: `http://${proxy.host}`,
    };
    const login = await run(env, ["login", "--no-browser"]);
    expect(login.code, login.stderr).toBe(0);
    expect(org.asked).toEqual(["POST /oauth2/v1/device/authorize", "POST /oauth2/v1/token"]);
    const listed = await run(env);
    expect(listed.code, listed.stderr).toBe(0);
    expect(org.asked.slice(2)).toEqual(["GET /api/v1/groups Bearer token-of-the-sign-in"]);
  });

  for (const variable of ["NO_PROXY", "no_proxy"]) {
    whereBuilt(`goes past the proxy to the hosts in ${variable}`, async () => {
      const { proxy } = await openNetwork();
      const { code, stderr } = await run({
        ...WITH_TOKEN,
        HTTPS_PROXY: `http://${proxy.host}`,
        [variable]: `elsewhere.example,${TLS_HOST}`,
      });
      expect(code).toBe(1);
      expect(stderr).toContain("host name");
      expect(proxy.asked).toEqual([]);
    });
  }

  for (const status of ["407 Proxy Authentication Required", "403 Forbidden"]) {
    whereBuilt(`tells of a proxy that answers ${status}, without its password`, async () => {
      const { org, proxy } = await openNetwork(status);
      const { code, stderr } = await run({ ...WITH_TOKEN, HTTPS_PROXY: `http://jo:hunter2@${proxy.host}` });
      expect(code).toBe(1);
      expect(JSON.parse(stderr).error).toMatchObject({
        code: "unreachable",
        message: expect.stringContaining(`the proxy refused to lead there (${status.slice(0, 3)})`),
        fix: expect.stringContaining("HTTPS_PROXY"),
      });
      expect(stderr).not.toContain("hunter2");
      expect(proxy.asked).toHaveLength(1);
      expect(org.asked).toEqual([]);
    });
  }

  whereBuilt("tells a person who signs in of the password that the proxy wants, and of the certificate", async () => {
    const env = { ...ORG, HOME: temporaryFolder(), OKTA_MCP_TOKEN_STORE: "file" };
    const refusing = await openNetwork("407 Proxy Authentication Required");
    const refused = await run({ ...env, HTTPS_PROXY: `http://jo:hunter2@${refusing.proxy.host}` }, [
      "login",
      "--no-browser",
    ]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("the proxy refused to lead there (407)");
    expect(refused.stderr).toContain("name:password@proxy.example.com");
    expect(refused.stderr).not.toContain("hunter2");

    const { org, proxy } = await openNetwork();
    const untrusted = await run({ ...env, HTTPS_PROXY: `http://${proxy.host}` }, ["login", "--no-browser"]);
    expect(untrusted.code).toBe(1);
    expect(untrusted.stderr).toContain("certificate is not trusted");
    expect(untrusted.stderr).toContain("NODE_EXTRA_CA_CERTS");
    expect(org.asked).toEqual([]);
  });

  whereBuilt("does not start with a proxy that is none", async () => {
    const { code, stderr } = await run({ ...WITH_TOKEN, HTTPS_PROXY: "socks5://jo:hunter2@127.0.0.1:1" });
    expect(code).toBe(2);
    expect(stderr).toContain("HTTPS_PROXY is not the URL of an HTTP proxy");
    expect(stderr).not.toContain("hunter2");
  });

  whereBuilt("trusts nobody's own certificate unless NODE_EXTRA_CA_CERTS names it", async () => {
    const { org, proxy } = await openNetwork();
    const { code, stderr } = await run({ ...ORG, OKTA_ACCESS_TOKEN: "token-1", HTTPS_PROXY: `http://${proxy.host}` });
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("certificate is not trusted"),
      fix: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
    expect(org.asked).toEqual([]);
  });
});

/** Code that makes our own code fail. It is loaded before the command. */
const MISTAKES = {
  "a function that is none": "require('node:http').request = undefined;",
  "a header that cannot be sent": `
    const http = require("node:http");
    const { request } = http;
    http.request = (url, options) => request(url, { ...options, headers: { "no name": "x" } });`,
  "a part that is not there": `
    Object.defineProperty(require("node:http"), "request", { get: () => require("not-there") });`,
};

describeWhereBuilt("a mistake in the built command", () => {
  const broken = (code: string) => {
    const preload = join(temporaryFolder(), "mistake.cjs");
    writeFileSync(preload, code);
    return { ...ORG, OKTA_ORG_URL: "http://127.0.0.1:9", NODE_OPTIONS: `--require=${preload}` };
  };

  const CREDENTIALS = {
    "in a call": { OKTA_ACCESS_TOKEN: "token-1" },
    "while an app signs in": { OKTA_PRIVATE_KEY_FILE: KEY_FILE, OKTA_KEY_ID: "ci" },
  };
  for (const [what, code] of Object.entries(MISTAKES)) {
    for (const [when, credential] of Object.entries(CREDENTIALS)) {
      whereBuilt(`is no fault of the network ${when}: ${what}`, async () => {
        const { stderr } = await run({ ...broken(code), ...credential });
        expect(stderr).toContain('"code":"bug"');
        expect(stderr).not.toContain("unreachable");
      });
    }
  }
});
