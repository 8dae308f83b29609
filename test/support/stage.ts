import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { Org } from "../../sandbox/org.js";
import { orgAuthorization } from "../../sandbox/org-authorization.js";
import type { RecordedRequest } from "../../sandbox/recorder.js";
import { type Sandbox, startSandbox } from "../../sandbox/server.js";
import { createSigner, type Signer } from "../../sandbox/signer.js";
import { createServiceKey } from "../../src/cli/service-key.js";
import { type ServerProcess, type ServerProcessOptions, startServer } from "./server-process.js";

/** All stages share the key that signs the orgs' tokens, because making a key takes longer than most scenarios. */
let signer: Promise<Signer> | undefined;

const SCOPES = ["okta.users.manage", "okta.groups.read", "okta.groups.manage", "okta.logs.read"];

/** The options that `startServer` takes. */
type OfTheServer = Pick<ServerProcessOptions, "args" | "person" | "roots" | "structuredContent">;

export interface StageOptions extends OfTheServer {
  /** The scopes in `OKTA_SCOPES`, which a ready token also grants. */
  scopes?: readonly string[];
  /** The scopes of a ready token, if they differ from those in the settings. */
  granted?: readonly string[];
  /** The same option as for `startSandbox`. By default the org has only the admin and one user. */
  seed?: number | null;
  /**
   * Returns the guard file as JSON or as text. It may first add objects to the org. By default there is no guard file.
   */
  guard?: (org: Org) => unknown;
  /** The sign-in: a ready token (default), a person with the device grant, or a service app with its key and DPoP. */
  signIn?: "token" | "device" | "key";
  /** The lead of the org's clock over the server's clock, in milliseconds. */
  clockAheadMs?: number;
  /** The lifetime of the org's access tokens, in seconds. The default is 3600. */
  tokenLifetimeSeconds?: number;
  /** Settings of the server besides those of the sign-in. */
  env?: Record<string, string>;
  /** The same option as in `ServerProcessOptions`. `folder` is the stage's own folder. */
  wrap?: (command: readonly string[], folder: string) => readonly string[];
}

/** An org, the built server connected to it, and a folder for both. */
export interface Stage {
  sandbox: Sandbox;
  server: ServerProcess;
  /** The home folder of the server's user. It is removed with the stage. */
  folder: string;
  /** The settings of the server. */
  env: Readonly<Record<string, string>>;
  /** The ids of a user and a group that exist from the start. */
  userId: string;
  groupId: string;
  /** Returns the requests to the org since the last `forget`. A scenario calls that after its preparations. */
  requests(): readonly RecordedRequest[];
  /** Makes `requests` leave out all requests so far. */
  forget(): void;
  /** Starts another server with the same settings and the same folder, after the present one has ended. */
  restart(): Promise<void>;
  /** Opens a new org in place of the present one. Nothing has happened in it. */
  reopen(): Promise<void>;
  /**
   * Ends everything.
   * @throws AssertionError if the server ended in a wrong way or wrote something that it must not write
   */
  close(): Promise<void>;
}

/** Opens an org with an admin, a user and a group. `key` is the key of its service app. */
async function openPilotOrg(options: StageOptions, port: number, key: ReturnType<typeof createServiceKey> | undefined) {
  const { clockAheadMs = 0, seed = null } = options;
  const sandbox = await startSandbox({
    port,
    seed,
    keepRequests: 100_000,
    now: () => Date.now() + clockAheadMs,
    authorization: orgAuthorization({
      signer: () => {
        signer ??= createSigner();
        return signer;
      },
      autoApprove: true,
      deviceIntervalSeconds: 1,
      accessTokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
      ...(key && { serviceClient: { jwks: key.jwks, dpopRequired: true } }),
    }),
  });
  const { org } = sandbox;
  const profile = (login: string, firstName: string) => ({ login, email: login, firstName, lastName: "Example" });
  if (seed === null) org.addUser({ profile: profile(ADMIN_LOGIN, "Ada") });
  const user = org.addUser({ profile: profile("grace@acme-robotics.example", "Grace") });
  const group = org.groups.add({ profile: { name: "Pilot", description: "before" } });
  return { sandbox, userId: user.id, groupId: group.id };
}

