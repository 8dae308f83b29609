import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { notOfThisMachine } from "../../support/programs.js";
import { person } from "../../support/sandbox.js";
import { outcome } from "../../support/server-process.js";
import { filesIn, secret, sighting } from "../../support/sightings.js";
import { type Act, runCommand, type Scenario } from "../attack.js";
import { ALL_SCOPES, lastChangeId, undoLast } from "../calls.js";
import { CHANGES, JOURNAL } from "../promises.js";

const never = { OKTA_MCP_CONFIRM: "never" };
const isWindows = process.platform === "win32";

/** The paths of the journal's files in the stage's folder. */
const journalsOf = (folder: string) => Object.keys(filesIn(folder)).filter((path) => path.endsWith(".jsonl"));

const journalOf = (act: Act): string => journalsOf(act.folder).at(0) ?? assert.fail("there is a journal");

/** The arguments with which another process makes a change. */
const CREATE = ["call", "create_group", '{"profile":{"name":"Elsewhere"}}'];

const create = (act: Act, name: string) => act.server.call("create_group", { profile: { name } });

const modes: Scenario = {
  name: "who may read the journal",
  promise: JOURNAL,
  lacks: () => (isWindows ? notOfThisMachine("Windows has no modes of files") : undefined),
  stage: { scopes: ALL_SCOPES, env: never },
  async play(act) {
    await act.control("a change is on record", {
      does: () => create(act, "First"),
      check: () => assert.match(readFileSync(journalOf(act), "utf8"), /First/),
    });
    const file = journalOf(act);
    const folder = dirname(file);
    await act.attack("by the file's mode", {
      does: async () => outcome((statSync(file).mode & 0o777).toString(8)),
      sees: "600",
    });
    await act.attack("by the folder's mode", {
      does: async () => outcome((statSync(folder).mode & 0o077).toString(8)),
      sees: "0",
    });
    await act.attack("an opened file is closed again, or not written to", {
      async does() {
        chmodSync(file, 0o666);
        const { sees } = await create(act, "Second");
        const isOpen = (statSync(file).mode & 0o077) !== 0;
        return outcome(String(sees !== "ok" || !isOpen));
      },
      sees: "true",
      reaches: null,
    });
    chmodSync(file, 0o600);
    /** Replaces a file or folder while a command runs, which must not use the replacement or write to the org. */
    const instead = async (what: string, path: string, put: () => void) => {
      const aside = `${path}.aside`;
      await act.attack(what, {
        async does() {
          renameSync(path, aside);
          put();
          const ended = await runCommand(act, CREATE);
          rmSync(path, { recursive: true, force: true });
          renameSync(aside, path);
          return ended;
        },
        sees: ["1", "2"],
      });
    };
    const target = join(act.folder, "target");
    mkdirSync(target, { mode: 0o700 });
    writeFileSync(join(target, "file"), "");
    await instead("the file is a link", file, () => symlinkSync(join(target, "file"), file));
    await instead("the file is a link to nothing", file, () => symlinkSync(join(target, "nothing"), file));
    await instead("the file is a folder", file, () => mkdirSync(file));
    await instead("the folder is a link", folder, () => symlinkSync(target, folder));
    await instead("the folder is a file", folder, () => writeFileSync(folder, ""));
    await instead("the folder is open to others", folder, () => {
      mkdirSync(folder);
      chmodSync(folder, 0o777);
    });
    assert.equal(existsSync(join(target, "nothing")), false);
    if (process.getuid?.() !== 0)
      act.leaveOut("the folder belongs to somebody else", notOfThisMachine("only root can give a folder away"));
    else {
      await instead("the folder belongs to somebody else", folder, () => {
        mkdirSync(folder, { mode: 0o700 });
        chownSync(folder, 65534, 65534);
      });
      await instead("the file belongs to somebody else", file, () => {
        writeFileSync(file, "", { mode: 0o600 });
        chownSync(file, 65534, 65534);
      });
    }
    await act.control("then a change goes through again", { does: () => create(act, "Third"), reaches: /^POST/ });
  },
};

const CANARY = secret("Profile");

/** Settings with which a session may read less than the session that made the change. */
const LESS: readonly [string, { args?: string[]; scopes?: string; env?: Record<string, string> }][] = [
  ["without the scope", { scopes: "okta.groups.read" }],
  ["with another scope that writes", { scopes: "okta.groups.manage" }],
  ["with --read-only and without the scope", { args: ["--read-only"], scopes: "okta.groups.manage" }],
  ["where the tool that wrote is left out", { args: ["--exclude-tools", "update_user"], scopes: "okta.groups.manage" }],
  ["where only the journal is on", { args: ["--tools", "journal"], scopes: "okta.groups.manage" }],
];

const readers: Scenario = {
  name: "what a session reads of changes that it may not see",
  promise: JOURNAL,
  stage: { scopes: ALL_SCOPES, env: never },
  async play(act) {
    const { org } = act.sandbox;
    const user = org.addUser({ profile: { ...person("seen"), nickName: CANARY } });
    await act.server.call("update_user", { user_id: user.id, profile: { title: `${CANARY} Boss` } });
    const change_id = await lastChangeId(act);
    await act.control("the session that wrote may", { call: ["get_change", { change_id }], says: new RegExp(CANARY) });
    const guard = join(act.folder, "hides.json");
    writeFileSync(guard, JSON.stringify({ mask: ["nickName"], omit: ["title"] }), { mode: 0o600 });
    const hidden = { scopes: act.env.OKTA_SCOPES ?? "", env: { OKTA_MCP_GUARD: guard } };
    const less = [...LESS, ["where a guard file hides it now", hidden] as (typeof LESS)[number]];
    for (const [what, { args = [], scopes = "", env = {} }] of less) {
      for (const call of ["list_changes", `get_change {"change_id":"${change_id}"}`]) {
        const [tool = "", json = "{}"] = call.split(/ (.*)/s);
        await act.attack(`${tool} ${what}`, {
          does: () => runCommand(act, ["call", tool, json, ...args], { env: { OKTA_SCOPES: scopes, ...env } }),
          sees: "0",
          check: ({ text }) => assert.equal(sighting([CANARY], { text }), undefined),
        });
      }
    }
  },
};

