import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../support/chromium.js";
import { CALLBACK, startCompany } from "../support/company-org.js";

const APP_SITE = new URL(CALLBACK).origin;

async function setUp() {
  const { origin, sandbox } = await startCompany();
  const ask = async (method: string, path: string, headers: Record<string, string>) => {
    const response = await fetch(origin + path, { method, headers });
    const allowed = response.headers.get("access-control-allow-origin");
    return { status: response.status, allowed, methods: response.headers.get("access-control-allow-methods") };
  };
  return { origin, sandbox, ask };
}

describe("a page of another site", () => {
  test("may read descriptions and keys, whatever its site", async () => {
    const { ask } = await setUp();
    for (const path of [
      "/.well-known/openid-configuration",
      "/oauth2/default/.well-known/oauth-authorization-server",
      "/oauth2/v1/keys",
      "/oauth2/default/v1/keys",
    ]) {
      expect(await ask("GET", path, { origin: "https://any.example" })).toMatchObject({ status: 200, allowed: "*" });
    }
  });

  test("may ask for tokens where an app of the org has a redirect URI, and nowhere else", async () => {
    const { ask } = await setUp();
    const preflight = { "access-control-request-method": "POST" };
    for (const path of ["/oauth2/v1/token", "/oauth2/default/v1/token"]) {
      expect(await ask("OPTIONS", path, { origin: APP_SITE, ...preflight })).toMatchObject({
        status: 204,
        allowed: APP_SITE,
        methods: "GET, POST",
      });
      expect(await ask("POST", path, { origin: APP_SITE })).toMatchObject({ status: 401, allowed: APP_SITE });
      for (const origin of ["https://any.example", "null", `${APP_SITE}0`]) {
        expect(await ask("POST", path, { origin })).toMatchObject({ status: 403, allowed: null });
      }
    }
    for (const path of ["/signin", "/api/v1/users", "/oauth2/v1/authorize"]) {
      expect(await ask("POST", path, { origin: APP_SITE })).toMatchObject({ status: 403, allowed: null });
    }
  });

  test("gains nothing by a host name that leads here", async () => {
    const { origin, sandbox } = await setUp();
    const { port } = new URL(origin);
    const headers = { host: `evil.example:${port}`, origin: APP_SITE };
    const status = await new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, method: "POST", path: "/oauth2/v1/token", headers }, ({ statusCode }) =>
        resolve(statusCode),
      )
        .on("error", reject)
        .end();
    });
    expect(status).toBe(421);
    expect(sandbox.count("*", "/oauth2/v1/token")).toBe(0);
  });

  test("in Chromium gets what it asks for by script", async (context) => {
    const { page } = await openBrowser(context);
    const app = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<p>");
    });
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
    onTestFinished(() => void app.close());
    const site = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    const { origin } = await startCompany({ app: { redirectUris: [`${site}/callback`] } });
    await page.goto(site);
    const read = (path: string, method: string) =>
      page.evaluate<number>(
        `fetch(${JSON.stringify(origin + path)}, { method: "${method}", headers: { authorization: "Bearer x" } }).then((r) => r.status)`,
      );
    expect(await read("/oauth2/v1/userinfo", "GET")).toBe(401);
    expect(await read("/oauth2/v1/token", "POST")).toBe(401);
    await expect(read("/api/v1/users", "GET")).rejects.toThrow("Failed to fetch");
  });
});
