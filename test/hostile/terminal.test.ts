import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { SandboxReply } from "../../sandbox/route.js";
import { forTerminal } from "../../src/cli/io.js";
import { main } from "../../src/cli/start.js";
import { temporaryFolder } from "../support/cli.js";
import { APPROVED, openCliOrg } from "../support/cli-org.js";
import { hiddenIn } from "../support/deceptive.js";
import { terminal } from "./terminal.js";

/** Sequences that set the title, clear the screen, reverse text, colour it (in C1), ring, move up and hide text. */
const EVIL = "\u001b]0;owned\u0007\u001b[2J\u202eevil\u009b31m\u0007\u001b[9A\u200b\r\u2066";

const SCOPES = [
  "okta.groups.manage",
  "okta.users.manage",
  "okta.apps.manage",
  "okta.logs.read",
  "okta.policies.manage",
];

/** The hostile text as names and values of fields, at the root and deeper. */
const evilFields = { [EVIL]: EVIL, [`${EVIL}Id`]: EVIL, deep: { [EVIL]: [EVIL, { [EVIL]: EVIL }] } };

/** An answer of an org in which objects have such fields; with `alone` they have no others. */
function poison(json: unknown, alone: boolean): unknown {
  if (Array.isArray(json)) return json.map((item) => poison(item, alone));
  if (typeof json !== "object" || json === null) return json;
  return alone ? evilFields : { ...json, ...evilFields };
}

