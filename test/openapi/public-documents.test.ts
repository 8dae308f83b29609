import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, type TestContext, test } from "vitest";
import { isObject, type Json, type JsonObject, mapTexts } from "../../src/json/json.js";
import { parseDocumentText } from "../../src/openapi/parse-text.js";
import { requireTool } from "../support/ci-tools.js";
import { HOW_TO_GET_OPENAPI, openApiDir } from "../support/openapi-dir.js";
import { type Callable, callable, documentOf } from "./documents.js";
import { exampleOf, Impossible } from "./examples.js";
import { differences, parametersIn, resolved, type Sent } from "./judge.js";

/**
 * Operations that nobody can call as their document has them: a fragment in the path, a schema that requires itself or
 * contradicts itself, and spaces in a list that spaces separate.
 */
const UNSENDABLE: ReadonlySet<string> = new Set([
  "parameters-style.json cookies_form_nonExploded",
  "parameters-style.json cookies_form_exploded",
  "parameters-style.json formData_spaceDelimited_nonExploded",
  "circular-request-bodies.json directCircular",
  "schema-additional-properties.json post_post",
  "schema-types.json quirks_entirelyIncompatibleAllOf",
  "schema-types.json quirks_incompatibleNestedAllOf",
  "schema-types.json quirks_partiallyUsableIncompatibleAllOf",
]);

/** What a document holds, and what its operations made of an example each. */
interface Outcome {
  operations: number;
  skipped: string[];
  /** The operations whose example was refused, with the reasons. */
  refused: string[];
  /** The requests that say something else than their arguments. */
  different: string[];
}

async function outcomeOf(text: string): Promise<Outcome> {
  const parsed = await parseDocumentText(text);
  if ("problem" in parsed || !isObject(parsed.content)) throw new Error("The document cannot be parsed.");
  const root = parsed.content;
  const document = await documentOf({ text });
  const outcome: Outcome = {
    operations: document.operations.length,
    skipped: document.skipped.map(({ id, why }) => `${id}: ${why}`),
    refused: [],
    different: [],
  };
  for (const { id } of document.operations) {
    try {
      await judge(root, callable(document, id), outcome);
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      outcome.refused.push(`${id}: impossible`);
    }
  }
  return outcome;
}

/** Sends an example by an operation, and reads it back. */
async function judge(root: JsonObject, { operation, ...tool }: Callable, outcome: Outcome): Promise<void> {
  const sent: Sent[] = [];
  const given: Record<string, unknown> = {};
  for (const { name, place, parameter: named } of tool.arguments.list) {
    if (place === "body") {
      given.body = exampleBody(root, operation.path, operation.method, operation.body?.mediaType ?? "");
      continue;
    }
    const known = parametersIn(root, operation).find((one) => one.in === place && one.name === named);
    const parameter = known ?? { in: "path", name: named };
    const media = isObject(parameter.content) ? Object.values(parameter.content)[0] : undefined;
    const value = exampleOf(isObject(media) ? media.schema : parameter.schema, root, 1) ?? "x";
    // A header holds visible characters of ASCII alone, and some styles separate by spaces.
    const isNarrow = place === "header" || parameter.style === "spaceDelimited";
    const held = isNarrow ? mapTexts(value, (text) => text.replaceAll(/[^!-~]|,/g, "_")) : value;
    sent.push({ parameter, value: held });
    given[name] = held;
  }
  const faults = await tool.problems(given);
  const why = faults.length > 0 ? faults : await tool.refusal(given);
  if (why.length > 0) {
    outcome.refused.push(`${operation.id}: ${why.join(" ")}`);
    return;
  }
  const found = await differences(root, operation, await tool.request(given), sent, given.body as Json | undefined);
  outcome.different.push(...found.map((difference) => `${operation.id}: ${difference}`));
}

function exampleBody(root: JsonObject, path: string, method: string, mediaType: string): Json {
  const own = resolved(resolved((root.paths as JsonObject)[path], root)[method.toLowerCase()], root);
  const content = resolved(own.requestBody, root).content as JsonObject;
  const media = content[mediaType] ?? Object.values(content)[0];
  const made = exampleOf(isObject(media) ? media.schema : undefined, root) ?? {};
  const isFile = !/json|form|text|xml/.test(mediaType);
  return isFile ? "QUJD" : made;
}

const readme = (context: TestContext, ...names: string[]) =>
  join(requireTool(context, "@readme/oas-examples"), ...names);

describe("every operation of a public document is read, and what is sent says what was given", () => {
  test("3.1: Train Travel, from YAML", async (context) => {
    const text = readFileSync(readme(context, "3.1/yaml/train-travel.yaml"), "utf8");
    expect(await outcomeOf(text)).toEqual({ operations: 7, skipped: [], refused: [], different: [] });
  });

  test("3.1: Scalar Galaxy, from YAML", async (context) => {
    const text = readFileSync(join(requireTool(context, "@scalar/galaxy"), "dist/3.1.yaml"), "utf8");
    expect(await outcomeOf(text)).toMatchObject({ skipped: [], refused: [], different: [] });
  });

  test("3.0: Star Trek, from JSON", async (context) => {
    const text = readFileSync(readme(context, "3.0/json/star-trek.json"), "utf8");
    expect(await outcomeOf(text)).toMatchObject({ skipped: [], refused: [], different: [] });
  });

  test("3.0 and 3.1: all further examples of ReadMe", async (context) => {
    const found: Record<string, Outcome> = {};
    for (const folder of ["3.0/json", "3.1/json"]) {
      for (const name of readdirSync(readme(context, folder)).filter((file) => file.endsWith(".json"))) {
        found[`${folder}/${name}`] = await outcomeOf(readFileSync(readme(context, folder, name), "utf8"));
      }
    }
    const faults = Object.entries(found).flatMap(([name, { refused, different, skipped }]) =>
      [...refused, ...different, ...skipped].map((fault) => `${name}: ${fault}`),
    );
    expect(Object.keys(found).length).toBeGreaterThan(40);
    expect(
      faults
        .map((fault) => fault.replace(/^3\.[01]\/json\/(\S+): (\S+): .*$/, "$1 $2"))
        .filter((one) => !UNSENDABLE.has(one)),
    ).toEqual([]);
  });

  test("3.0: Okta's own management API", async (context) => {
    const folder = openApiDir();
    if (folder === undefined) return context.skip(HOW_TO_GET_OPENAPI);
    const outcome = await outcomeOf(readFileSync(join(folder, "management.json"), "utf8"));
    expect(outcome).toEqual({ operations: 732, skipped: [], refused: [], different: [] });
  });
});
