import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { serveCommand } from "../../src/cli/commands/serve.js";
import { createIo } from "../../src/cli/io.js";
import { firstSettings } from "../../src/operator/first-settings.js";
import { ROOT, spawnProcess } from "../support/cli.js";
import { deployed, loadExample } from "../support/deploy-files.js";
import { shellBlocks } from "../support/pages.js";
import { requireOrSkip } from "../support/programs.js";

const PAGE = "docs/operating.md";
const page = readFileSync(join(ROOT, PAGE), "utf8");

/** Every command line of `okta-mcp serve` that the page shows, by its words. */
function serveCommands(): string[][] {
  const text = page.replace(/\\\n\s*/g, "");
  return [...text.matchAll(/okta-mcp serve ([^`\n|;>&]+)/g)]
    .map(([, rest = ""]) => rest.trim().split(/\s+/))
    .filter((words) => !words.includes("…"));
}

/** What is wrong with a command line, or nothing. No command is run. */
function mistakeIn(words: readonly string[]): string | undefined {
  let command: Command = serveCommand({ ...createIo(process), env: {} }, () => {});
  let rest = [...words];
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  // Without a word of its own, `serve keys` lists.
  const byDefault = command.commands.find((one) => one.name() === "list");
  if (byDefault !== undefined) command = byDefault;
  const { operands, unknown } = command.parseOptions(rest);
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  if (unknown.length > 0) return `${command.name()} does not know ${unknown[0]}`;
  if (operands.length < needed) return `${command.name()} lacks an argument`;
  if (operands.length > command.registeredArguments.length) return `${command.name()} does not know ${operands.at(-1)}`;
  const missing = command.options.find(
    (one) => one.mandatory && command.getOptionValue(one.attributeName()) === undefined,
  );
  return missing && `${command.name()} needs ${missing.flags}`;
}

test("every command of okta-mcp serve on the operator's page is one, with its options", () => {
  const commands = serveCommands();
  expect(commands.length).toBeGreaterThan(40);
  for (const words of commands) expect(mistakeIn(words), words.join(" ")).toBeUndefined();
  expect(mistakeIn(["keys", "rotat", "data"])).toContain("does not know");
  expect(mistakeIn(["who", "ada", "--conf", "x"])).toContain("does not know");
  expect(mistakeIn(["who", "ada"])).toContain("needs --config");
});

test("every shell block of the operator's page is one", async (context) => {
  const [bash = ""] = requireOrSkip(context, "bash");
  for (const block of shellBlocks(PAGE)) {
    const { code, stderr } = await spawnProcess([bash, "-n", "-c", block]).ended;
    expect(code, `${block}\n${stderr}`).toBe(0);
  }
});

test("the members that the page adds make a right serve.json of that of serve init", () => {
  const answers = {
    orgUrl: "https://acme.okta.com",
    publicUrl: "https://mcp.acme.com",
    clientId: "0oa1b2c3d4e5f6g7h8",
    roles: [{ name: "reader" as const, groups: ["00g2b2c3d4e5f6g7h8"] }],
  };
  const first = firstSettings(answers).files.find(({ path }) => path === "serve.json")?.text ?? "";
  const [, block = ""] = /```json\n([\s\S]*?)\n {3}```/.exec(page) ?? [];
  const added = { admins: { groups: ["00g3b2c3d4e5f6g7h8"] }, ...JSON.parse(block) };
  expect(loadExample(JSON.stringify({ ...JSON.parse(first), ...added })).content.store.kind).toBe("postgresql");
  const inline = [...page.matchAll(/`("[a-z_]+": \{[^`]+\})`/g)].map(([, member]) => JSON.parse(`{${member}}`));
  for (const member of inline) loadExample(JSON.stringify({ ...JSON.parse(first), ...added, ...member }));
});

test("the secrets that the page makes are those that the manifests name", () => {
  const made = new Map<string, string[]>();
  for (const block of shellBlocks(PAGE, "## Kubernetes")) {
    const lines = block.replace(/\\\n\s*/g, "").matchAll(/create secret (generic|tls) (\S+) (.*)/g);
    for (const [, , name = "", rest = ""] of lines) {
      made.set(name, [...rest.matchAll(/--from-file=([\w.-]+)=/g)].map(([, key = ""]) => key).sort());
    }
  }
  const named = new Map<string, string[]>();
  for (const file of ["deployment.yaml", "migrate-job.yaml"]) {
    const text = deployed(`kubernetes/${file}`);
    for (const [, name = "", items = ""] of text.matchAll(
      /secret:\n\s+name: (\S+)\n\s+items:\n((?:\s+-? ?(?:key|path): .*\n)+)/g,
    )) {
      named.set(name, [...items.matchAll(/key: (\S+)/g)].map(([, key = ""]) => key).sort());
    }
  }
  const [, tls = ""] = /secretName: (\S+)/.exec(deployed("kubernetes/ingress.yaml")) ?? [];
  named.set(tls, []);
  expect([...made].sort()).toEqual([...named].sort());
});
