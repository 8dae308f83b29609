import { changedAtTerminal, OktaMcpError, reworded } from "../errors/index.js";
import { copyJson, isExactNumber } from "../json/exact-json.js";
import { type Json, mapTexts } from "../json/json.js";
import { type ToolFor, withTool } from "../okta/purpose.js";
import { idsUnder, isUserId } from "../okta/targets.js";
import { folded } from "../text/glob.js";
import { visible } from "../text/quote.js";
import { MASK, secretsIn } from "../text/secrets.js";
import type { Arguments, Tool } from "../tool.js";
import type { GuardRules } from "./rules.js";

/** Okta's word for the user who asks (operation `getUser`). */
const OWN_USER = "me";

/** The two ways to hide an attribute in a result. */
export type Hiding = "mask" | "omit";

/** Arguments of reading tools that name attributes for Okta to compare. */
const COMPARING: readonly string[] = ["search", "filter", "sort_by"];

/** A name or path in the form for comparisons. Okta has no two attributes that differ only in case. */
function plain(name: string): string {
  return name.toLowerCase();
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/**
 * The attributes that a guard file hides. A plain name hides the attribute everywhere. A dotted path hides it wherever
 * the objects around it have these names, since objects stand inside others: a user in an assignment, a policy in a
 * comparison.
 */
export class HiddenAttributes {
  readonly #rules = new Map<string, { path: string; hiding: Hiding }[]>();
  readonly #source: Pick<GuardRules, "mask" | "omit" | "file">;

  constructor(rules: Pick<GuardRules, "mask" | "omit" | "file">) {
    this.#source = rules;
    for (const hiding of ["omit", "mask"] as const) {
      for (const attribute of rules[hiding]) {
        const path = plain(attribute);
        const same = this.#rules.get(lastPart(path)) ?? [];
        this.#rules.set(lastPart(path), [...same, { path, hiding }]);
      }
    }
  }

  /** True where nothing is hidden. */
  get none(): boolean {
    return this.#rules.size === 0;
  }

  /** The hidden names and paths, in one spelling and order. */
  get names(): string[] {
    return [...this.#rules.values()].flatMap((rules) => rules.map(({ path }) => path)).sort();
  }

  /** True where a user's login is hidden. */
  get hidesLogins(): boolean {
    return this.hides("profile", "login");
  }

  /** True where the attribute at a path of an object is hidden, or an object around it. */
  hides(...path: readonly string[]): boolean {
    return path.some((_, index) => this.at(path.slice(0, index + 1)) !== undefined);
  }

  /** The treatment of the attribute at a path; undefined where it is shown. */
  at(path: readonly string[]): Hiding | undefined {
    const key = path.at(-1);
    const rules = key === undefined ? undefined : this.#rules.get(plain(lastPart(key)));
    if (!rules) return undefined;
    const here = `.${plain(path.join("."))}`;
    return rules.find((rule) => here.endsWith(`.${rule.path}`))?.hiding;
  }

  /**
   * Refuses comparisons with hidden attributes. A search tells their values piece by piece, and so do sorting,
   * thresholds and everything else whose answer depends on them.
   * @throws OktaMcpError protected where the arguments of a call compare something with a hidden attribute
   */
  refuseComparison(
    { effect, compares = {}, api }: Pick<Tool, "effect" | "compares" | "api">,
    args: Arguments,
    toolFor: ToolFor,
  ): void {
    if (this.none) return;
    const refuse = (argument: string, attribute: string, fix: string) => {
      const file = this.#source.file ?? "the guard file";
      throw new OktaMcpError(
        "protected",
        `Nothing was done. ${argument} uses ${visible(attribute)}, which ${file} hides.`,
        { fix, data: { rule: "mask or omit", file: this.#source.file } },
      );
    };
    if (this.hidesLogins && idsUnder(args, "user_id").some((id) => id !== OWN_USER && !isUserId(id)))
      refuse("user_id", "the login", `Name the user by id. Find the id${withTool(toolFor, "find user")}.`);
    if (effect !== "reads") return;
    const fix = "Search and sort by other attributes, or leave the argument out.";
    for (const argument of COMPARING) {
      const text = args[argument];
      if (typeof text !== "string") continue;
      for (const word of text.match(/[^\s.()"'\\,]+/g) ?? [])
        if (this.#rules.has(plain(word))) refuse(argument, word, fix);
    }
    for (const [argument, attributes] of Object.entries(compares)) {
      if (args[argument] === undefined || args[argument] === "") continue;
      const hidden = attributes.find((attribute) => this.hides(...attribute.split(".")));
      if (hidden !== undefined) refuse(argument, hidden, fix);
      // What an API takes for a search, a filter or an order may stand in any of its arguments.
      const named = api && wordsIn(args[argument]).find((word) => this.#rules.has(plain(word)));
      if (named !== undefined) refuse(argument, named, fix);
    }
  }

  /** Calls `tell` for every visible text of a value, with its key. */
  eachSeen(value: unknown, tell: (text: string, key: string) => void, path: readonly string[] = []): void {
    if (this.none) return;
    if (typeof value === "string") tell(value, path.at(-1) ?? "");
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) for (const item of value) this.eachSeen(item, tell, path);
    else
      for (const [key, child] of Object.entries(value)) {
        const here = [...path, key];
        if (this.at(here) === undefined) this.eachSeen(child, tell, here);
      }
  }

  /** Every text and number at the hidden attributes of a value. */
  hiddenIn(value: unknown, path: readonly string[] = []): string[] {
    if (this.none || typeof value !== "object" || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((item) => this.hiddenIn(item, path));
    return Object.entries(value).flatMap(([key, child]) => {
      const here = [...path, key];
      return this.at(here) === undefined ? this.hiddenIn(child, here) : leaves(child);
    });
  }
}

/** The words in a value that may be names of attributes: in its texts and in the names of its members. */
function wordsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return (value.match(/[\p{L}\p{N}_][\p{L}\p{N}_-]*/gu) ?? []).flatMap((word) => [word, ...word.split("-")]);
  }
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  return Object.entries(value).flatMap(([name, inner]) => [...wordsIn(name), ...wordsIn(inner)]);
}

function leaves(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number" || isExactNumber(value)) return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

/** The least characters of a hidden value. Shorter ones tell little and occur in many words. */
const MIN_CHARS = 3;

/** Keys of values that a next call needs. They are no attributes. */
const KEPT = /^(?:id|confirmation|next_cursor|rule|file)$|_id$|[a-z]Id$/;

/** The hidden values that one call has met. No text made of them shows them. */
export class HiddenValues {
  readonly #attributes: HiddenAttributes;
  readonly #values = new Set<string>();
  /** The visible texts of Okta's answers, by their keys. */
  readonly #seen = new Map<string, Set<string>>();
  /** The secrets among the call's own arguments. Okta may repeat them in the text of an error. */
  readonly #secrets = new Set<string>();
  /** The texts of the call's own arguments, without ids and hidden values. */
  readonly #given = new Set<string>();

  constructor(attributes: HiddenAttributes) {
    this.#attributes = attributes;
  }

  /** Remembers the hidden and the visible values of an answer of Okta's. */
  note(answer: unknown): void {
    for (const hidden of this.#attributes.hiddenIn(answer)) add(this.#values, hidden);
    this.#attributes.eachSeen(answer, (text, key) => {
      const texts = this.#seen.get(key) ?? new Set();
      this.#seen.set(key, texts.add(text));
    });
  }

  /** Remembers values that must not be shown anywhere. */
  conceal(value: unknown): void {
    for (const hidden of leaves(value)) add(this.#values, hidden);
  }

  /** Remembers the arguments of the call. @param further secrets among them that no name tells */
  noteArguments(args: unknown, further: readonly string[] = []): void {
    for (const secret of [...secretsIn(args), ...further]) add(this.#secrets, secret);
    for (const hidden of this.#attributes.hiddenIn(args)) add(this.#values, hidden);
    this.#attributes.eachSeen(args, (text, key) => {
      if (!KEPT.test(key)) add(this.#given, text);
    });
  }

  /** A text in which a mask replaces every hidden value that stands there as a word of its own. */
  inText(text: string, values: ReadonlySet<string> = this.#values): string {
    if (values.size === 0) return text;
    const lower = text.toLowerCase();
    // A text contains few of many values. An expression is made only for those.
    return [...values]
      .filter((value) => lower.includes(value.toLowerCase()))
      .sort((a, b) => b.length - a.length)
      .reduce((shown, value) => shown.replace(asWord(value), MASK), text);
  }

  /**
   * A result of our own in which a mask replaces every text that equals a hidden value. Ids stay. A text also stays
   * where Okta's answers have it under the same key in a visible place, since a mask there would tell that it equals a
   * hidden value.
   */
  inResult(result: Json): Json {
    if (this.#values.size === 0) return result;
    const known = new Set([...this.#values].map(folded));
    return eachText(result, (text, key) => (known.has(folded(text)) && !this.#seen.get(key)?.has(text) ? MASK : text));
  }

  /**
   * An error of ours whose texts hold no secret that the caller sent and, as far as they name objects, no hidden
   * value. Where there are hidden values, nor do they hold what the caller sent, right or wrong: of a guess they
   * would otherwise mask the right one alone.
   */
  inError(error: OktaMcpError): OktaMcpError {
    const tellsGuesses = this.#values.size > 0 && !error.namesNoObject;
    const values = new Set([...this.#secrets, ...(tellsGuesses ? [...this.#values, ...this.#given] : [])]);
    if (values.size === 0) return error;
    const hide = (text: string) => this.inText(text, values);
    const { message, fix, data, cause } = error;
    return reworded(error, {
      message: hide(message),
      fix: hide(fix),
      atTerminal: changedAtTerminal(error, { message: hide, fix: hide }),
      data: data && (eachText(asJson(data), hide) as Record<string, unknown>),
      cause: inCause(cause, hide),
    });
  }
}

/** The cause goes to the log, where a message may quote what was worked on. */
function inCause(cause: unknown, hide: (text: string) => string): unknown {
  if (!(cause instanceof Error)) return typeof cause === "string" ? hide(cause) : cause;
  const safe = new Error(hide(cause.message));
  safe.name = cause.name;
  safe.stack = hide(cause.stack ?? "");
  return safe;
}

/** Adds a text as it is, and as messages of ours write text from elsewhere. */
function add(texts: Set<string>, text: string): void {
  const trimmed = text.trim();
  if (trimmed.length >= MIN_CHARS) texts.add(trimmed).add(visible(trimmed).replaceAll('"', "'"));
}

/** A JSON value with every text changed but for ids. */
function eachText(value: Json, change: (text: string, key: string) => string): Json {
  return mapTexts(value, (text, key) => (KEPT.test(key) ? text : change(text, key)));
}

function asWord(value: string): RegExp {
  const literal = value.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "giu");
}

function asJson(value: unknown): Json {
  return copyJson(value as Json);
}
