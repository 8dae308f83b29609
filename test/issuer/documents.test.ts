import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { SignJWT } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { isPublicAddress } from "../../src/net/public-address.js";
import { createPublicFetch, type PublicFetchOptions } from "../../src/net/public-fetch.js";
import { plainBrowser } from "../support/browser.js";
import { ROOT } from "../support/cli.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { allowed, allScopes, obtainCode, postForm, redemption } from "../support/issuer.js";
import { testKey } from "../support/oauth.js";
import { ROOT_CERTIFICATE, TLS_HOST } from "../support/tls-org.js";

const pem = (name: string) => readFileSync(join(ROOT, "test/fixtures/certificates", name), "utf8");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A host on the web, which has a certificate and documents. */
async function documentHost(answers: Record<string, Answer>) {
  const asked: string[] = [];
  const identity = { key: pem("leaf.key"), cert: pem("leaf.pem") + pem("intermediate.pem") };
  const server = createTlsServer(identity, (request, response) => {
    const path = request.url ?? "/";
    asked.push(path);
    (answers[path] ?? ((_request, gone) => gone.writeHead(404).end()))(request, response);
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { asked, port, close, url: (path: string) => `https://${TLS_HOST}:${port}${path}` };
}

const sendJson =
  (body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/** The way to documents, with the test's host in place of one on the web. */
const wayTo = (change: Partial<PublicFetchOptions> = {}) =>
  createPublicFetch({
    maxBytes: 32_768,
    timeoutMs: 2_000,
    ca: readFileSync(ROOT_CERTIFICATE, "utf8"),
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
    allows: (address) => address === "127.0.0.1",
    ...change,
  });

const documentOf = (client_id: string, more: Record<string, unknown> = {}) => ({
  client_id,
  client_name: "Well Known Assistant",
  redirect_uris: ["http://127.0.0.1/cb"],
  token_endpoint_auth_method: "none",
  ...more,
});

/** The page or the place that an authorization request of a client leads to. */
async function visitOf(web: CompanyWeb, client_id: string, change: Record<string, string> = {}) {
  const { url } = await web.begin({ client_id, scope: await allScopes(web), ...change });
  const browser = plainBrowser();
  return web.follow(browser, await browser.get(url));
}

describe("a client that a document on the web describes", () => {
  test("P22: is read once, kept, and gets tokens", async () => {
    const host = await documentHost({});
    const id = host.url("/client.json");
    const answers: Record<string, Answer> = { "/client.json": sendJson(documentOf(id)) };
    const real = await documentHost(answers);
    answers["/client.json"] = sendJson(documentOf(real.url("/client.json")));
    const web = await startCompanyWeb({ fetchDocument: wayTo() });
    const clientId = real.url("/client.json");
    const obtained = await obtainCode(web, { clientId });
    expect((await web.token(redemption(obtained))).status).toBe(200);
    expect(real.asked).toEqual(["/client.json"]);
    expect(await web.store.clients.find(clientId)).toMatchObject({ kind: "cimd", name: "Well Known Assistant" });
    // Another instance reads it for itself; a host that does not answer ends nobody's sign-in.
    await real.close();
    const other = await web.anotherInstance();
    const again = await obtainCode(web, { clientId });
    expect((await postForm(other.address, "token", redemption(again))).status).toBe(200);
  });

  test("P22: is refused where its address leads into a private network, and nothing connects there", async () => {
    let connections = 0;
    const internal = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => internal.listen(0, () => resolve()));
    onTestFinished(() => void internal.close());
    const { port } = internal.address() as AddressInfo;
    const web = await startCompanyWeb();
    for (const host of [
      "127.0.0.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "localhost",
      "0.0.0.0",
      "2130706433",
      "0x7f.1",
      "[::ffff:7f00:1]",
    ]) {
      const visit = await visitOf(web, `https://${host}:${port}/client.json`);
      expect([visit.status, visit.location], host).toEqual([400, undefined]);
      expect(visit.html, host).toContain("<code>invalid_client</code>");
      expect(visit.html, host).not.toContain("private");
    }
    for (const id of [
      "https://169.254.169.254/latest",
      "https://[::ffff:10.0.0.1]/c",
      "https://10.1.2.3/c",
      "http://127.0.0.1/c",
    ]) {
      expect((await visitOf(web, id)).html, id).toContain("<code>invalid_client</code>");
    }
    expect(connections).toBe(0);
    expect(web.lines.join("")).toContain("its host is in a private network");
  });

  test("P22: a name is resolved once, all its addresses are checked, and a second answer of the name server counts for nothing", async () => {
    const host = await documentHost({
      "/client.json": (request, response) => sendJson({ host: request.headers.host })(request, response),
    });
    const asked: string[] = [];
    const answers = [["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]];
    const fetchDocument = wayTo({
      resolve: async (name) => {
        asked.push(name);
        return (answers.shift() ?? []).map((address) => ({ address, family: 4 }));
      },
    });
    expect((await fetchDocument(new URL(host.url("/client.json")))).status).toBe(200);
    expect(asked).toEqual([TLS_HOST]);
    const mixed = wayTo({ resolve: async () => ["127.0.0.1", "10.0.0.1"].map((address) => ({ address, family: 4 })) });
    await expect(mixed(new URL(host.url("/client.json")))).rejects.toThrow("private network");
    expect(host.asked).toEqual(["/client.json"]);
  });

  test("P22: a redirect, a huge, slow or wrong document is not taken", async () => {
    const huge = JSON.stringify({ padding: "x".repeat(10_000_000) });
    const type = { "content-type": "application/json" };
    const answers: Record<string, Answer> = {
      "/redirect": (_request, response) => response.writeHead(302, { location: "https://10.0.0.1/" }).end(),
      "/huge": (_request, response) => response.writeHead(200, type).end(huge),
      "/endless": (_request, response) => {
        response.writeHead(200, type);
        const more = () => response.write("x".repeat(65_536), () => setImmediate(more));
        more();
      },
      "/slow": (_request, response) => response.writeHead(200, type).write("{"),
      "/silent": () => {},
      "/html": (_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("{}"),
      "/broken": (_request, response) => response.writeHead(200, type).end("{"),
      "/list": sendJson([]),
      "/packed": sendJson({}, { "content-encoding": "gzip" }),
    };
    const host = await documentHost(answers);
    answers["/other"] = sendJson(documentOf(host.url("/client.json")));
    const secrets = {
      "/secret": { client_secret: "s".repeat(40) },
      "/basic": { token_endpoint_auth_method: "client_secret_basic" },
      "/post": { token_endpoint_auth_method: "client_secret_post" },
      "/hmac": { token_endpoint_auth_method: "client_secret_jwt" },
      "/keys-elsewhere": { token_endpoint_auth_method: "private_key_jwt", jwks_uri: "https://10.0.0.1/keys" },
      "/nowhere": { redirect_uris: ["https://unlisted.example/cb"] },
    };
    for (const [path, more] of Object.entries(secrets)) answers[path] = sendJson(documentOf(host.url(path), more));
    const web = await startCompanyWeb({ fetchDocument: wayTo({ timeoutMs: 500 }) });
    for (const path of Object.keys(answers)) {
      const visit = await visitOf(web, host.url(path));
      expect([visit.status, visit.location], path).toEqual([400, undefined]);
      expect(visit.html, path).toMatch(/<code>invalid_(client|client_metadata|redirect_uri)<\/code>/);
    }
    expect(new Set(host.asked).size).toBe(Object.keys(answers).length);
    expect(await web.store.clients.count("cimd")).toBe(0);
  });

  test("P22: documents of other hosts than those that are listed are not even looked for", async () => {
    const host = await documentHost({});
    const web = await startCompanyWeb({
      serve: { registration: { document_hosts: ["claude.ai"] } },
      fetchDocument: wayTo(),
    });
    expect((await visitOf(web, host.url("/client.json"))).html).toContain("<code>invalid_client</code>");
    expect(host.asked).toEqual([]);
  });

  test("P22: with keys in its document it signs that it is itself, and each assertion counts once", async () => {
    const key = await testKey("ES256");
    const answers: Record<string, Answer> = {};
    const host = await documentHost(answers);
    const clientId = host.url("/signed.json");
    const method = { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [key.publicJwk] } };
    answers["/signed.json"] = sendJson(documentOf(clientId, method));
    const web = await startCompanyWeb({ fetchDocument: wayTo() });
    const assertion = (life = 60, signedWith = key) =>
      new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: "ES256", kid: key.publicJwk.kid })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(web.publicUrl)
        .setIssuedAt()
        .setExpirationTime(`${life}s`)
        .sign(signedWith.privateKey);
    const obtained = await obtainCode(web, { clientId });
    const redeem = async (client_assertion?: string) => {
      const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
      const proof = client_assertion === undefined ? {} : { client_assertion, client_assertion_type: type };
      return (await web.token({ ...redemption(obtained), ...(proof as Record<string, string>) })).status;
    };
    expect(await redeem()).toBe(401);
    expect(await redeem(await assertion(60, await testKey("ES256")))).toBe(401);
    expect(await redeem(await assertion(7_200))).toBe(401);
    const right = await assertion();
    expect(await redeem(right)).toBe(200);
    expect(await redeem(right)).toBe(401);
  });

  test("P23: one whose codes go to this machine is never taken as verified or remembered, whatever name it gives", async () => {
    const answers: Record<string, Answer> = {};
    const host = await documentHost(answers);
    const clientId = host.url("/local.json");
    answers["/local.json"] = sendJson(documentOf(clientId, { client_name: "Claude" }));
    const web = await startCompanyWeb({ fetchDocument: wayTo() });
    const { client_id } = await web.register({ client_name: "Claude" });
    for (const id of [clientId, client_id]) {
      const browser = plainBrowser();
      await obtainCode(web, { clientId: id, browser });
      const { url } = await web.begin({ client_id: id, scope: await allScopes(web) });
      const page = await web.follow(browser, await browser.get(url));
      expect(page.status, id).toBe(200);
      expect(page.html).toContain("Nobody has verified this name");
      expect(page.html).toContain("not verified");
      expect((await allowed(web, browser, page, "http://127.0.0.1:4711")).location?.search).toContain("code=");
    }
  });

  test("P23: one whose codes go to a host on the web is remembered for that host", async () => {
    const answers: Record<string, Answer> = {};
    const host = await documentHost(answers);
    const clientId = host.url("/web.json");
    const redirect_uri = "https://app.example/cb";
    answers["/web.json"] = sendJson(documentOf(clientId, { redirect_uris: [redirect_uri] }));
    const web = await startCompanyWeb({ serve: { registration: { hosts: ["app.example"] } }, fetchDocument: wayTo() });
    const browser = plainBrowser();
    await obtainCode(web, { clientId, browser, change: { redirect_uri } });
    const { url } = await web.begin({ client_id: clientId, redirect_uri, scope: await allScopes(web) });
    const visit = await web.follow(browser, await browser.get(url), redirect_uri);
    expect(visit.location?.searchParams.has("code")).toBe(true);
  });
});

test("P22: public are the addresses that anybody can reach, in whatever form they are written", () => {
  const inside = ["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"];
  const odd = ["169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"];
  const six = ["::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1"];
  const mapped = ["::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001::1"];
  const wrong = ["", "x", "1", "1.2.3", "0177.0.0.1", "2130706433", "0x7f000001", "1.2.3.4/8", " 8.8.8.8", "[::1]"];
  for (const address of [...inside, ...odd, ...six, ...mapped]) expect(isPublicAddress(address), address).toBe(false);
  for (const address of wrong) expect(isPublicAddress(address), address).toBe(false);
  for (const address of ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.255.255", "2606:4700::1111"]) {
    expect(isPublicAddress(address), address).toBe(true);
  }
});
