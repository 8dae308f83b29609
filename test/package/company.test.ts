import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import type { Org } from "../../sandbox/org.js";
import { orgAuthorization } from "../../sandbox/org-authorization.js";
import { startSandbox } from "../../sandbox/server.js";
import { createLog } from "../../src/log.js";
import { openStore } from "../../src/store/open-store.js";
import { BUILT_ENTRY, whereBuilt } from "../support/built.js";
import { clientOf } from "../support/company-client.js";
import { freePort } from "../support/company-server.js";

const SCOPES = ["okta.users.read"];

/** Starts the built server of a company, in front of an org with one person. */
async function startBuilt() {
  const publicUrl = `http://127.0.0.1:${await freePort()}`;
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-built-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let group = "";
  const authorization = (org: Org) => {
    const ada = org.addUser({
      profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" },
    });
    group = org.addGroup({ profile: { name: "okta-mcp-readers" } }, [ada]).id;
    addOAuthApp(org, {
      redirectUris: [`${publicUrl}/auth/sso/callback/okta`],
      secret: "s".repeat(40),
      scopes: SCOPES,
      groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" },
    });
    return orgAuthorization()(org);
  };
  const sandbox = await startSandbox({ seed: null, authorization });
  onTestFinished(sandbox.close);
  writeFileSync(join(folder, "secret"), "s".repeat(40), { mode: 0o600 });
  const file = join(folder, "serve.json");
  const settings = {
    public_url: publicUrl,
    listen: { host: "127.0.0.1", port: Number(new URL(publicUrl).port) },
    data_dir: "data",
    okta: { org_url: sandbox.origin, client_id: WEB_CLIENT_ID, client_secret_file: "secret" },
    roles: [{ name: "readers", groups: [group], scopes: SCOPES }],
  };
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  const child = spawn(process.execPath, [BUILT_ENTRY, "serve", "--config", file], {
    env: { PATH: process.env.PATH ?? "", HOME: folder },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(async () => {
    const closed = once(child, "close");
    child.kill();
    await closed;
  });
  await once(child.stdout, "data");
  return { folder, ...clientOf(publicUrl, sandbox.authorization.control.autoSignIn) };
}

whereBuilt("the built server of a company keeps what it gives out under the names that its source has", async () => {
  const { folder, signIn, token } = await startBuilt();
  const { call, client_id, refresh_token, access_token } = await signIn();
  expect((await call("tools/list")).text).toContain('"name":"list_users"');
  const store = await openStore({
    dir: join(folder, "data"),
    as: "beside",
    log: createLog({ level: "error", stderr: process.stderr }),
  });
  onTestFinished(() => store.close());
  const grantId = String((await store.oidc.find("AccessToken", access_token))?.payload.grantId);
  expect(await store.oidc.hasGrant(grantId)).toBe(true);
  expect(await store.oidc.find("RefreshToken", refresh_token)).toBeDefined();
  // Two tabs renew at once: the source has a grace for that, by the name of the kind.
  const renew = () => token({ grant_type: "refresh_token", client_id, refresh_token });
  expect((await Promise.all([renew(), renew()])).map(({ status }) => status)).toEqual([200, 200]);
});
