import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { startCompanyServer } from "../../src/cli/company-server.js";
import { createLog } from "../../src/log.js";
import { createHttpClient } from "../../src/net/http-client.js";
import { loadRoles } from "../../src/people/load-roles.js";
import { serveFileSchema } from "../../src/people/serve-schema.js";
import { openStore } from "../../src/store/open-store.js";
import { plainBrowser } from "../support/browser.js";
import { startCompany } from "../support/company-org.js";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("from sign-in to the first call", async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-web-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let group = "";
  const company = await startCompany({
    app: {
      redirectUris: [`${publicUrl}/auth/sso/callback/okta`],
      secret: "s".repeat(40),
      scopes: ["okta.users.read", "okta.groups.manage"],
      groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" },
    },
    arrange(org) {
      const ada = org.users.findByLogin(ADMIN_LOGIN);
      group = org.addGroup({ profile: { name: "okta-mcp-helpdesk" } }, ada ? [ada] : []).id;
    },
  });
  writeFileSync(join(folder, "secret"), "s".repeat(40));
  const content = serveFileSchema().parse({
    public_url: publicUrl,
    listen: { host: "127.0.0.1", port },
    data_dir: folder,
    okta: { org_url: company.origin, client_id: WEB_CLIENT_ID, client_secret_file: "secret" },
    roles: [{ name: "helpdesk", groups: [group], scopes: ["okta.users.read", "okta.groups.manage"] }],
  });
  const file = join(folder, "serve.json");
  const loaded = loadRoles(content.roles, file);
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  const lines: string[] = [];
  const log = createLog({
    level: "debug",
    stderr: { write: (line: string | Uint8Array) => lines.push(String(line)) > 0 },
  });
  const store = await openStore({ dir: join(folder, "data"), log, now: company.clock.now });
  onTestFinished(() => store.close());
  const server = await startCompanyServer({
    content,
    file,
    roles: () => loaded.roles,
    store,
    version: "0.0.0",
    log,
    fetch: createHttpClient(),
    now: company.clock.now,
  });
  onTestFinished(() => server.close());
  onTestFinished((context) => {
    if (context.task.result?.state === "fail") console.log(lines.join(""));
  });

  const bare = await fetch(`${publicUrl}/mcp`, { method: "POST", body: "{}" });
  expect(bare.status).toBe(401);
  expect(bare.headers.get("www-authenticate")).toContain("resource_metadata=");

  company.control.autoSignIn(ADMIN_LOGIN);
  const registered = await fetch(`${publicUrl}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "A test",
      redirect_uris: ["http://127.0.0.1/cb"],
      token_endpoint_auth_method: "none",
    }),
  });
  const { client_id } = (await registered.json()) as { client_id: string };
  const verifier = "v".repeat(64);
  const challenge = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))).toString(
    "base64url",
  );
  const authorize = new URL(`${publicUrl}/oauth/authorize`);
  authorize.search = String(
    new URLSearchParams({
      client_id,
      redirect_uri: "http://127.0.0.1:4711/cb",
      response_type: "code",
      code_challenge: challenge,
      code_challenge_method: "S256",
      state: "x",
      scope: "mcp",
      resource: `${publicUrl}/mcp`,
    }),
  );
  const browser = plainBrowser();
  let visit = await browser.get(authorize);
  visit = await browser.get(visit.location ?? "");
  expect(visit.html).toContain("Continue with Okta");
  visit = await browser.submit(visit, visit.url, { answer: "allow" });
  for (let step = 0; step < 12 && visit.location && visit.location.port !== "4711"; step += 1)
    visit = await browser.get(visit.location);
  expect(visit.location?.href, visit.html).toContain("http://127.0.0.1:4711/cb?code=");
  const token = await fetch(`${publicUrl}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id,
      code: visit.location?.searchParams.get("code") ?? "",
      redirect_uri: "http://127.0.0.1:4711/cb",
      code_verifier: verifier,
    }),
  });
  const tokens = (await token.json()) as { access_token: string; refresh_token: string };
  expect(tokens.refresh_token).toBeDefined();
  const call = async (method: string, params: object) => {
    const answer = await fetch(`${publicUrl}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${tokens.access_token}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const text = await answer.text();
    return { status: answer.status, text };
  };
  expect((await call("tools/list", {})).text).toContain('"name":"list_users"');
  expect((await call("tools/call", { name: "list_users", arguments: {} })).text).toContain(ADMIN_LOGIN);

  const lab = company.org.addGroup({ profile: { name: "Lab" } });
  const remove = async () => (await call("tools/call", { name: "delete_group", arguments: { group_id: lab.id } })).text;
  const asked = await remove();
  expect(asked).toContain("needs_approval");
  expect(company.org.groups.get(lab.id)).toBeDefined();
  visit = await browser.get(/approve_url":"([^"]+)"/.exec(asked.replaceAll("\\", ""))?.[1] ?? "");
  for (let step = 0; step < 12 && visit.location; step += 1) visit = await browser.get(visit.location);
  expect(visit.html).toContain("group &quot;Lab&quot;");
  expect(await remove()).toContain("needs_approval");
  visit = await browser.submit(visit, visit.url, { answer: "yes" });
  expect(visit.html).toContain("Approved");
  expect(await remove()).toContain('\\"done\\":true');
  expect(company.org.groups.get(lab.id)).toBeUndefined();
  expect(await remove()).toContain("not_found");
});
