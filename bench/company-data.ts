import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createLog } from "../src/log.js";
import { openStore, type Store } from "../src/store/open-store.js";

/** What a company's server has before it starts: its settings, and people who are signed in. */
export interface CompanyData {
  /** The path of serve.json. */
  config: string;
  /** The address of /mcp. */
  url: string;
  /** A token of each person. */
  tokens: string[];
}

const HOURS_12 = 12 * 3_600;
const CLIENT = "bench";
const GROUP = "00gbench000000000000";
const SCOPES = ["okta.users.read", "okta.groups.read"];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Fills the folder of a company's server. The people's tokens are put into the store in the form in which a sign-in
 * leaves them, because 200 sign-ins would take longer than all that is measured.
 */
export async function fillCompany(folder: string, orgUrl: string, people: number): Promise<CompanyData> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const publicUrl = `http://127.0.0.1:${await freePort()}`;
  const config = join(folder, "serve.json");
  await writeFile(join(folder, "secret"), "s".repeat(40), { mode: 0o600 });
  const serve = {
    public_url: publicUrl,
    listen: { host: "127.0.0.1", port: Number(new URL(publicUrl).port) },
    data_dir: ".",
    okta: { org_url: orgUrl, client_id: "0oabench", client_secret_file: "secret" },
    roles: [{ name: "readers", groups: [GROUP], scopes: SCOPES, read_only: true }],
    log: { level: "error" },
  };
  await writeFile(config, JSON.stringify(serve, null, 2), { mode: 0o600 });
  const store = await openStore({ dir: join(folder, "."), log: createLog({ level: "error", stderr: process.stderr }) });
  const tokens: string[] = [];
  for (let number = 0; number < people; number += 1) {
    const person = await store.people.signedIn({
      issuer: orgUrl,
      subject: `00ubench${number}`,
      login: `person${number}@acme.example`,
      name: undefined,
      email: undefined,
      emailVerified: false,
      groups: [GROUP],
    });
    await store.upstream.put(person.id, "org", {
      access: `bench-${number}`,
      accessEndsAtMs: Date.now() + HOURS_12 * 1000,
      refresh: undefined,
      dpopKey: undefined,
      scopes: SCOPES,
    });
    tokens.push(await giveToken(store, person.id, `${publicUrl}/mcp`));
  }
  await store.close();
  return { config, url: `${publicUrl}/mcp`, tokens };
}

/**
 * Keeps a grant and an access token as the authorization server does.
 * @param person the id of a person of the store
 * @param resource the address of /mcp
 * @returns the token
 */
export async function giveToken(store: Store, person: string, resource: string): Promise<string> {
  const [grantId, token] = [randomBytes(32).toString("base64url"), randomBytes(32).toString("base64url")];
  const iat = Math.floor(Date.now() / 1000);
  const scope = "mcp mcp:read mcp:write";
  const own = { accountId: person, clientId: CLIENT, iat, exp: iat + HOURS_12 };
  const grant = { ...own, kind: "Grant", jti: grantId, openid: { scope }, resources: { [resource]: scope } };
  await store.oidc.upsert("Grant", grantId, grant, HOURS_12);
  const access = { ...own, kind: "AccessToken", jti: token, grantId, gty: "authorization_code", aud: resource, scope };
  await store.oidc.upsert("AccessToken", token, access, HOURS_12);
  return token;
}