/**
 * Ends a server by leaving it.
 * @throws AssertionError if the server ended in a wrong way or wrote something that it must not write
 */
async function leave(server: ServerProcess, sandbox: Sandbox): Promise<void> {
  const killer = setTimeout(() => server.child.kill("SIGKILL"), 5_000);
  try {
    const { code, signal } = await server.leave();
    assert.deepEqual(
      { code, signal },
      { code: 0, signal: null },
      "the server ends with exit code 0 when its client leaves",
    );
    assert.deepEqual(server.strays, [], "every line on stdout is a message of the protocol");
    assert.doesNotMatch(server.stderr(), /^\s+at .+:\d+:\d+/m, "no stack trace on stderr");
    assert.doesNotMatch(server.stderr(), /eyJ|Warning:/, "neither a token nor a warning of Node.js on stderr");
    assert.deepEqual(sandbox.unknownRoutes, [], "the org knows every route that was asked for");
  } finally {
    clearTimeout(killer);
    server.child.kill("SIGKILL");
    server.letGo();
  }
}

/** Opens a small org and connects the built server to a client. No request has reached the org yet. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { signIn = "token", wrap, scopes = SCOPES, granted = scopes } = options;
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-faults-"));
  const runtimeDir = join(folder, "run");
  mkdirSync(runtimeDir, { mode: 0o700 });
  const key = signIn === "key" ? createServiceKey() : undefined;

  const openOrg = (port: number) => openPilotOrg(options, port, key);
  let present = await openOrg(0);
  let guardFile: string | undefined;
  if (options.guard) {
    guardFile = join(folder, "guard.json");
    const says = options.guard(present.sandbox.org);
    writeFileSync(guardFile, typeof says === "string" ? says : JSON.stringify(says), { mode: 0o600 });
  }
  const { origin } = present.sandbox;
  const credentials = {
    token: async () => ({ OKTA_ACCESS_TOKEN: await present.sandbox.authorization.control.issueAccessToken(granted) }),
    device: async () => ({}),
    key: async () => ({
      OKTA_CLIENT_ID: SERVICE_CLIENT_ID,
      OKTA_PRIVATE_KEY_FILE: key?.file ?? "",
      OKTA_KEY_ID: key?.kid ?? "",
    }),
  };
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    XDG_DATA_HOME: join(folder, "data"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_RUNTIME_DIR: runtimeDir,
    CI: "1",
    OKTA_ORG_URL: origin,
    OKTA_CLIENT_ID: DEVICE_CLIENT_ID,
    OKTA_SCOPES: scopes.join(" "),
    OKTA_MCP_TOKEN_STORE: "memory",
    OKTA_MCP_CONFIRM: "never",
    ...(await credentials[signIn]()),
    ...(guardFile === undefined ? {} : { OKTA_MCP_GUARD: guardFile }),
    ...options.env,
  };
  const { args, person, roots, structuredContent } = options;
  const how = {
    args,
    person,
    roots,
    structuredContent,
    wrap: wrap && ((command: readonly string[]) => wrap(command, folder)),
  };
  const start = () => startServer({ env, cwd: folder, ...how });

  let server = await start();
  let forgotten = 0;

  return {
    folder,
    env,
    get sandbox() {
      return present.sandbox;
    },
    get server() {
      return server;
    },
    get userId() {
      return present.userId;
    },
    get groupId() {
      return present.groupId;
    },
    requests: () => present.sandbox.requests.slice(forgotten),
    forget() {
      forgotten = present.sandbox.requests.length;
    },
    async restart() {
      await server.ended;
      server.letGo();
      server = await start();
    },
    async reopen() {
      const { port } = new URL(origin);
      present = await openOrg(Number(port));
      forgotten = 0;
    },
    async close() {
      try {
        await leave(server, present.sandbox);
      } finally {
        await present.sandbox.close();
        key?.remove();
        // A scenario may have removed the owner's right to write in the folder.
        if (process.platform !== "win32") spawnSync("chmod", ["-R", "u+w", folder]);
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
