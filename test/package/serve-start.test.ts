import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeWhereBuilt } from "../support/built.js";
import { spawnProcess, temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/company-server.js";
import { readyAt, startServeCommand } from "../support/serve-process.js";

const SECRET = "s3cr3t".repeat(8);

/** Settings without a mistake, in a folder of their own. Nothing of the org is asked at a start. */
async function folderWith(change: Record<string, unknown> = {}, files: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const port = await freePort();
  for (const [name, text] of Object.entries({ secret: SECRET, ...files })) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  const settings = {
    public_url: `http://127.0.0.1:${port}`,
    listen: { port },
    data_dir: "data",
    okta: { org_url: "https://acme.okta.com", client_id: "0oa1", client_secret_file: "secret" },
    roles: [{ name: "helpdesk", groups: ["00g1234567890"], scopes: ["okta.users.read"] }],
    ...change,
  };
  const file = join(folder, "serve.json");
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  return { folder, file };
}

/** Starts the command, which ends by itself. */
async function refused(args: readonly string[]) {
  const { code, stdout, stderr } = await startServeCommand(args).ended;
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  return stderr;
}

const OKTA = { org_url: "https://acme.okta.com", client_id: "0oa1", client_secret_file: "secret" };
const ROLE = { name: "helpdesk", groups: ["00g1234567890"], scopes: ["okta.users.read"] };

/** An RSA key that is too short. */
const SHORT_KEY = generateKeyPairSync("rsa", { modulusLength: 1024 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

describeWhereBuilt("a start that cannot be", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["no public_url", { public_url: undefined }, ["public_url is missing."]],
    [
      "http public_url on another host",
      { public_url: "http://mcp.acme.com" },
      ["public_url is plain http, which is for this machine alone (127.0.0.1, localhost). Use https."],
    ],
    [
      "no client",
      { okta: { org_url: "https://acme.okta.com" } },
      [
        "okta.client_id is missing: sign_in proxy needs the web app in Okta.",
        "roles[0].act_as needs the web app in Okta (okta.client_id), with which people grant access.",
      ],
    ],
    [
      "a weak key",
      { okta: { org_url: "https://acme.okta.com", client_id: "0oa1", private_key_file: "short.pem", key_id: "k" } },
      [
        "okta.private_key_file names short.pem, which cannot be used: The private key is an RSA key of 1024 bits; 2048 is the least.",
      ],
    ],
    [
      "an unknown setting",
      { pubic_url: "x" },
      ['the file has an unknown key: "pubic_url" (did you mean public_url?).'],
    ],
    [
      "a secret in place of its file",
      { okta: { ...OKTA, client_secret_file: "q".repeat(40) } },
      ["okta.client_secret_file holds what looks like the secret itself"],
    ],
    [
      "every mistake at once, of members, between them and in files",
      {
        public_url: "ftp://x",
        data_dir: undefined,
        okta: { org_url: "https://acme.okta.com" },
        limits: { calls_at_once: 0 },
        clients: [{ client_id: "c", name: "n", redirect_uris: ["http://intranet.corp/cb"] }],
        roles: [
          { ...ROLE, guard: "nope.json" },
          { ...ROLE, tools: ["frobnicate"] },
          { ...ROLE, name: "third", groups: ["admins!"], scopes: ["okta.nothing"] },
        ],
      },
      [
        "public_url is no https URL, as https://mcp.acme.com.",
        "data_dir is missing.",
        "okta.client_id is missing: sign_in proxy needs the web app in Okta.",
        "limits.calls_at_once has to be at least 1.",
        "clients[0].redirect_uris[0] is no right redirect URI.",
        "role helpdesk: guard cannot be read:",
        "roles[1].name is the name of an earlier role.",
        "role helpdesk: tools holds frobnicate, which matches no tool and no area",
        "roles[2].groups[0] is no id of a group",
        "roles[2].scopes[0] is no scope that a tool uses",
      ],
    ],
  ])("L12: %s", async (_, change, lines) => {
    const { file } = await folderWith(change, { "short.pem": SHORT_KEY });
    const stderr = await refused(["--config", file]);
    for (const line of lines) expect(stderr).toContain(line);
    expect(stderr).toContain(lines.length === 1 ? "has a mistake:" : "mistakes:");
    expect(stderr).not.toMatch(/PRIVATE KEY-----|s3cr3t|qqqq|oidc-provider/);
  });

  test("L12: a key or secret file that everybody may read", async () => {
    const { folder, file } = await folderWith();
    chmodSync(join(folder, "secret"), 0o644);
    const stderr = await refused(["--config", file]);
    expect(stderr).toContain("which can be read by every user of this machine. Run: chmod 600 ");
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  test.each([
    ["a secret in the command line", ["--client-secret", "hush-hush"]],
    ["a secret in the command line, in one word", ["--client-secret=hush-hush"]],
  ])("L12: %s is refused by its name alone", async (_, args) => {
    const stderr = await refused(args);
    expect(stderr).toContain("--client-secret is no option: everybody on this machine can read a command line");
    expect(stderr).not.toContain("hush-hush");
  });

  test("L12: no settings, settings that are not there, settings that are no JSON", async () => {
    expect(await refused([])).toContain("Name the settings with --config serve.json, or try it with --sandbox.");
    expect(await refused(["--config", "/nowhere/serve.json"])).toContain("there is no such file");
    const { file } = await folderWith();
    writeFileSync(file, "{ // mine\n}");
    expect(await refused(["--config", file])).toContain("is not JSON");
    expect(await refused(["--config", file, "--sandbox"])).toContain("--sandbox brings its own settings");
    expect(await refused(["--config", file, "--port", "1"])).toContain("Set listen.port in serve.json.");
  });

  test("L12: a second server on one data folder, and on one port", async () => {
    const one = await folderWith();
    const first = startServeCommand(["--config", one.file]);
    await readyAt(first);
    const port = await freePort();
    const other = await folderWith({
      public_url: `http://127.0.0.1:${port}`,
      listen: { port },
      data_dir: join(one.folder, "data"),
    });
    expect(await refused(["--config", other.file])).toContain("bad_config: ");
    const taken = await folderWith({ listen: { port: Number(/:(\d+)\/mcp/.exec(first.stdout())?.[1]) } });
    expect(await refused(["--config", taken.file])).toContain("cannot be used (EADDRINUSE).");
    first.child.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 0 });
  });
});

