import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ADMIN_LOGIN, WEB_CLIENT_ID } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import type { Org } from "../../sandbox/org.js";
import { orgAuthorization } from "../../sandbox/org-authorization.js";
import { startSandbox } from "../../sandbox/server.js";
import { BUILT_ENTRY } from "./built.js";
import { type RunningCli, spawnProcess, temporaryFolder } from "./cli.js";
import { clientOf } from "./company-client.js";
import { freePort } from "./company-server.js";

const SECRET = "s".repeat(40);

/** A record of the log of a server. */
export interface LogRecord {
  level: string;
  message: string;
  time: string;
  request_id?: string;
  [field: string]: unknown;
}

/** The records that a server has written so far. A line that is no JSON is an error. */
export function recordsOf(cli: Pick<RunningCli, "stderr">): LogRecord[] {
  return cli
    .stderr()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogRecord);
}

/** Starts the built command `serve` with some arguments, by the Node.js that runs the tests or by another one. */
export function startServeCommand(
  args: readonly string[],
  node: string = process.execPath,
  env: Record<string, string> = {},
): RunningCli {
  return spawnProcess([node, BUILT_ENTRY, "serve", ...args], { env });
}

/** Resolves with the address of /mcp as soon as the server says that it is ready. */
export async function readyAt(cli: RunningCli): Promise<string> {
  const [, address = ""] = await cli.seen("stdout", /^(http\S+)\n/);
  return address;
}

/**
 * A company with an org in this process, whose server is the built command.
 * @param change members of serve.json that replace those of the test's own
 * @param env the environment of the server, besides what every process has
 */
export async function startServeProcess(change: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  const [port, folder] = [await freePort(), temporaryFolder()];
  const publicUrl = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({
    seed: null,
    authorization(org: Org) {
      const ada = org.addUser({
        profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" },
      });
      org.addGroup({ profile: { name: "okta-mcp-helpdesk" } }, [ada]);
      addOAuthApp(org, {
        redirectUris: [`${publicUrl}/auth/sso/callback/okta`],
        secret: SECRET,
        scopes: ["okta.users.manage", "okta.groups.manage"],
        groupsClaim: { filter: "STARTS_WITH", value: "okta-mcp-", lists: "id" },
      });
      return orgAuthorization()(org);
    },
  });
  onTestFinished(sandbox.close);
  const { org, authorization } = sandbox;
  const [group] = org.groups.all().filter(({ profile }) => profile.name === "okta-mcp-helpdesk");
  const file = join(folder, "serve.json");
  const settings = {
    public_url: publicUrl,
    listen: { host: "127.0.0.1", port },
    drain_delay_seconds: 0,
    data_dir: "data",
    okta: { org_url: sandbox.origin, client_id: WEB_CLIENT_ID, client_secret_file: "secret" },
    roles: [{ name: "helpdesk", groups: [group?.id], scopes: ["okta.users.manage", "okta.groups.manage"] }],
  };
  writeFileSync(join(folder, "secret"), SECRET, { mode: 0o600 });
  /** Writes serve.json with these members in place of its own. */
  const write = (change: Record<string, unknown> = {}) =>
    writeFileSync(file, typeof change === "string" ? change : JSON.stringify({ ...settings, ...change }), {
      mode: 0o600,
    });
  write(change);
  const cli = startServeCommand(["--config", file], process.execPath, env);
  await readyAt(cli);
  return {
    sandbox,
    org,
    cli,
    file,
    folder,
    port,
    publicUrl,
    settings,
    secret: SECRET,
    write,
    records: () => recordsOf(cli),
    ...clientOf(publicUrl, authorization.control.autoSignIn),
  };
}
