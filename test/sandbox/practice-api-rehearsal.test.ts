import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { HR_AUDIENCE, HR_SERVER_ID, HR_WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { companyExample, exampleTexts, STAFF_ROLE } from "../../sandbox/practice-api/example-settings.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/company-server.js";

const SECRET = "s".repeat(40);
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

/** A serve.json for an org on `orgPort`, with the example's API and one by exchange, and the secrets that it names. */
async function settingsFor(orgPort: number, apiPort: number, port: number): Promise<string> {
  const orgUrl = `http://127.0.0.1:${orgPort}`;
  const dir = join(temporaryFolder(), "config");
  const answers = [
    "--org-url",
    orgUrl,
    "--public-url",
    `http://127.0.0.1:${port}`,
    "--client-id",
    "0oa1b2c3d4e5f6g7h8",
  ];
  const init = ["serve", "init", "--dir", dir, ...answers, "--role", "reader=00g1b2c3d4e5f6g7h8"];
  expect(await startCli(init).ended).toMatchObject({ code: 0 });
  for (const [name, text] of Object.entries(exampleTexts(orgUrl))) writeFileSync(join(dir, name), text);
  writeFileSync(join(dir, "hr-secret"), SECRET, { mode: 0o600 });
  const example = companyExample({ orgUrl, apiUrl: `http://127.0.0.1:${apiPort}` }, "hr-secret");
  const payroll = {
    document: "./hr.openapi.yaml",
    base_url: `http://127.0.0.1:${apiPort}`,
    prefix: "payroll_",
    auth: {
      kind: "exchange",
      issuer: `${orgUrl}/oauth2/ausPayroll0000000001`,
      client_id: "0oaPayroll0000000001",
      client_secret_file: "hr-secret",
      scopes: ["pay.read"],
      audience: "https://payroll.acme.example",
    },
    operations: [{ id: "list_employees" }],
    roles: [STAFF_ROLE],
  };
  const tokens = {
    issuer: `${orgUrl}/oauth2/ausMcp00000000000001`,
    clients: ["0oaClient00000000001"],
    groups_claim: "groups",
  };
  const file = join(dir, "serve.json");
  const settings = JSON.parse(readFileSync(file, "utf8"));
  const apis = { ...example.apis, payroll };
  const roles = [{ ...settings.roles[0], name: STAFF_ROLE }];
  writeFileSync(file, JSON.stringify({ ...settings, roles, apis, sign_in: "native", tokens }));
  return file;
}

test("a rehearsal has the authorization servers and apps of a company's APIs, and the practice API takes their tokens", {
  timeout: 120_000,
}, async () => {
  const [orgPort, apiPort, port] = [await freePort(), await freePort(), await freePort()];
  const file = await settingsFor(orgPort, apiPort, port);
  const ports = ["--port", String(orgPort), "--api-port", String(apiPort)];
  const sandbox = startCli(["sandbox", ...ports, "--company", file]);
  await sandbox.seen("stdout", /^staff@\S+: staff$/m);
  const orgUrl = `http://127.0.0.1:${orgPort}`;

  const authorize = new URL(`${orgUrl}/oauth2/${HR_SERVER_ID}/v1/authorize`);
  authorize.search = new URLSearchParams({
    client_id: HR_WEB_CLIENT_ID,
    redirect_uri: `http://127.0.0.1:${port}/connect/hr/callback`,
    response_type: "code",
    scope: "openid offline_access hr.read",
    state: "s",
    code_challenge: "a".repeat(43),
    code_challenge_method: "S256",
  }).toString();
  const page = await fetch(authorize);
  expect(page.status, await page.text()).toBe(200);

  async function ask(serverId: string, parameters: Record<string, string>) {
    const form = { client_id: "0oaPayroll0000000001", client_secret: SECRET, ...parameters };
    const init = { method: "POST", body: new URLSearchParams(form) };
    return (await (await fetch(`${orgUrl}/oauth2/${serverId}/v1/token`, init)).json()) as Record<string, string>;
  }
  const service = await ask("ausPayroll0000000001", { grant_type: "client_credentials", scope: "pay.read" });
  expect(decodeJwt(service.access_token ?? "")).toMatchObject({
    aud: "https://payroll.acme.example",
    scp: ["pay.read"],
  });
  const exchange = { grant_type: EXCHANGE, subject_token_type: "urn:ietf:params:oauth:token-type:access_token" };
  const target = { audience: "https://payroll.acme.example", scope: "pay.read", subject_token: "none" };
  expect(await ask("ausPayroll0000000001", { ...exchange, ...target })).toMatchObject({
    error_description: "'subject_token' is invalid.",
  });
  const hr = await ask(HR_SERVER_ID, { grant_type: "client_credentials", scope: "hr.read" });
  expect(decodeJwt(hr.access_token ?? "")).toMatchObject({ aud: HR_AUDIENCE });
  const readBy = async ({ access_token = "" }: Record<string, string>) =>
    fetch(`http://127.0.0.1:${apiPort}/employees`, { headers: { authorization: `Bearer ${access_token}` } });
  expect((await readBy(hr)).status).toBe(200);
  // The practice API knows this token's server and audience, and asks for a scope of its own.
  expect((await readBy(service)).headers.get("www-authenticate")).toContain('scope="hr.read"');
});