/** Another version of Node.js that tests may use; undefined where it is not installed. */
function nodeOf(name: string): string | undefined {
  const folder = join(homedir(), ".cache/okta-mcp-ci", name);
  const found = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) => /(^|\/)bin\/node$/.test(path))
    : undefined;
  return found === undefined ? undefined : join(folder, found);
}

describeWhereBuilt("a start on each version of Node.js", () => {
  describe.each(["node-20.19.0", "node-22", "node-24"])("%s", (name) => {
    test("L12: serves the sandbox, leaves nothing behind, and stops with 0", { timeout: 60_000 }, async (context) => {
      const node = nodeOf(name);
      if (node === undefined) return context.skip(`${name} is not installed`);
      const temporary = temporaryFolder();
      const cli = spawnProcess(
        [node, join(import.meta.dirname, "../../dist/okta-mcp.js"), "serve", "--sandbox", "--port", "0"],
        {
          env: { TMPDIR: temporary },
        },
      );
      const mcpUrl = await readyAt(cli);
      expect((await fetch(mcpUrl, { method: "POST" })).status).toBe(401);
      expect(await (await fetch(mcpUrl.replace(/mcp$/, "readyz"))).json()).toEqual({ status: "ready" });
      cli.child.kill("SIGTERM");
      expect(await cli.ended).toMatchObject({ code: 0, stdout: `${mcpUrl}\n` });
      expect(readdirSync(temporary)).toEqual([]);
    });
  });
});
