/**
 * Writes Okta's operations to src/okta/operations.json: each operation of the SDK as the SDK would send it, its scopes
 * and further query parameters from Okta's OpenAPI document, and the operations that the document alone has. It needs
 * the document; `OKTA_OPENAPI_DIR` names its folder.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RecordedOperation } from "../src/okta/build-request.js";
import { HOW_TO_GET_OPENAPI, openApiDir } from "../test/support/openapi-dir.js";
import { type DocumentedOperation, documentedOperations, keyOf } from "./operations/documented.js";
import { recordSdk } from "./operations/record-sdk.js";
import { SDK_OPERATIONS } from "./operations/sdk-requests.js";

export const OPERATIONS_FILE = "src/okta/operations.json";

/** The text of the file, made from the SDK and from the documents in a folder. */
export async function operationsText(dir: string): Promise<string> {
  const documented = documentedOperations(JSON.parse(readFileSync(join(dir, "management.json"), "utf8")));
  const byKey = new Map(documented.map((operation) => [keyOf(operation), operation]));
  const table = new Map<string, [name: string, operation: RecordedOperation][]>();
  for (const [api, names] of SDK_OPERATIONS) {
    const rows: [string, RecordedOperation][] = [];
    for (const name of names) {
      const recorded = await recordSdk(api, name);
      rows.push([name, joined(name, recorded, byKey.get(keyOf(recorded)))]);
    }
    table.set(api, rows);
  }
  const known = new Set([...table.values()].flat().map(([, operation]) => keyOf(operation)));
  for (const operation of documented.filter((one) => !known.has(keyOf(one)))) {
    const { operationId, tag, mediaTypes, ...recorded } = operation;
    if (mediaTypes.some((type) => type !== "application/json")) throw new Error(`${operationId} takes no JSON.`);
    table.set(tag, [...(table.get(tag) ?? []), [operationId, recorded]]);
  }
  return textOf(table);
}

/**
 * A recorded operation with what its document says besides.
 * @throws Error where the two contradict each other
 */
function joined(
  name: string,
  recorded: Omit<RecordedOperation, "scopes">,
  documented: DocumentedOperation | undefined,
): RecordedOperation {
  // Without a document nobody knows the scope, and an operation without one is not called.
  if (documented === undefined) return { ...recorded, scopes: [] };
  const { query = [], body, upload, mediaType = upload ? "multipart/form-data" : "application/json" } = recorded;
  const { names = {} } = recorded;
  const hasBody = body !== undefined || upload !== undefined;
  if (hasBody !== documented.mediaTypes.length > 0 || (hasBody && !documented.mediaTypes.includes(mediaType))) {
    throw new Error(`${name} has a body of another type in Okta's document.`);
  }
  const known = query.map((parameter) => names[parameter] ?? parameter);
  const more = documented.query.filter((parameter) => !known.includes(parameter));
  return { ...recorded, query: [...query, ...more], scopes: documented.scopes };
}

/** JSON with a line for each operation, so that a change shows where it is. */
function textOf(table: ReadonlyMap<string, readonly [name: string, operation: RecordedOperation][]>): string {
  const apis = [...table].map(([api, rows]) => {
    const lines = rows.map(([name, operation]) => `${JSON.stringify(name)}: ${JSON.stringify(short(operation))}`);
    return `${JSON.stringify(api)}: {\n${lines.join(",\n")}\n}`;
  });
  return `{\n${apis.join(",\n")}\n}\n`;
}

/** An operation without the lists that are empty; its scopes stay, since to have none means something. */
function short({ scopes, ...operation }: RecordedOperation): object {
  const told = Object.entries(operation).filter(
    ([, value]) => Object.keys(Object(value)).length > 0 || typeof value === "string",
  );
  return { ...Object.fromEntries(told), scopes };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const dir = openApiDir();
  if (dir === undefined) {
    process.stderr.write(`${HOW_TO_GET_OPENAPI}\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(OPERATIONS_FILE, await operationsText(dir));
  }
}
