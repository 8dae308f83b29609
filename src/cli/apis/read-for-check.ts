import * as z from "zod";
import { companyApisSchema } from "../../apis/apis-schema.js";
import { loadApis } from "../../apis/load-apis.js";
import type { LoadedApi } from "../../apis/loaded-api.js";
import { parseStrictJson, readHandwritten } from "../../files/strict-json.js";
import { isObject } from "../../json/json.js";
import { visible } from "../../text/quote.js";
import { readApisFile, takenNames } from "./read-apis-file.js";

/** The APIs of a file, and sentences that stop nothing. */
export interface ApisRead {
  apis: readonly LoadedApi[];
  notices: readonly string[];
}

/**
 * Reads the APIs of a file of APIs, or of serve.json, whose other members are `okta-mcp serve check`'s.
 * @returns every mistake, as the rest of a sentence that begins with what the file is
 */
export async function readForCheck(file: string): Promise<ApisRead | { problems: string[] }> {
  const read = readHandwritten(file, "file of APIs");
  if ("problem" in read) return { problems: [`The file ${read.problem}`] };
  if (!isServeFile(read.text)) {
    const own = await readApisFile(file);
    if ("problems" in own) return { problems: own.problems.map((problem) => `The file ${problem}`) };
    return { apis: own.apis, notices: own.tools.notices };
  }
  const inFile = (problem: string) => `The file (${visible(read.path)}): ${problem}`;
  const parsed = parseStrictJson(read.text, () => z.object({ apis: companyApisSchema().default({}) }));
  if ("problems" in parsed) return { problems: parsed.problems.map(inFile) };
  const loaded = await loadApis(parsed.content.apis, read.path, takenNames());
  return "problems" in loaded ? { problems: loaded.problems.map(inFile) } : { apis: loaded.apis, notices: [] };
}

/** True for the text of serve.json, which says where its server is reached and what it is for. */
function isServeFile(text: string): boolean {
  try {
    const content: unknown = JSON.parse(text);
    return isObject(content) && ["public_url", "okta", "roles"].some((member) => member in content);
  } catch {
    return false;
  }
}