const forged: Scenario = {
  name: "records that somebody else wrote",
  promise: CHANGES,
  stage: {
    scopes: ALL_SCOPES,
    env: never,
    guard: () => ({ protect: { groups: [{ name: "Vault" }] }, limits: { removals: { per_session: 3 } } }),
  },
  async play(act) {
    const { org } = act.sandbox;
    await act.control("a change is undone", {
      async does() {
        await create(act, "Made");
        return undoLast(act);
      },
      reaches: /DELETE/,
    });
    const vault = org.addGroup({ profile: { name: "Vault", description: "x" } });
    await create(act, "Base");
    const file = journalOf(act);
    const id = await lastChangeId(act);
    const lines = readFileSync(file, "utf8");
    const made = org.groups.all().find(({ profile }) => profile.name === "Base")?.id ?? "";
    const put = (text: string) => writeFileSync(file, text, { mode: 0o600 });
    const forgeries: [string, string][] = [
      ["points at a protected group", lines.replaceAll(made, vault.id)],
      ["points at a path", lines.replaceAll(made, "../users")],
      ["points at everything", lines.replaceAll(made, "..")],
      ["names a tool that reads", lines.replaceAll('"create_group"', '"list_groups"')],
      ["names no tool", lines.replaceAll('"create_group"', '"rm_rf"')],
      ["names a prototype", lines.replaceAll('"create_group"', '"__proto__"')],
    ];
    await act.attacks(forgeries, ([what, text]) => [
      `a record ${what}`,
      {
        async does() {
          put(text);
          const seen = await act.server.call("undo_change", { change_id: id });
          put(lines);
          return seen;
        },
        sees: ["protected", "bad_input", "not_found", "conflict", "bad_config"],
      },
    ]);
    const torn: [string, string][] = [
      ["torn in the middle", lines.slice(0, lines.length - 40)],
      ["followed by half a line", `${lines}{"id":"`],
      ["followed by no JSON", `${lines}\u0000\u0001\n`],
      ["preceded by no JSON", `oops\n${lines}`],
      ["with a line of a megabyte", `${lines}{"x":"${"y".repeat(1024 * 1024)}"}\n`],
      ["with ten thousand levels", `${lines}${"[".repeat(10_000)}${"]".repeat(10_000)}\n`],
      ["with keys of prototypes", `${lines}{"__proto__":{"polluted":1},"id":"x","constructor":1}\n`],
      ["empty", ""],
    ];
    await act.attacks(torn, ([what, text]) => [
      `a journal ${what} is read, and changes go on or stop with a word`,
      {
        async does() {
          put(text);
          const seen = await act.server.call("list_changes", {});
          put(lines);
          return seen;
        },
        sees: ["ok", "bad_config"],
      },
    ]);
    await act.attack("a change that was undone is undone again", {
      async does() {
        await create(act, "Twice");
        const change_id = await lastChangeId(act);
        await act.server.call("undo_change", { change_id });
        act.forget();
        return act.server.call("undo_change", { change_id });
      },
      sees: ["conflict", "not_found", "bad_input"],
    });
    await act.attack("an object that has changed since is put back", {
      async does() {
        const group = org.addGroup({ profile: { name: "Since", description: "one" } });
        await act.server.call("update_group", { group_id: group.id, profile: { name: "Since", description: "two" } });
        Object.assign(org.groups.get(group.id)?.profile ?? {}, { description: "three" });
        return undoLast(act);
      },
      sees: "conflict",
    });
  },
};

const unwritable: Scenario = {
  name: "changes that would leave no trace",
  promise: CHANGES,
  stage: { scopes: ALL_SCOPES, env: never },
  async play(act) {
    await act.control("a change", { does: () => create(act, "Before"), reaches: /^POST/ });
    const file = journalOf(act);
    await act.attack("a request leaves before the record of it is there", {
      async does() {
        const arrived = act.sandbox.arrival("POST", "/api/v1/groups");
        act.sandbox.next("POST", "/api/v1/groups", { fault: "delay", delayMs: 300 });
        const call = create(act, "Meanwhile");
        await arrived;
        const isThere = readFileSync(file, "utf8").includes("Meanwhile");
        await call;
        return outcome(String(isThere));
      },
      sees: "true",
      reaches: null,
    });
    const places = {
      "/dev/full": "a device that is full",
      "/dev/null": "a device",
      "/proc/self": "a place of the system",
    };
    await act.attacks(Object.entries(places), ([folder, what]) => [
      `a journal in ${what}`,
      {
        does: () => runCommand(act, CREATE, { env: { OKTA_MCP_JOURNAL: folder } }),
        sees: ["1", "2"],
      },
    ]);
    await act.attack("a preview sends what it shows", {
      call: ["create_group", { profile: { name: "Preview" }, dry_run: true }],
      sees: "ok",
    });
  },
};

export const journal: readonly Scenario[] = [modes, readers, forged, unwritable];
