import { once } from "node:events";
import { cpSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { BUILT_ENTRY, whereBuilt } from "../support/built.js";
import { spawnProcess, startCli, temporaryFolder } from "../support/cli.js";
import { envelope, KEYS, statelessly } from "../support/stateless.js";
import { speakTo } from "../support/stdio.js";

const UNREACHABLE = {
  OKTA_ORG_URL: "https://127.0.0.1:1",
  OKTA_CLIENT_ID: "0oa1",
  OKTA_SCOPES: "okta.users.read okta.groups.manage",
};

const LISTEN = { notifications: { toolsListChanged: true } };

/** More lists than the pipe and the server's own stream have room for. */
const MANY_LISTS = 40;

test("a signal ends the process, though a client that listens reads nothing", async () => {
  const cli = startCli([], { env: { ...UNREACHABLE, OKTA_LOG_LEVEL: "info" } });
  const client = statelessly(speakTo(cli));
  await client.ask("tools/list");
  client.send("subscriptions/listen", LISTEN);
  await cli.seen("stdout", /notifications\/subscriptions\/acknowledged/);
  cli.child.stdout.pause();
  for (let sent = 0; sent < MANY_LISTS; sent += 1) client.send("tools/list");
  client.call("no_such_tool");
  await cli.seen("stderr", /call failed/);
  const ended = once(cli.child, "exit");
  const startedAtMs = performance.now();
  cli.child.kill("SIGTERM");
  const [code] = await ended;
  expect(code).toBe(0);
  expect(performance.now() - startedAtMs).toBeLessThan(3_000);
});

whereBuilt("a part that cannot be loaded is an error with the reason in the log, and is loaded later", async () => {
  const folder = temporaryFolder();
  cpSync(dirname(BUILT_ENTRY), join(folder, "dist"), { recursive: true });
  const chunks = join(folder, "dist/chunks");
  const part = readdirSync(chunks).find((name) => name.startsWith("modern-")) ?? expect.fail("no such part");
  const [here, away] = [join(chunks, part), join(folder, part)];
  renameSync(here, away);
  const cli = spawnProcess([process.execPath, join(folder, "dist/okta-mcp.js")], { env: UNREACHABLE });
  const streams = speakTo(cli);
  const client = statelessly(streams);
  expect((await client.ask("server/discover")).result.resultType).toBe("complete");
  const { error } = await client.ask("tools/list");
  expect(error).toMatchObject({ code: -32603, message: expect.stringMatching(/^Nothing was done: .*Its log has/) });
  expect(cli.stderr()).toMatch(/error could not load what MCP 2026-07-28 needs error=.*modern-/);
  expect((await streams.begin()).result.serverInfo.name).toBe("okta-mcp");
  renameSync(away, here);
  expect((await client.ask("tools/list")).result.tools.length).toBeGreaterThan(0);
});

test.each([
  [{ elicitation: true }, "elicitation"],
  [{ elicitation: { form: 5 } }, "elicitation.form"],
  [{ elicitation: { form: {}, url: "yes" } }, "elicitation.url"],
  [{ roots: [] }, "roots"],
  [{ sampling: null }, "sampling"],
])("an envelope with the capabilities %j is refused with the place in it", async (capabilities, place) => {
  const streams = speakTo(startCli([], { env: UNREACHABLE }));
  const refused = await streams.ask("tools/list", { _meta: envelope(capabilities) });
  expect(refused.error).toMatchObject({
    code: -32602,
    message: expect.stringContaining(`${KEYS.capabilities}.${place} has to be an object.`),
  });
});

test.each([
  ["in an envelope", { _meta: envelope() }],
  ["without one", {}],
])("a request with the name of a notification is answered once, %s", async (_, params) => {
  const streams = speakTo(startCli([], { env: UNREACHABLE }));
  const client = statelessly(streams);
  await client.ask("tools/list");
  const id = streams.send("notifications/cancelled", { requestId: 1, ...params });
  await streams.answer(id);
  await client.ask("tools/list");
  await streams.ask("ping");
  expect(streams.messages().filter((message) => message.id === id)).toMatchObject([{ error: { code: -32601 } }]);
});
