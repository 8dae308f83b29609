import type { ApiDocument, ApiOperation, SkippedOperation } from "../openapi/api-document.js";
import type { ApiAccess } from "../openapi/api-request.js";
import { hint, nearest } from "../text/nearest.js";
import { visibleStart } from "../text/quote.js";
import type { ApiSettings, OperationEntry } from "./apis-schema.js";
import { matchesPath } from "./path-pattern.js";

/** An operation that is to become a tool, and what the settings say of it. */
export interface Choice {
  operation: ApiOperation;
  entry: OperationEntry;
  access: ApiAccess;
}

export interface Choices {
  /** In the order of the document. */
  chosen: readonly Choice[];
  skipped: readonly SkippedOperation[];
  /** Mistakes of the settings, each a sentence that begins with its place in the API's settings. */
  problems: readonly string[];
}

const READS = new Set(["GET", "HEAD"]);

/** What a call does, by the method of its operation and what the settings say besides. */
export function effectOf({ operation: { method }, entry }: Choice): "reads" | "changes" | "removes" {
  if (entry.effect === "removes" || method === "DELETE") return "removes";
  return entry.effect ?? (method === "GET" || method === "HEAD" ? "reads" : "changes");
}

/** Tells which operations of a document become tools: those that the settings name, and reads that a pattern fits. */
export function chooseOperations(document: ApiDocument, settings: ApiSettings): Choices {
  const entries = new Map<ApiOperation, OperationEntry>();
  const problems: string[] = [];
  const places = settings.operations.map((entry, index) => ({ entry, place: `operations[${index}]` }));
  // What names an operation says more of it than a pattern.
  for (const { entry, place } of places.filter((one) => one.entry.id !== undefined)) {
    problems.push(...byId(document, entry, entries).map((problem) => `${place}.id ${problem}`));
  }
  for (const { entry, place } of places.filter((one) => one.entry.match !== undefined)) {
    const fitting = document.operations.filter((operation) => fits(operation, entry));
    if (fitting.length === 0)
      problems.push(`${place}.match fits no operation of the document. ${patternsThere(document)}`);
    for (const operation of fitting) if (!entries.has(operation)) entries.set(operation, entry);
  }
  const chosen: Choice[] = [];
  const skipped: SkippedOperation[] = [...document.skipped];
  for (const operation of document.operations) {
    const { id, method, path } = operation;
    const entry = entries.get(operation);
    if (entry === undefined) {
      skipped.push({ id, method, path, why: "The settings do not choose it." });
      continue;
    }
    problems.push(...tooLax(operation, entry));
    const found = accessOf(operation, document, settings);
    if ("access" in found) chosen.push({ operation, entry, access: found.access });
    else if (entry.id !== undefined) problems.push(`auth.scopes lacks ${found.missing.join(", ")}, which ${id} needs.`);
    else
      skipped.push({ id, method, path, why: `It needs ${found.missing.join(", ")}, which auth.scopes does not have.` });
  }
  return { chosen, skipped, problems };
}

function byId(document: ApiDocument, entry: OperationEntry, entries: Map<ApiOperation, OperationEntry>): string[] {
  const { id = "" } = entry;
  const named = document.operations.find((operation) => operation.id === id);
  if (named === undefined) {
    const broken = document.skipped.find((operation) => operation.id === id);
    if (broken !== undefined)
      return [`names ${visibleStart(id)}, which cannot be called: ${visibleStart(broken.why, 300)}`];
    const ids = document.operations.map((operation) => operation.id);
    return [
      `names ${visibleStart(id)}, and the document has no such operation${visibleStart(hint(nearest(id, ids)))}.`,
    ];
  }
  if (entries.has(named)) return [`names ${visibleStart(id)}, as an earlier one does.`];
  entries.set(named, entry);
  return [];
}

function fits({ method, path, tags }: ApiOperation, { match }: OperationEntry): boolean {
  if (match === undefined || match.method !== method) return false;
  return matchesPath(match.path, path) && (match.tag === undefined || tags.includes(match.tag));
}

/** What a document has that patterns could fit, in a sentence. */
function patternsThere({ operations }: ApiDocument): string {
  const paths = operations.filter(({ method }) => READS.has(method)).map(({ method, path }) => `${method} ${path}`);
  const shown = paths.slice(0, 5).map((path) => visibleStart(path));
  if (shown.length === 0) return "It has none that reads.";
  return `It has ${shown.join(", ")}${paths.length > shown.length ? ` and ${paths.length - shown.length} more` : ""}.`;
}

/** Settings make an operation stricter than its method tells, and never laxer. */
function tooLax({ id, method }: ApiOperation, { effect, consent }: OperationEntry): string[] {
  const name = visibleStart(id);
  if (method === "DELETE" && effect === "changes")
    return [`operations: ${name} is a DELETE and always removes. Leave effect out.`];
  if (READS.has(method) && effect === undefined && consent !== undefined) {
    return [
      `operations: ${name} reads, and nobody is asked about a read. Where it changes something, set effect to changes.`,
    ];
  }
  return [];
}

/**
 * What an operation asks of its callers (OpenAPI, "Security Requirement Object"): the first alternative whose scopes
 * the settings have all.
 */
function accessOf(
  { security }: ApiOperation,
  { operations }: ApiDocument,
  { auth }: ApiSettings,
): { access: ApiAccess } | { missing: readonly string[] } {
  const needed = security.map((alternative) => [...new Set(alternative.flatMap(({ scopes }) => scopes))]);
  if (security.some((alternative) => alternative.length === 0)) return { access: { isOpen: true, scopes: [] } };
  if (security.length === 0) {
    // A document that speaks of security nowhere does not say that all is open.
    const isSilent = operations.every((operation) => operation.security.length === 0);
    return { access: { isOpen: !isSilent || auth.kind === "none", scopes: [] } };
  }
  // A key has no scopes of OAuth.
  if (auth.scopes === undefined) return { access: { isOpen: false, scopes: [] } };
  const had = new Set(auth.scopes);
  const scopes = needed.find((all) => all.every((scope) => had.has(scope)));
  if (scopes !== undefined) return { access: { isOpen: false, scopes } };
  return { missing: (needed[0] ?? []).filter((scope) => !had.has(scope)).map((scope) => visibleStart(scope)) };
}
