import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { IncomingMessage, ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import { Socket } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Networks } from "../../src/net/networks.js";
import { serveFileSchema } from "../../src/people/serve-schema.js";
import { Front } from "../../src/web/front.js";
import { startCompanyWeb } from "../support/company-server.js";
import { rawHttp, requestText } from "../support/raw-http.js";

const PUBLIC_URL = "https://login.acme-robotics.example";
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/certificates/${name}`, import.meta.url));
const text = (name: string) => readFileSync(fixture(name), "utf8");

test("TLS comes from files, and new ones are used without an end to any connection", async () => {
  const { server, folder, lines } = await startCompanyWeb({
    serve: { public_url: PUBLIC_URL, tls: { cert_file: "cert.pem", key_file: "key.pem" } },
    files: { "cert.pem": text("leaf.pem"), "key.pem": text("leaf.key") },
  });
  expect(server.address).toMatch(/^https:/);
  const get = (agent: Agent) =>
    new Promise<{ body: string; serial: string; socket: TLSSocket; headers: IncomingMessage["headers"] }>(
      (resolve, reject) => {
        const options = { agent, rejectUnauthorized: false, headers: { host: new URL(PUBLIC_URL).host } };
        request(`${server.address}/.well-known/oauth-protected-resource`, options, (answer) => {
          let body = "";
          const socket = answer.socket as TLSSocket;
          answer.on("data", (chunk) => {
            body += chunk;
          });
          answer.on("end", () =>
            resolve({ body, serial: socket.getPeerCertificate().serialNumber, socket, headers: answer.headers }),
          );
        })
          .on("error", reject)
          .end();
      },
    );
  const newConnection = () => get(new Agent({ keepAlive: false, maxCachedSessions: 0 }));
  const kept = new Agent({ keepAlive: true });
  onTestFinished(() => kept.destroy());
  const first = await get(kept);
  expect(JSON.parse(first.body)).toMatchObject({ resource: `${PUBLIC_URL}/mcp` });
  expect(first.headers["strict-transport-security"]).toContain("max-age=");

  copyFileSync(fixture("ec.pem"), join(folder, "cert.pem"));
  server.reload();
  expect((await newConnection()).serial).toBe(first.serial);
  expect(lines.join("")).toContain("the one before stays");
  copyFileSync(fixture("ec.key"), join(folder, "key.pem"));
  server.reload();
  const second = await newConnection();
  expect(second.serial).not.toBe(first.serial);
  expect((await get(kept)).socket).toBe(first.socket);

  writeFileSync(join(folder, "cert.pem"), text("leaf.pem"));
  writeFileSync(join(folder, "key.pem"), text("leaf.key"));
  const serialNow = async () => (await newConnection()).serial;
  await expect.poll(serialNow, { timeout: 30_000, interval: 500 }).toBe(first.serial);
  expect(lines.join("")).not.toContain("PRIVATE KEY");
}, 60_000);

test("plain http is taken from this machine and from listed proxies alone, but for probes", () => {
  const front = new Front({
    publicUrl: PUBLIC_URL,
    origins: new Set(),
    proxies: new Networks(["10.0.0.0/8"]),
    endsTls: false,
  });
  const statusFor = (remoteAddress: string, url: string, headers: Record<string, string> = {}) => {
    const socket = new Socket();
    Object.defineProperty(socket, "remoteAddress", { value: remoteAddress });
    const incoming = Object.assign(new IncomingMessage(socket), { method: "GET", url, headers });
    const outgoing = new ServerResponse(incoming);
    return front.admits(incoming, outgoing) ? "admitted" : outgoing.statusCode;
  };
  const claims = { "x-forwarded-for": "10.1.1.1", "x-forwarded-proto": "https", forwarded: "proto=https" };
  for (const path of ["/mcp", "/oauth/token", "/me", "/.well-known/oauth-protected-resource"]) {
    expect(statusFor("203.0.113.9", path, claims), path).toBe(403);
    expect(statusFor("::ffff:203.0.113.9", path), path).toBe(403);
    for (const peer of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.4.4.4", "::ffff:10.4.4.4"]) {
      expect(statusFor(peer, path), `${peer} ${path}`).toBe("admitted");
    }
  }
  expect(statusFor("203.0.113.9", "/healthz")).toBe("admitted");
  expect(statusFor("203.0.113.9", "/readyz")).toBe("admitted");
});

test("a listed proxy may put its own name into Host, and nobody else may", async () => {
  const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const statusOf = async (trusted: string[]) => {
    const { publicUrl, signIn } = await startCompanyWeb({ serve: { trusted_proxies: trusted } });
    const { access_token: token } = await signIn();
    const headers = ["Host: upstream", `Authorization: Bearer ${token}`, "Content-Type: application/json"];
    return (await rawHttp(publicUrl, requestText("POST /mcp", headers, list))).status;
  };
  expect(await statusOf(["127.0.0.1"])).toBe(200);
  expect(await statusOf(["10.0.0.0/8"])).toBe(403);
});

test("settings with which tokens would travel in the open are refused, and so are wrong networks", () => {
  const problemsOf = (over: object) => {
    const given = {
      public_url: "https://mcp.acme.example",
      data_dir: "data",
      okta: { org_url: "https://acme.okta.com", client_id: "x", client_secret_file: "secret" },
      roles: [{ name: "a", groups: ["00g1234567890abcdefg"], scopes: ["okta.users.read"] }],
      ...over,
    };
    const parsed = serveFileSchema().safeParse(given);
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  };
  const tls = { cert_file: "c", key_file: "k" };
  const everywhere = { listen: { host: "0.0.0.0" } };
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ ...everywhere, tls })).toEqual([]);
  expect(problemsOf({ ...everywhere, trusted_proxies: ["10.0.0.0/8"] })).toEqual([]);
  expect(problemsOf(everywhere).join()).toContain("listen.host would take plain http from other machines");
  expect(problemsOf({ public_url: "http://127.0.0.1:8480", tls }).join()).toContain("public_url begins with http");
  for (const public_url of [
    "https://mcp.acme.example/okta",
    "https://MCP.acme.example",
    "https://mcp.acme.example:443",
  ]) {
    expect(problemsOf({ public_url }).join()).toContain("Write https://mcp.acme.example");
  }
  expect(problemsOf({ trusted_proxies: ["proxy.internal"] }).join()).toContain("trusted_proxies.0 is no address");
});
