import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { whyUnreadable } from "../files/unreadable.js";
import { withoutTilde } from "../files/user-dirs.js";
import { PROTECTED_KINDS } from "../okta/objects.js";
import { visible } from "../text/quote.js";
import { schemaWords } from "../text/schema-words.js";
import { doubleKey } from "./double-key.js";
import type { Allowance, GuardRules, ProtectionRule, RuleKey } from "./rules.js";
import { type GuardFile, guardFileSchema } from "./schema.js";

/** The rules of a guard file and a notice for a person; or all problems of the file. */
export type ReadGuard = { rules: GuardRules; notice?: string } | { problems: string[] };

/** The largest guard file. Thousands of rules fit into it. */
const MAX_BYTES = 1_000_000;
const MAX_NAMED = 20;

/** `protect.users[0].id`, as a person looks for it. */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`))
    .join("");
}

/**
 * Reads and checks a guard file.
 * @param file its path; `~/` stands for the home folder, since MCP clients start servers without a shell
 */
export function readGuardFile(file: string): ReadGuard {
  const path = resolve(withoutTilde(file));
  const shown = visible(path);
  let text: string;
  let mode: number;
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { problems: [`cannot be read: ${shown}: ${whyUnreadable("EISDIR")}.`] };
    if (!stat.isFile() || stat.size > MAX_BYTES)
      return { problems: [`is no guard file: ${shown} is not a small plain file.`] };
    mode = stat.mode;
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    return { problems: [`cannot be read: ${shown}: ${whyUnreadable(code)}. Give the path of a guard file.`] };
  }
  const parsed = parseGuard(text);
  if ("problems" in parsed) return { problems: parsed.problems.map((problem) => `(${shown}): ${problem}`) };
  const open = process.platform !== "win32" && (mode & 0o022) !== 0;
  return {
    rules: { ...toRules(parsed.content), file: path },
    ...(open
      ? { notice: `The guard file ${shown} can be changed by other users of this machine; run: chmod go-w ${shown}` }
      : {}),
  };
}

function parseGuard(text: string): { content: GuardFile } | { problems: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text around the mistake. The place is enough.
    const place = /\(line \d+ column \d+\)|position \d+/.exec((error as Error).message)?.[0];
    return {
      problems: [
        `is not JSON${place ? ` (${place.replace(/[()]/g, "")})` : ""}. Comments and trailing commas are not allowed.`,
      ],
    };
  }
  const twice = doubleKey(text);
  // Only the last of them would count, and the others protect nothing.
  if (twice !== undefined) return { problems: [`${visible(twice)} stands there twice. Put the two together.`] };
  const parsed = guardFileSchema().safeParse(json, { error: schemaWords });
  if (parsed.success) return { content: parsed.data };
  const lines = parsed.error.issues.map(({ path, message }) => {
    const place = visible(placeOf(path)) || "the file";
    return `${place} ${visible(message).replace(/(?<![.?!])$/, ".")}`;
  });
  const left = lines.length - MAX_NAMED;
  return { problems: left > 0 ? [...lines.slice(0, MAX_NAMED), `${left} more problems.`] : lines };
}

const RULE_KEYS: readonly RuleKey[] = ["id", "login", "name", "pattern"];

function toRules({
  protect = {},
  limits = {},
  mask = [],
  omit = [],
  deny_tools = [],
}: GuardFile): Omit<GuardRules, "file"> {
  const rules = PROTECTED_KINDS.flatMap((kind) =>
    (protect[kind] ?? []).map(({ reason, ...rule }, index): ProtectionRule => {
      const given: Partial<Record<RuleKey, string>> = rule;
      const key = RULE_KEYS.find((name) => given[name] !== undefined) ?? "id";
      return { kind, key, value: given[key] ?? "", reason, place: `protect.${kind}[${index}]` };
    }),
  );
  const { writes, removals } = limits;
  return {
    protect: rules,
    limits: { writes: toAllowance(writes), removals: toAllowance(removals) },
    mask,
    omit,
    denyTools: deny_tools,
  };
}

function toAllowance(given: { per_session?: number | undefined; per_minute?: number | undefined } = {}): Allowance {
  return { perSession: given.per_session, perMinute: given.per_minute };
}
