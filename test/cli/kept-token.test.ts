import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMAND, spawnProcess } from "../support/cli.js";
import { inKeyringSession, KEYRING_PROGRAMS, quoteForBash } from "../support/keyring-session.js";
import { requireOrSkip } from "../support/programs.js";
import { openServiceOrg } from "../support/service-org.js";

const IN_FILE = { OKTA_MCP_TOKEN_STORE: "file" };
const CALL = ["call", "list_groups", "--arg", "limit=1"];

test.each([true, false])(
  "calls with a key share one token where a store is named, and only there (DPoP: %s)",
  async (dpopRequired) => {
    const { sandbox, home, cli, tokens } = await openServiceOrg({ dpopRequired });
    const call = async (env: Record<string, string>) => {
      const { code, stdout, stderr } = await cli(CALL, "", env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(stdout).items).toHaveLength(1);
      return stdout + stderr;
    };
    await call({});
    // With DPoP, Okta first asks for a proof and then for a nonce.
    const forOne = tokens();
    await call({});
    await call({ OKTA_MCP_TOKEN_STORE: "memory" });
    expect(tokens()).toBe(3 * forOne);
    const tokensDir = join(home, "data/okta-mcp/tokens");
    expect(() => readdirSync(tokensDir)).toThrow("ENOENT");

    const before = tokens();
    // Several commands start at once and find no kept token; only one of them asks for a token.
    let said = (await Promise.all([call(IN_FILE), call(IN_FILE), call(IN_FILE)])).join("");
    for (let made = 0; made < 3; made += 1) said += await call(IN_FILE);
    expect(tokens() - before).toBe(forOne);
    const [name = "", ...others] = readdirSync(tokensDir);
    expect(others).toEqual([]);
    const file = join(tokensDir, name);
    expect((statSync(file).mode & 0o777).toString(8)).toBe("600");

    const status = await cli(["status", "--json"], "", IN_FILE);
    expect(JSON.parse(status.stdout)).toMatchObject({ signed_in: true, token_kept: `file ${file}` });
    const login = await cli(["login"], "", IN_FILE);
    expect(login.stderr).toContain(`Its token is kept until it ends, in: file ${file}.`);
    expect(tokens() - before).toBe(forOne);

    // Okta refuses the kept token, which is then renewed within the call.
    sandbox.authorization.control.revokeEverything();
    said += await call(IN_FILE);
    said += await call(IN_FILE);
    expect(tokens() - before).toBe(2 * forOne);

    const kept = JSON.parse(readFileSync(file, "utf8"));
    const debug = await cli([...CALL, "--log-level", "trace"], "", IN_FILE);
    const logout = await cli(["logout"], "", IN_FILE);
    expect(logout).toMatchObject({ code: 0, stderr: expect.stringContaining("revoked at Okta and deleted here") });
    expect(readdirSync(tokensDir)).toEqual([]);
    const revoked = sandbox.requests.filter(({ path }) => path === "/oauth2/v1/revoke");
    expect(revoked.map(({ body }) => new URLSearchParams(body).get("token"))).toContain(kept.accessToken);
    expect((await cli(["logout"], "", IN_FILE)).stderr).toContain("nothing is kept here now");
    expect((await cli(["logout"])).stderr).toContain("OKTA_MCP_TOKEN_STORE has no token of it kept");

    const output = [said, status.stdout, login.stderr, debug.stderr, logout.stderr].join("");
    for (const secret of [kept.accessToken, kept.proofKey?.d]) {
      if (secret !== undefined) expect(output).not.toContain(secret);
    }
    expect(kept.proofKey !== undefined).toBe(dpopRequired);
  },
  120_000,
);

test("the system's keychain keeps the token of a key where it is named", async (context) => {
  requireOrSkip(context, ...KEYRING_PROGRAMS);
  const { sandbox, home, env, tokens } = await openServiceOrg();
  const runtime = join(home, "run");
  mkdirSync(runtime, { mode: 0o700 });
  const command = (...args: string[]) => [...COMMAND, ...args].map(quoteForBash).join(" ");
  const script = [command(...CALL), command(...CALL), command("status", "--json"), command("logout")].join(" && ");
  const { ended } = spawnProcess(inKeyringSession("open", script), {
    env: { ...env, XDG_RUNTIME_DIR: runtime, OKTA_MCP_TOKEN_STORE: "keychain" },
  });
  const { code, stdout, stderr } = await ended;
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('"token_kept":"system keychain"');
  expect(stderr).toContain("the tokens were revoked at Okta and deleted here");
  expect(sandbox.requests.filter(({ path, status }) => path === "/oauth2/v1/token" && status === 200)).toHaveLength(1);
  expect(tokens()).toBeGreaterThan(0);
}, 60_000);
