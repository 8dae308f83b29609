import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TestContext } from "vitest";
import { requireTool } from "./ci-tools.js";
import { ROOT, spawnProcess, temporaryFolder } from "./cli.js";

/** An object of Kubernetes. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

/**
 * Holds objects against the schema of Kubernetes' own API: first by value, then by type. The schema lets members pass
 * that it does not know, and the compiler does not.
 * @returns a sentence for each mistake
 */
export async function kubernetesMistakes(
  context: TestContext,
  objects: readonly KubernetesObject[],
): Promise<string[]> {
  const models = requireTool(context, "kubernetes-models");
  const mistakes: string[] = [];
  const lines: string[] = [];
  for (const [index, object] of objects.entries()) {
    const module = join(models, object.apiVersion, object.kind);
    if (!existsSync(`${module}.js`)) {
      mistakes.push(`${object.kind}: Kubernetes has none in ${object.apiVersion}`);
      continue;
    }
    const { [object.kind]: Model } = await import(pathToFileURL(`${module}.js`).href);
    try {
      new Model(object).validate();
    } catch (error) {
      mistakes.push(`${object.kind}: ${error instanceof Error ? error.message : error}`);
    }
    lines.push(`import type { I${object.kind} as Kind${index} } from ${JSON.stringify(`${module}.js`)};`);
    lines.push(`export const object${index}: Kind${index} = ${JSON.stringify(object)};`);
  }
  const folder = temporaryFolder();
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "objects.ts"), lines.join("\n"));
  const compiler = join(ROOT, "node_modules/.bin/tsc");
  const args = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--types", "", "objects.ts"];
  const { code, stdout } = await spawnProcess([compiler, ...args], { cwd: folder }).ended;
  if (code !== 0) mistakes.push(stdout.trim());
  return mistakes;
}
