import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { OktaMcpError } from "../../errors/index.js";
import { codeOf } from "../../errors/system-code.js";
import { textOfFile } from "../../files/file-text.js";
import { whyUnreadable } from "../../files/unreadable.js";
import { withoutTilde } from "../../files/user-dirs.js";
import type { ApiDocument, ApiOperation } from "../../openapi/api-document.js";
import { besideDocument } from "../../openapi/document-files.js";
import { MAX_DOCUMENT_CHARS } from "../../openapi/parse-text.js";
import { readDocument } from "../../openapi/read-document.js";
import { inertJson } from "../../text/inert-json.js";
import { shortened, visible, visibleStart } from "../../text/quote.js";
import type { Io } from "../io.js";
import { accessWords, showRows, showSentences, showSkipped } from "./show-tables.js";

/** The most characters of a summary that are shown. */
const MAX_SUMMARY_CHARS = 200;

/** One operation that could be chosen. */
interface Choosable {
  id: string;
  method: string;
  path: string;
  /** The scopes of the first way in which it may be called; null where anybody may call it. */
  scopes: string[] | null;
  summary: string;
}

/**
 * Lists the operations of an OpenAPI document, so that somebody can choose among them.
 * @returns the exit code: 1 where the document cannot be read
 */
export async function showDocument(io: Io, file: string, { json }: { json: boolean }): Promise<0 | 1> {
  const path = resolve(withoutTilde(file));
  const read = await readDocument({ text: textOf(path), name: basename(path), read: besideDocument(path) });
  if ("problems" in read) {
    if (json) io.out(inertJson({ all_right: false, problems: read.problems }, io.stdout.isTTY ? 2 : undefined));
    else showSentences(io, "red", "WRONG", read.problems);
    return 1;
  }
  const { document } = read;
  const operations = document.operations.map(choosable);
  if (json) io.out(inertJson(asJson(document, operations), io.stdout.isTTY ? 2 : undefined));
  else await show(io, document, operations);
  return 0;
}

function textOf(path: string): string {
  try {
    if (statSync(path).size > MAX_DOCUMENT_CHARS) {
      throw new OktaMcpError("bad_input", `${visible(path)} is larger than ${MAX_DOCUMENT_CHARS / 1024 / 1024} MiB.`);
    }
    return textOfFile(readFileSync(path));
  } catch (cause) {
    if (cause instanceof OktaMcpError) throw cause;
    throw new OktaMcpError(
      "bad_input",
      `The document ${visible(path)} cannot be read: ${whyUnreadable(codeOf(cause))}.`,
      {
        fix: "Give the path of an OpenAPI document (3.0 or 3.1, JSON or YAML) that you may read.",
        cause,
      },
    );
  }
}

function choosable({ id, method, path, security, summary, description }: ApiOperation): Choosable {
  const isOpen = security.length === 0 || security.some((alternative) => alternative.length === 0);
  const [first = []] = security;
  return {
    id,
    method,
    path,
    scopes: isOpen ? null : [...new Set(first.flatMap(({ scopes }) => scopes))],
    summary: shortened(summary || (description.split("\n")[0] ?? ""), MAX_SUMMARY_CHARS),
  };
}

function asJson({ title, apiVersion, version, skipped, notes }: ApiDocument, operations: readonly Choosable[]): object {
  return {
    all_right: true,
    title,
    version: apiVersion,
    openapi: version,
    operations,
    cannot_be_called: skipped,
    notes,
  };
}

async function show(io: Io, document: ApiDocument, operations: readonly Choosable[]): Promise<void> {
  const { title, apiVersion, version, skipped, notes } = document;
  io.out(
    `${io.style("bold", visibleStart(title), io.stdout)} ${visibleStart(apiVersion)} (OpenAPI ${visibleStart(version)})`,
  );
  const rows = operations.map(({ scopes, ...operation }) => ({
    ...operation,
    scopes: accessWords(scopes),
  }));
  await showRows(io, rows, ["id", "method", "path", "scopes", "summary"], ["id"]);
  showSkipped(io, "Cannot be called", skipped);
  showSentences(io, "dim", "note", notes);
  io.out("");
  io.out(
    `${operations.length} operations. Name those that should become tools in operations of the API's settings, e.g. {"id": ${JSON.stringify(visibleStart(operations[0]?.id ?? "getEmployee"))}}.`,
  );
}
