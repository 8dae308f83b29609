import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  runKeysDrop,
  runKeysList,
  runKeysNew,
  runKeysRewrap,
  runKeysRotate,
  runKeysStartOver,
} from "../../src/cli/company/run-keys.js";
import { createIo } from "../../src/cli/io.js";
import type { ToldKeys } from "../../src/operator/keys.js";
import { parseDataKeys } from "../../src/store/data-keys.js";
import { temporaryFolder } from "../support/cli.js";
import { commandLine } from "../support/company-command.js";
import { startCompanyWeb } from "../support/company-server.js";

test("serve keys lists, rotates, encrypts anew and gives up beside a running server, and shows no key", async () => {
  const web = await startCompanyWeb();
  const { call } = await web.signIn();
  const listed = async (): Promise<ToldKeys> => {
    const json = commandLine(web);
    expect(await runKeysList(json.io, { config: json.config, json: true })).toBe(0);
    return JSON.parse(json.text());
  };
  const [before] = (await listed()).data;
  expect(before).toMatchObject({ state: "encrypts", values: expect.any(Number) });
  const rotate = commandLine(web);
  expect(await runKeysRotate(rotate.io, "data", { config: rotate.config })).toBe(0);
  expect(rotate.text()).toMatch(/is the first key of .*data-keys\.json\.\nBack the file up/);
  await web.store.keys.refresh();
  const rewrap = commandLine(web);
  expect(await runKeysRewrap(rewrap.io, { config: rewrap.config })).toBe(0);
  expect(rewrap.text()).toMatch(/^\d+ values were encrypted anew, with \w+\.$/);
  const [now, old] = (await listed()).data;
  expect(now).toMatchObject({ state: "encrypts" });
  expect(old).toMatchObject({ id: before?.id, state: "reads", values: 0 });
  const drop = commandLine(web);
  expect(await runKeysDrop(drop.io, before?.id ?? "", { config: drop.config, now: true })).toBe(0);
  await web.store.keys.refresh();
  expect((await call("tools/list")).status).toBe(200);

  const signing = commandLine(web);
  await web.store.keys.refresh();
  expect(await runKeysRotate(signing.io, "signing", { config: signing.config })).toBe(0);
  expect(signing.text()).toMatch(/is published within half a minute, and signs from \S+Z on\.$/);
  const words = commandLine(web);
  expect(await runKeysList(words.io, { config: words.config })).toBe(0);
  expect(words.text()).toMatch(/^Data key +\w+: encrypts; needed by \d+ values$/m);
  expect(words.text()).toMatch(/^Signing key +\S+: published, does not sign yet$/m);
  const { keys } = JSON.parse(readFileSync(join(web.folder, "data", "data-keys.json"), "utf8"));
  for (const said of [rotate, rewrap, drop, signing, words]) expect(said.text()).not.toContain(keys[0].k.slice(0, 12));
});

test("serve keys new writes the first file, for its user alone, and never over another", async () => {
  const written: string[] = [];
  const io = { ...createIo(process), out: (line: string) => void written.push(line) };
  const text = () => written.join("\n");
  const file = join(temporaryFolder(), "data-keys.json");
  expect(await runKeysNew(io, file)).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const [key] = parseDataKeys(readFileSync(file, "utf8"), file);
  expect(key?.bytes).toHaveLength(32);
  expect(text()).toContain(file);
  expect(text()).not.toContain(
    Buffer.from(key?.bytes ?? [])
      .toString("base64url")
      .slice(0, 12),
  );
  const before = readFileSync(file, "utf8");
  await expect(runKeysNew(io, file)).rejects.toMatchObject({
    code: "bad_config",
    message: expect.stringContaining("there already"),
  });
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("serve keys start-over does nothing where nobody can answer its question", async () => {
  const web = await startCompanyWeb();
  const line = commandLine(web);
  await expect(runKeysStartOver(line.io, { config: line.config })).rejects.toMatchObject({ code: "bad_input" });
});

test.each([
  ["what kind of key", "tokens", {}],
  ["--now for a data key", "data", { now: true as const }],
  ["--out for a signing key", "signing", { out: "x.json" }],
])("serve keys rotate says what is wrong about %s", async (_, sort, flags) => {
  const web = await startCompanyWeb();
  const line = commandLine(web);
  await expect(runKeysRotate(line.io, sort, { config: line.config, ...flags })).rejects.toMatchObject({
    code: "bad_input",
  });
});
