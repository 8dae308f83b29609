import type * as z from "zod";
import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import { findTool } from "../catalogue/find-tool.js";
import { OktaMcpError } from "../errors/index.js";
import { MAX_DEPTH, tooDeep } from "../json/depth.js";
import { isObject } from "../json/json.js";
import { idsIn } from "../okta/objects.js";
import { hint, nearest } from "../text/nearest.js";
import { shortened } from "../text/quote.js";
import { schemaWords } from "../text/schema-words.js";
import { findMask, isUnlogged } from "../text/secrets.js";
import type { Arguments } from "../tool.js";
import { clientArguments } from "./client-arguments.js";

/** The most problems in one answer. A caller may send any number. */
const MAX_NAMED = 10;
const MAX_NAMED_CHARS = 200;

/** Names of a token by its form, besides those that tell a secret anywhere. */
const TOKEN_FORMS = /^(?:bearer|jwt|ssws)$/i;

/** The reason why a tool takes no token, whatever other servers do: a model would read it and might repeat it. */
const NO_TOKENS =
  "no tool takes a token or another secret, since the model would read it; this server signs in to Okta by itself, and over HTTP a client's token belongs into the Authorization header";

function issueText(issue: z.core.$ZodIssue, known: readonly string[]): string {
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    const hints = issue.keys.slice(0, MAX_NAMED).map((key) => {
      const named = JSON.stringify(shortened(key, MAX_NAMED_CHARS));
      const near = nearest(key, known);
      const isToken = near === undefined && (isUnlogged(key) || TOKEN_FORMS.test(key));
      return `unknown argument ${named}${isToken ? ` (${NO_TOKENS})` : hint(near)}`;
    });
    return `${hints.join(", ")}; known are ${known.join(", ") || "none"}`;
  }
  const at = shortened(issue.path.join("."), MAX_NAMED_CHARS) || "the whole";
  return `${at} ${shortened(issue.message, MAX_NAMED_CHARS)}`;
}

/**
 * The arguments of a call in the form that its tool takes.
 * @throws OktaMcpError bad_input, which names the problems
 */
export function parseArguments(tool: CatalogueEntry, raw: unknown): Arguments {
  if (tooDeep(raw)) throw new OktaMcpError("bad_input", `The arguments are nested deeper than ${MAX_DEPTH} levels.`);
  const parsed = tool.arguments.safeParse(raw, { error: schemaWords });
  if (!parsed.success) {
    const known = Object.keys(tool.arguments.shape);
    const problems = parsed.error.issues.slice(0, MAX_NAMED).map((issue) => issueText(issue, known));
    throw new OktaMcpError("bad_input", `${tool.name} cannot run with these arguments. ${problems.join(". ")}.`);
  }
  // The body of a full replace may send the mask back to the place where it stood. A mask in another place is refused
  // later.
  if (tool.effect !== "reads") refuseMask(tool.replaces ? idsIn(parsed.data) : parsed.data);
  return parsed.data;
}

/** @throws OktaMcpError bad_input where the caller sends back a mask in place of the value */
export function refuseMask(value: unknown): void {
  const masked = findMask(value);
  if (masked === undefined) return;
  throw new OktaMcpError(
    "bad_input",
    `${masked} holds the mask that stands for a hidden value in results, not the value.`,
    {
      fix: "Leave it out, so that what is there stays, or give a new one.",
    },
  );
}

/**
 * Checks the arguments that tell the place of an object. The rest of the call is a body that is put back.
 * @throws OktaMcpError bad_input
 */
export function parseIds(tool: CatalogueEntry, raw: unknown): Arguments {
  const parsed = tool.arguments.partial().safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new OktaMcpError("bad_input", `${tool.name} cannot run with the ids on record.`);
}

/** True where a call asks for a preview, whatever else it holds. */
export function isPreview(raw: unknown): boolean {
  return isObject(raw) && raw.dry_run === true;
}

/**
 * Checks before a call that its tool exists and takes these arguments. It asks nobody and sends nothing.
 * @throws OktaMcpError bad_input, protected
 */
export function checkCall(catalogue: Catalogue, name: string, raw: unknown): void {
  const tool = findTool(catalogue, name);
  parseArguments(tool, clientArguments(raw, catalogue.definition(name).inputSchema));
}