async function openOrg(alone = false) {
  const opened = await openCliOrg({ scopes: SCOPES, ...APPROVED });
  const { sandbox, org } = opened;
  const rewrite = (reply: SandboxReply) => ({ ...reply, json: poison(reply.json, alone) });
  const poisoned = () => sandbox.next("*", /^\/api\//, { rewrite, times: 10_000 });
  const home = temporaryFolder();
  for (const name of ["HOME", "XDG_DATA_HOME"]) vi.stubEnv(name, home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const journal = join(home, "journal");
  const env = { ...opened.signedIn, NO_COLOR: "1", OKTA_MCP_TOKEN_STORE: "file", OKTA_MCP_JOURNAL: journal };
  /** Runs a command on a terminal of its own; fails if anything hidden is written to it. */
  async function run(args: readonly string[], more: Record<string, string> = {}) {
    const { io, written } = terminal({ ...env, ...more });
    const code = await main(args, io);
    const all = written.stdout + written.stderr;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the spinner moves the cursor by sequences of its own.
    const plain = all.replace(/\u001b\[(?:\?(?:25|2026)[hl]|\d*[GK]|1A|3[69]m)/g, "");
    const hidden = hiddenIn(plain, { lines: true });
    expect(hidden, `${args.join(" ")} put ${hidden} on the terminal: ${JSON.stringify(plain.slice(0, 2_000))}`).toBe(
      undefined,
    );
    for (const raw of ["\u001b]", "\u001b[2J", "\u009b", "\u0007", "\u202e", "\u001b[9A"])
      expect(all).not.toContain(raw);
    return { code, ...written };
  }
  return { sandbox, org, run, poisoned };
}

describe("field names that hold escapes reach no terminal raw", () => {
  test("as the headings of a table, when the records have no others", async () => {
    const { run, poisoned } = await openOrg(true);
    poisoned();
    const { code, stdout } = await run(["call", "list_groups"]);
    expect(code).toBe(0);
    const [heading = ""] = stdout.split("\n");
    expect(heading).toContain("<U+001B>]0;owned<U+0007>");
    expect((await run(["call", "list_groups", "--wide"])).stdout).toContain("<U+202E>evil<U+009B>31m");
  });

  test("as the headings of a table, when they were asked for by name", async () => {
    const { run, poisoned } = await openOrg();
    poisoned();
    const asked = await run([
      "call",
      "list_groups",
      "--arg",
      `fields=["id","deep.${EVIL}"]`.replaceAll(EVIL, JSON.stringify(EVIL).slice(1, -1)),
    ]);
    expect(asked.stdout.split("\n")[0]).toContain("deep.<U+001B>");
  });

  test("in the output of any command that shows what the org holds", async () => {
    const { run, poisoned, org, sandbox } = await openOrg();
    const group = org.addGroup({ profile: { name: EVIL, description: EVIL } });
    const user = org.users.all().at(0)?.id ?? "";
    poisoned();
    const calls = [
      ["list_users"],
      ["list_users", "--json"],
      ["list_users", "--wide"],
      ["list_groups", "--arg", "count_only=true"],
      ["get_user", "--arg", `user_id=${user}`],
      ["get_user", "--arg", `user_id=${user}`, "--json"],
      ["get_group", "--arg", `group_id=${group.id}`],
      ["list_applications"],
      ["get_logs"],
      ["get_scope_status"],
      ["update_group", "--arg", `group_id=${group.id}`, "--arg", 'profile={"name":"Readers"}', "--arg", "dry_run=true"],
      ["update_group", "--arg", `group_id=${group.id}`, "--arg", 'profile={"name":"Readers","description":"of books"}'],
      ["delete_group", "--arg", `group_id=${group.id}`],
      ["delete_group", "--arg", `group_id=${group.id}`, "--yes"],
      ["get_group", "--arg", `group_id=${EVIL}`],
      ["list_users", "--arg", `${EVIL}=1`],
      [EVIL],
    ];
    for (const call of calls) await run(["call", ...call]);
    const file = join(temporaryFolder(), "calls.jsonl");
    writeFileSync(
      file,
      `${JSON.stringify({ tool: "list_groups" })}\n${JSON.stringify({ tool: "get_group", arguments: { group_id: "nope" } })}\n`,
    );
    await run(["call", "--each", file]);
    writeFileSync(file, `${JSON.stringify({ tool: EVIL, arguments: { [EVIL]: EVIL }, [EVIL]: 1 })}\n`);
    await run(["call", "--each", file]);
    await run(["call", "--each", `/${EVIL}`]);
    sandbox.clearFaults();
    const refusal = { errorCode: EVIL, errorSummary: EVIL, errorCauses: [{ errorSummary: EVIL }], [EVIL]: EVIL };
    for (const status of [400, 403, 404, 409]) {
      sandbox.next("*", /^\/api\//, { status, json: refusal, headers: { "X-Okta-Request-Id": "r" } });
      const { code, stderr } = await run(["call", "list_groups"]);
      expect(code, stderr).not.toBe(0);
      sandbox.next("*", /^\/api\//, { status, json: refusal });
      await run(["call", "list_groups", "--json"]);
      sandbox.clearFaults();
    }
  }, 120_000);

  test("in what the journal holds, and in an undo", async () => {
    const { run, poisoned, org } = await openOrg();
    const group = org.addGroup({ profile: { name: EVIL, description: EVIL } });
    poisoned();
    const changed = await run([
      "call",
      "update_group",
      "--arg",
      `group_id=${group.id}`,
      "--arg",
      'profile={"name":"Readers","description":"of books"}',
    ]);
    const listed = await run(["journal", "--json"]);
    const id: string = JSON.parse(listed.stdout).items[0]?.id ?? expect.fail(`nothing recorded: ${changed.stderr}`);
    for (const more of [
      [],
      ["--wide"],
      ["--all"],
      ["--tool", EVIL],
      ["--target", EVIL],
      ["--after", EVIL],
      ["--since", EVIL],
    ]) {
      await run(["journal", ...more]);
    }
    await run(["call", "get_change", "--arg", `change_id=${id}`]);
    for (const more of [["--dry-run"], ["--json", "--yes"], ["--yes"]]) await run(["undo", id, ...more]);
    await run(["undo", EVIL, "--yes"]);
  }, 60_000);

  test("in what a token server says, and in settings", async () => {
    const { run, sandbox } = await openOrg();
    const device = { OKTA_ACCESS_TOKEN: "" };
    const refusals = { error: EVIL, error_description: EVIL, [EVIL]: EVIL };
    for (const [path, json] of [
      ["/oauth2/v1/device/authorize", refusals],
      ["/oauth2/v1/device/authorize", { ...refusals, error: "invalid_client" }],
      ["/oauth2/v1/token", { ...refusals, error: "access_denied" }],
      ["/oauth2/v1/token", { ...refusals, error: "invalid_scope" }],
    ] as const) {
      sandbox.next("POST", path, { status: 400, json });
      const { code, stderr } = await run(["login"], device);
      expect(code, stderr).not.toBe(0);
    }
    sandbox.next("POST", "/oauth2/v1/token", {
      rewrite: (reply) => ({
        ...reply,
        json: { ...(reply.json as object), scope: `openid okta.${EVIL}`, [EVIL]: EVIL },
      }),
    });
    await run(["login"], device);
    for (const args of [["status"], ["status", "--json"], ["tools"], ["tools", EVIL], [EVIL], ["call", "--help"]])
      await run(args);
    for (const name of [
      "OKTA_SCOPES",
      "OKTA_CLIENT_ID",
      "OKTA_ORG_URL",
      "OKTA_LOG_LEVEL",
      "OKTA_MCP_GUARD",
      "OKTA_ACCESS_TOKEN",
    ]) {
      for (const command of [["status"], ["tools"], ["login"]]) await run(command, { [name]: EVIL });
    }
  }, 60_000);
});

describe("the writer of a terminal", () => {
  test("writes out whatever steers it, and leaves line breaks", () => {
    expect(forTerminal("a\nb\tc\r\u001b[2J\u202e\u009b\u{e0041}\ud800", false)).toBe(
      "a\nb<U+0009>c<U+000D><U+001B>[2J<U+202E><U+009B><U+E0041><U+D800>",
    );
    expect(forTerminal("Grüße 日本 🎉", false)).toBe("Grüße 日本 🎉");
  });

  test("lets our own styles through where there are styles, and no other sequence", () => {
    const { io } = terminal({ FORCE_COLOR: "1" });
    const styled = io.style(["red", "bold"], "x");
    expect(styled).not.toBe("x");
    expect(forTerminal(styled, true)).toBe(styled);
    expect(forTerminal(styled, false)).not.toContain("\u001b");
    for (const sequence of [
      "\u001b[8m",
      "\u001b[38;5;1m",
      "\u001b[31;1m",
      "\u001b[H",
      "\u001b]0;x\u0007",
      "\u009b31m",
    ]) {
      expect(hiddenIn(forTerminal(sequence, true)), JSON.stringify(sequence)).toBe(undefined);
    }
  });
});
