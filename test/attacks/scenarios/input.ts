import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gif } from "../../support/images.js";
import { missingHere, notOfThisMachine } from "../../support/programs.js";
import { outcome } from "../../support/server-process.js";
import { secret, sighting } from "../../support/sightings.js";
import type { Scenario } from "../attack.js";
import { ALL_SCOPES, realIds, TOOLS } from "../calls.js";
import { CLIENT, TALKED_INTO } from "../promises.js";
import { startRaw } from "../raw-client.js";

const CANARY = secret("Client");
const MEGABYTE = 1024 * 1024;
const call = (rest: string) => `{"jsonrpc":"2.0","id":9000,"method":"tools/call","params":${rest}}`;

/** Lines that are not JSON-RPC calls. */
const LINES: readonly string[] = [
  "",
  "no JSON",
  "null",
  "[]",
  '"text"',
  "{}",
  "\u0000\u0001",
  '{"jsonrpc":"1.0","id":900,"method":"tools/list"}',
  '{"jsonrpc":"2.0","id":{"a":1},"method":"tools/call"}',
  '{"jsonrpc":"2.0","id":901,"method":"__proto__"}',
  '{"jsonrpc":"2.0","id":901,"method":"constructor"}',
  '{"jsonrpc":"2.0","id":902,"method":"tools/call","params":null}',
  '{"jsonrpc":"2.0","id":903,"method":"tools/call","params":{"name":["list_users"]}}',
  '{"jsonrpc":"2.0","id":904,"method":"tools/call","params":{"name":"create_group","arguments":[]}}',
  '{"jsonrpc":"2.0","id":905,"method":"tools/call","params":{"name":"create_group","arguments":"x"}}',
  `{"jsonrpc":"2.0","id":906,"result":{"x":"${CANARY}"}}`,
  `{"jsonrpc":"2.0","id":"nobody","result":{"action":"accept","content":{"confirm":true,"x":"${CANARY}"}}}`,
  `{"jsonrpc":"2.0","id":907,"error":{"code":1,"message":"${CANARY}"}}`,
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"nothing"}}',
  `{"jsonrpc":"2.0","method":"notifications/${CANARY}"}`,
  '{"jsonrpc":"2.0","__proto__":{"id":1},"id":907,"method":"ping"}',
  `{"jsonrpc":"2.0","id":908,"method":"ping","params":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`,
  `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  "{".repeat(MEGABYTE),
  "x".repeat(4 * MEGABYTE),
  call(`{"name":"${CANARY}","arguments":{}}`),
  call('{"name":"__proto__","arguments":{}}'),
  call('{"name":"constructor","arguments":{}}'),
  call('{"name":"toString","arguments":{}}'),
  call('{"name":"create_group","arguments":{"profile":{"name":"x"},"__proto__":{"x":1},"constructor":{"x":1}}}'),
  call('{"name":"create_group","arguments":{"profile":{"name":"x"},"profile2":1}}'),
  call(`{"name":"create_group","arguments":{"profile":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}}`),
  call('{"name":"create_group","arguments":{"profile":null}}'),
  call('{"name":"create_group","arguments":{"profile":"{}{"}}'),
  call('{"name":"create_group"}'),
  call('{"name":"create_group","arguments":{"profile":[{"name":"x"}]}}'),
  call('{"name":"delete_group","name":"list_groups","arguments":{}}'),
  '{"jsonrpc":"2.0","id":9001,"method":"initialize","params":{}}',
  '{"jsonrpc":"2.0","id":9002,"method":"logging/setLevel","params":{"level":"debug"}}',
  '{"jsonrpc":"2.0","id":9003,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}',
  '{"jsonrpc":"2.0","id":9004,"method":"completion/complete","params":{}}',
  '{"jsonrpc":"2.0","id":9005,"method":"sampling/createMessage","params":{}}',
];

const lines: Scenario = {
  name: "lines that are no call",
  promise: CLIENT,
  stage: { scopes: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never", OKTA_LOG_LEVEL: "debug" } },
  async play(act) {
    const client = await startRaw(act);
    const next = () => client.call("list_groups", {});
    await act.control("a call is answered", { does: next });
    await act.control("a change is made", {
      does: () => client.call("create_group", { profile: { name: "New" } }),
      reaches: /^POST/,
    });
    await act.attacks(LINES, (line) => [
      line.slice(0, 70).replace(CANARY, "…"),
      {
        async does() {
          client.line(line);
          return next();
        },
        sees: "ok",
      },
    ]);
    await act.attack("the log at level debug has what the client sent", {
      async does() {
        const end = await client.leave();
        assert.equal(sighting([CANARY], { stderr: client.stderr() }), undefined);
        return outcome(String(end.code));
      },
      sees: "0",
    });
  },
};

const undeclared: Scenario = {
  name: "arguments that are not declared",
  promise: TALKED_INTO,
  stage: { scopes: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never" } },
  async play(act) {
    await act.control("declared ones are taken", { call: ["list_groups", { limit: 1 }] });
    const extras = ["force_all", "headers", "org_url"];
    await act.attacks(
      TOOLS.flatMap((tool) => extras.map((extra) => [tool, extra] as const)),
      ([tool, extra]) => [
        `${tool} with ${extra}`,
        { call: [tool, { [extra]: "x" }], sees: "bad_input", check: () => assert.deepEqual(act.requests(), []) },
      ],
    );
  },
};

const uploads: Scenario = {
  name: "files that are not to be read",
  promise: TALKED_INTO,
  stage: { seed: 1, scopes: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never", OKTA_MCP_FILE_ROOTS: "~/inside" } },
  async play(act) {
    const [inside, outside] = ["inside", "outside"].map((name) => join(act.folder, name)) as [string, string];
    for (const folder of [inside, outside]) {
      mkdirSync(folder);
      writeFileSync(join(folder, "logo.gif"), gif(64));
    }
    writeFileSync(join(outside, "secret.gif"), CANARY);
    writeFileSync(join(inside, "text.gif"), CANARY);
    writeFileSync(join(inside, "huge.gif"), Buffer.concat([gif(64), Buffer.alloc(3 * MEGABYTE)]));
    symlinkSync(outside, join(inside, "linked"));
    symlinkSync(join(outside, "logo.gif"), join(inside, "link.gif"));
    symlinkSync("/dev/zero", join(inside, "zero.gif"));
    const { brand_id, theme_id } = realIds(act.sandbox.org);
    const upload = (file_path: unknown) => ["upload_brand_theme_logo", { brand_id, theme_id, file_path }] as const;
    await act.control("a file inside is uploaded", { call: upload("logo.gif"), reaches: /^POST/ });
    const paths = [
      ...[
        join(outside, "logo.gif"),
        "../outside/logo.gif",
        "linked/logo.gif",
        "link.gif",
        `${inside}/../outside/logo.gif`,
      ],
      ...[
        "~/outside/logo.gif",
        "/etc/passwd",
        "/dev/zero",
        "/dev/stdin",
        "zero.gif",
        "/proc/self/environ",
        "text.gif",
        "huge.gif",
      ],
      ...[
        "",
        ".",
        "..",
        "/",
        inside,
        "logo.gif\u0000.png",
        `file://${join(outside, "logo.gif")}`,
        "\\\\evil\\share\\x.gif",
      ],
      ...[
        "http://127.0.0.1:1/x.gif",
        "data:image/gif;base64,R0lGODlh",
        "nothing.gif",
        "a".repeat(5_000),
        "|cat /etc/passwd",
        "$(id)",
      ],
    ];
    await act.attacks(paths, (path) => [
      JSON.stringify(path.replace(act.folder, "HOME")).slice(0, 60),
      { call: upload(path), sees: "bad_input", never: [] },
    ]);
    const said = async (path: string) => {
      const { text } = await act.server.call(...upload(path));
      return text.replaceAll(path, "PATH").replaceAll(/(?:secret|nothing)\.gif/g, "FILE");
    };
    for (const folder of [outside, "linked", "../outside"]) {
      await act.attack(`whether a file is there, by ${folder.replace(act.folder, "HOME")}`, {
        async does() {
          const [there, absent] = [await said(`${folder}/secret.gif`), await said(`${folder}/nothing.gif`)];
          return outcome(String(there === absent), { text: `${there}\n${absent}` });
        },
        sees: "true",
      });
    }
    if (missingHere("mkfifo") !== undefined) act.leaveOut("a pipe", notOfThisMachine("no mkfifo"));
    else {
      execFileSync("mkfifo", [join(inside, "pipe.gif")]);
      await act.attack("a pipe", { call: upload("pipe.gif"), sees: "bad_input" });
    }
  },
};

export const input: readonly Scenario[] = [lines, undeclared, uploads];
