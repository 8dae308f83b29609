/**
 * Writes the ids of the event types that Okta publishes to src/foresight/event-type-ids.ts. It needs Okta's list
 * (event-types.csv); `OKTA_OPENAPI_DIR` names its folder.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openApiDir } from "../test/support/openapi-dir.js";

const FILE = "src/foresight/event-type-ids.ts";
const MAX_LINE_CHARS = 130;

const HOW_TO_GET_EVENT_TYPES =
  "Okta's list of event types is not here. Okta's documentation offers it as a CSV file: save that as " +
  "event-types.csv beside management.json, and name their folder in OKTA_OPENAPI_DIR.";

/** The path of Okta's list; undefined where it is not there. */
export function eventTypeList(): string | undefined {
  const path = join(openApiDir() ?? "", "event-types.csv");
  return existsSync(path) ? path : undefined;
}

/** The ids of Okta's list, which are in the first column of each row after the head. */
export function publishedIds(csv: string): string[] {
  const ids = csv.split("\n").flatMap((line) => /^"([a-z0-9_.-]+)",/i.exec(line)?.[1] ?? []);
  return [...new Set(ids)].sort();
}

/** The text of the file: on each line the first part of the ids, a colon, and what follows in each of them. */
export function fileText(ids: readonly string[]): string {
  const byFirst = new Map<string, string[]>();
  for (const id of ids) {
    const first = id.slice(0, id.indexOf("."));
    byFirst.set(first, [...(byFirst.get(first) ?? []), id]);
  }
  const lines = [...byFirst].flatMap(([first, group]) => {
    const rows = [`${first}:`];
    for (const id of group) {
      const rest = ` ${id.slice(first.length + 1)}`;
      const row = rows.at(-1) ?? "";
      if (row.length + rest.length > MAX_LINE_CHARS) rows.push(`${first}:${rest}`);
      else rows[rows.length - 1] = row + rest;
    }
    return rows;
  });
  return `// Made by scripts/event-types.ts; not to be edited.

/** The ids of the event types that Okta publishes: the first part, and what follows it in each. */
export const EVENT_TYPE_IDS = \`
${lines.join("\n")}
\`;
`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const path = eventTypeList();
  if (path === undefined) {
    process.stderr.write(`${HOW_TO_GET_EVENT_TYPES}\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(FILE, fileText(publishedIds(readFileSync(path, "utf8"))));
  }
}
