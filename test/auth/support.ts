import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONWebKeySet } from "jose";
import { onTestFinished } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID, SERVICE_CLIENT_ID } from "../../sandbox/facts.js";
import type { OrgAuthorizationOptions } from "../../sandbox/org-authorization.js";
import { type Sandbox, startSandbox } from "../../sandbox/server.js";
import { createSession, type SessionOptions } from "../../src/auth/open-session.js";
import { parsePrivateKey } from "../../src/auth/private-key.js";
import type { Session } from "../../src/auth/session.js";
import { newKeyPair } from "../../src/checks/key-pair.js";
import { OktaMcpError } from "../../src/errors/index.js";
import { createLog, type Log } from "../../src/log.js";
import { testAuthorization } from "../support/authorization.js";

/** A clock that moves only when something sleeps or a test moves it. */
export class FakeTime {
  /** The length of every sleep so far, in seconds. */
  readonly waits: number[] = [];
  #nowMs = Date.UTC(2026, 0, 5, 9);

  now = (): number => this.#nowMs;

  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    this.waits.push(Math.round(ms) / 1000);
    this.#nowMs += ms;
    // The sleep takes one turn of the event loop, so that a test can act between two sleeps.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  };

  pass(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }
}

export const SCOPES = ["okta.users.read", "okta.groups.manage"];
export const TOKEN = "/oauth2/v1/token";
export const DEVICE = "/oauth2/v1/device/authorize";
export const REVOKE = "/oauth2/v1/revoke";

const serviceKeys = newKeyPair({ type: "rsa", modulusLength: 2048 });

/** The private key of every test org's service app. */
export const servicePem = String(serviceKeys.privateKey.export({ type: "pkcs8", format: "pem" }));
export const SERVICE_KID = "kid-service";

/** The public half of that key, as the org has it. */
export const serviceJwks = {
  keys: [{ ...serviceKeys.publicKey.export({ format: "jwk" }), kid: SERVICE_KID }],
} as JSONWebKeySet;

export interface TestOrg {
  sandbox: Sandbox;
  control: Sandbox["authorization"]["control"];
  time: FakeTime;
  /** The lines that were logged. */
  logged: string[];
  log: Log;
  stateDir: string;
  /** Opens a session of its own with this org; it is closed after the test. */
  session(options?: Partial<SessionOptions>): Session;
  /** Opens a session of the service app. */
  serviceSession(options?: Partial<SessionOptions>): Session;
  /** Signs in with the approval of a person, and waits until the sign-in is done. */
  signIn(session: Session): Promise<void>;
  /** The requests that came to a path so far. */
  sent(path: string): { form: URLSearchParams; headers: Record<string, string>; status: number | undefined }[];
}

/** Starts an org with one admin, a device app and a service app, on a clock of its own. */
export async function startOrg(options: OrgAuthorizationOptions = {}): Promise<TestOrg> {
  const time = new FakeTime();
  const serviceClient = { jwks: serviceJwks };
  const sandbox = await startSandbox({
    seed: null,
    now: time.now,
    authorization: testAuthorization({ serviceClient, ...options }),
  });
  onTestFinished(sandbox.close);
  sandbox.org.addUser({
    profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" },
  });
  const stateDir = await tempDir();
  const logged: string[] = [];
  const log = createLog({ level: "trace", stderr: { write: (line) => Boolean(logged.push(String(line))) } });
  const { control } = sandbox.authorization;

  function session(given: Partial<SessionOptions> = {}): Session {
    const made = createSession({
      orgUrl: sandbox.origin,
      clientId: DEVICE_CLIENT_ID,
      scopes: SCOPES,
      credential: { method: "device" },
      tokenStore: "memory",
      log,
      now: time.now,
      sleep: time.sleep,
      stateDir,
      ...given,
    });
    onTestFinished(() => made.close());
    return made;
  }

  return {
    sandbox,
    control,
    time,
    logged,
    log,
    stateDir,
    session,
    serviceSession: (given = {}) =>
      session({
        clientId: SERVICE_CLIENT_ID,
        credential: { method: "private-key", key: parsePrivateKey(servicePem, SERVICE_KID) },
        ...given,
      }),
    async signIn(signingIn) {
      const pending = await signingIn.startSignIn();
      control.approve(pending.userCode);
      await pending.done;
    },
    sent: (path) =>
      sandbox.requests
        .filter((request) => request.path === path)
        .map(({ body, headers, status }) => ({ form: new URLSearchParams(body), headers, status })),
  };
}

/** Makes an empty folder that is removed after the test. */
export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "okta-mcp-auth-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** The path of the only file with a kept sign-in. */
export async function keptFile({ stateDir }: Pick<TestOrg, "stateDir">): Promise<string> {
  const dir = join(stateDir, "tokens");
  const names = await readdir(dir).catch(() => []);
  if (names.length > 1) throw new Error(`There are several: ${names.join(", ")}`);
  return join(dir, names[0] ?? "none.json");
}

/** The error with which a promise rejects; throws where it resolves. */
export async function failure(promise: Promise<unknown>): Promise<OktaMcpError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OktaMcpError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

/** Waits until `condition` holds, while the polling of a sign-in goes on. */
export async function until(condition: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > giveUpAtMs) throw new Error("It never came to that.");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sends a request to the org with the session's token, as the transport does, and returns the status of the answer. */
export async function ask(session: Session, org: TestOrg): Promise<number> {
  const token = await session.token();
  const url = new URL("/api/v1/users?limit=1", org.sandbox.origin);
  const send = async () => fetch(url, { headers: await token.headers("GET", url) });
  const response = await send();
  const answer = token.challenged(response) ? await send() : response;
  await answer.arrayBuffer();
  return answer.status;
}

/** The value of the session's token, taken from its Authorization header. */
export async function tokenValue(session: Session, org: TestOrg): Promise<string> {
  const token = await session.token();
  const { authorization = "" } = await token.headers("GET", new URL(org.sandbox.origin));
  return authorization.replace(/^\S+ /, "");
}
