import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { type Sandbox, startSandbox } from "../../sandbox/server.js";
import { testAuthorization } from "../support/authorization.js";
import type { Orders, Outcome } from "./children/session-child.js";
import { TOKEN, tempDir } from "./support.js";

const CHILD = fileURLToPath(new URL("./children/session-child.ts", import.meta.url));

/** An org that approves every sign-in, and that ends a sign-in whose refresh token is used twice. */
async function startStrictOrg(): Promise<Sandbox> {
  const sandbox = await startSandbox({
    seed: null,
    authorization: testAuthorization({ autoApprove: true, deviceIntervalSeconds: 0, rotationGraceMs: 0 }),
  });
  onTestFinished(sandbox.close);
  sandbox.org.addUser({ profile: { login: ADMIN_LOGIN, email: ADMIN_LOGIN, firstName: "Ada", lastName: "Admin" } });
  return sandbox;
}

function start(sandbox: Sandbox, stateDir: string, steps: Orders["steps"]): ChildProcess {
  const orders: Orders = { orgUrl: sandbox.origin, clientId: DEVICE_CLIENT_ID, tokenStore: "file", stateDir, steps };
  const child = spawn(process.execPath, ["--import", "tsx", CHILD, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

async function outcomes(child: ChildProcess): Promise<Outcome[]> {
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += String(chunk);
  });
  await once(child, "close");
  return text
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Outcome);
}

const run = (sandbox: Sandbox, stateDir: string, ...steps: Orders["steps"]) =>
  outcomes(start(sandbox, stateDir, steps));

const refreshes = (sandbox: Sandbox) =>
  sandbox.requests.filter(({ path, body }) => path === TOKEN && body.includes("grant_type=refresh_token"));

describe("several processes with one stored sign-in", { timeout: 60_000 }, () => {
  test("never lose it, though each renews it many times and every refresh token works once", async () => {
    const sandbox = await startStrictOrg();
    const stateDir = await tempDir();
    await run(sandbox, stateDir, "sign-in");
    const runs = await Promise.all([1, 2, 3].map(() => run(sandbox, stateDir, "restore", { renew: 25 }, "token")));
    for (const [, renewals, last] of runs) {
      expect(renewals).toMatchObject({ result: { 200: 25 } });
      expect(last).toMatchObject({ result: 200 });
    }
    const answered = refreshes(sandbox).map(({ status }) => status);
    expect(answered.length).toBeGreaterThan(25);
    expect(new Set(answered)).toEqual(new Set([200]));
    const [token] = await run(sandbox, stateDir, "token");
    expect(token?.result).toBe(200);
    expect(await readdir(join(stateDir, "locks"))).toEqual([]);
  });

  test("go on after one of them is killed in the middle of a renewal, without its lock being cleaned up", async () => {
    const sandbox = await startStrictOrg();
    const stateDir = await tempDir();
    await run(sandbox, stateDir, "sign-in");
    sandbox.next("POST", TOKEN, { fault: "hang" });
    const arrived = sandbox.arrival("POST", TOKEN);
    const victim = start(sandbox, stateDir, [{ renew: 1 }]);
    await arrived;
    victim.kill("SIGKILL");
    await once(victim, "close");
    expect(await readdir(join(stateDir, "locks"))).toHaveLength(1);
    const [renewal, token] = await run(sandbox, stateDir, { renew: 1 }, "token");
    expect(renewal).toMatchObject({ result: { 200: 1 } });
    expect(renewal?.tookMs).toBeLessThan(15_000);
    expect(token?.result).toBe(200);
    expect(await readdir(join(stateDir, "locks"))).toEqual([]);
  });

  test("go on while one of them is stopped in the middle of a renewal, and it takes over what they have renewed", async () => {
    const sandbox = await startStrictOrg();
    const stateDir = await tempDir();
    await run(sandbox, stateDir, "sign-in");
    sandbox.next("POST", TOKEN, { status: 503 });
    const arrived = sandbox.arrival("POST", TOKEN);
    const stopped = start(sandbox, stateDir, [{ renew: 1 }, "token"]);
    const later = outcomes(stopped);
    await arrived;
    stopped.kill("SIGSTOP");
    // The renewal first waits until the lock of the stopped process is too old.
    const [renewal] = await run(sandbox, stateDir, { renew: 1 });
    expect(renewal).toMatchObject({ result: { 200: 1 } });
    stopped.kill("SIGCONT");
    expect(await later).toMatchObject([{ result: { 200: 1 } }, { result: 200 }]);
    expect(refreshes(sandbox).map(({ status }) => status)).toEqual([503, 200]);
    expect((await run(sandbox, stateDir, "token"))[0]?.result).toBe(200);
  });

  test("one signs out, and the others are signed out with their next renewal", async () => {
    const sandbox = await startStrictOrg();
    const stateDir = await tempDir();
    await run(sandbox, stateDir, "sign-in");
    const other = await run(sandbox, stateDir, "token", "sign-out", "token");
    expect(other.map(({ result, code }) => code ?? result)).toEqual([200, { revoked: true }, "signed_out"]);
    const [token] = await run(sandbox, stateDir, "token");
    expect(token?.code).toBe("signed_out");
  });
});
