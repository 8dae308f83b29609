import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { SERVE_CHECKS } from "../../src/cli/company/serve-checks.js";
import { firstSettings } from "../../src/operator/first-settings.js";
import { type LoadedServe, loadServe } from "../../src/people/load-serve.js";
import { newDataKeySet } from "../../src/store/data-keys.js";
import { requireTool } from "./ci-tools.js";
import { ROOT, temporaryFolder } from "./cli.js";

const load = createRequire(import.meta.url);

/** A document of the `yaml` package. */
interface YamlDocument {
  errors: Error[];
  warnings: Error[];
  toJS(): unknown;
}

/** The text of a file of deploy/. */
export const deployed = (name: string): string => readFileSync(join(ROOT, "deploy", name), "utf8");

/**
 * Reads a YAML text with one document or several. A key that stands twice, or another mistake, is an error.
 * @returns the documents, which a schema is to judge besides
 */
export function parseYaml<T>(context: TestContext, text: string): T[] {
  const { parseAllDocuments } = load(join(requireTool(context, "yaml"), "dist/index.js"));
  const documents: YamlDocument[] = parseAllDocuments(text, { merge: true, uniqueKeys: true });
  return documents.map((document) => {
    for (const fault of [...document.errors, ...document.warnings]) throw fault;
    return document.toJS() as T;
  });
}

/** Reads the one document of a YAML file of deploy/. */
export function yamlOf<T>(context: TestContext, name: string): T {
  const [first, ...others] = parseYaml<T>(context, deployed(name));
  if (first === undefined || others.length > 0) throw new Error(`deploy/${name} has not one document.`);
  return first;
}

/** The files beside serve.json that its examples name, as an operator would have made them. */
export const BESIDE: Readonly<Record<string, () => string>> = {
  "keys/web-app.json": () => {
    const answers = { orgUrl: "https://acme.okta.com", publicUrl: "https://mcp.acme.com", clientId: "0oa1", roles: [] };
    return firstSettings(answers).files.find(({ path }) => path === "keys/web-app.json")?.text ?? "";
  },
  "keys/data-keys.json": newDataKeySet,
  "keys/database-password": () => "a password\n",
  "keys/event-hook": () => "0123456789abcdef".repeat(4),
  "keys/database-ca.pem": () => readFileSync(join(ROOT, "test/fixtures/certificates/root.pem"), "utf8"),
};

/**
 * Loads an example of serve.json as `okta-mcp serve` does, from a folder with the files that it names.
 * @param text the content of serve.json
 * @throws Error with every mistake
 */
export function loadExample(text: string): LoadedServe {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "keys"), { mode: 0o700 });
  for (const [path, make] of Object.entries(BESIDE)) writeFileSync(join(folder, path), make(), { mode: 0o600 });
  const file = join(folder, "serve.json");
  writeFileSync(file, text, { mode: 0o600 });
  const loaded = loadServe(file, SERVE_CHECKS);
  if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
  return loaded;
}
