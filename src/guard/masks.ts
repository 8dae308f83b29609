import { OktaMcpError, reworded } from "../errors/index.js";
import { visible } from "../errors/quote.js";
import { copyJson, isExactNumber } from "../exact-json.js";
import { folded } from "../glob.js";
import { isObject } from "../json.js";
import type { Json } from "../okta/request.js";
import { MASK } from "../secrets.js";
import type { GuardRules } from "./rules.js";

/** What becomes of an attribute in a result. */
export type Hiding = "mask" | "omit";

/** Arguments of reading tools in which Okta compares attributes with values. */
const COMPARING: readonly string[] = ["search", "filter", "sort_by"];

/** A name or path as attributes are compared: Okta tells none of two apart that differ in case alone. */
function plain(name: string): string {
  return name.toLowerCase();
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/**
 * Which attributes a guard file hides. A name hides the attribute wherever it stands, a dotted path
 * wherever the objects around it have these names, since objects stand inside others: a user in an
 * assignment, a policy in a comparison.
 */
export class Masks {
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

  /** The names and paths that are hidden, in one spelling and order. */
  get names(): string[] {
    return [...this.#rules.values()].flatMap((rules) => rules.map(({ path }) => path)).sort();
  }

  /** True where a user's login is hidden. */
  get hidesLogins(): boolean {
    return this.hides("profile", "login");
  }

  /** True where the attribute at a path of an object is hidden, or something around it is. */
  hides(...path: readonly string[]): boolean {
    return path.some((_, index) => this.at(path.slice(0, index + 1)) !== undefined);
  }

  /** What becomes of the attribute at a path; undefined where it is shown. */
  at(path: readonly string[]): Hiding | undefined {
    const key = path.at(-1);
    const rules = key === undefined ? undefined : this.#rules.get(plain(lastPart(key)));
    if (!rules) return undefined;
    const here = `.${plain(path.join("."))}`;
    return rules.find((rule) => here.endsWith(`.${rule.path}`))?.hiding;
  }

  /**
   * Searching by an attribute tells its values piece by piece, and so does sorting.
   * @throws OktaMcpError protected where the arguments of a reading tool do so with one that is hidden
   */
  refuseSearch(args: Readonly<Record<string, unknown>>): void {
    if (this.none) return;
    for (const argument of COMPARING) {
      const text = args[argument];
      if (typeof text !== "string") continue;
      for (const word of text.match(/[^\s.()"'\\,]+/g) ?? []) {
        if (!this.#rules.has(plain(word))) continue;
        throw new OktaMcpError(
          "protected",
          `Nothing was read. ${argument} uses ${visible(word)}, which ${this.#source.file ?? "the guard file"} hides.`,
          { fix: "Search and sort by other attributes.", data: { rule: "mask or omit", file: this.#source.file } },
        );
      }
    }
  }

  /** Every text and number at hidden attributes of a value. */
  hiddenIn(value: unknown, path: readonly string[] = []): string[] {
    if (this.none || typeof value !== "object" || value === null) return [];
    if (Array.isArray(value)) return value.flatMap((item) => this.hiddenIn(item, path));
    return Object.entries(value).flatMap(([key, child]) => {
      const here = [...path, key];
      return this.at(here) === undefined ? this.hiddenIn(child, here) : leaves(child);
    });
  }
}

function leaves(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number" || isExactNumber(value)) return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

/** Shorter values say little and stand in many words. */
const MIN_CHARS = 3;

/** Keys whose value is what a next call needs, and no attribute. */
const KEPT = /^(?:id|confirmation|next_cursor|rule|file)$|_id$|[a-z]Id$/;

/** The hidden values that one call has come across, so that no text built of them shows them. */
export class HiddenValues {
  readonly #masks: Masks;
  readonly #values = new Set<string>();

  constructor(masks: Masks) {
    this.#masks = masks;
  }

  /** Takes note of the hidden values in arguments, or in what Okta answered. */
  note(value: unknown): void {
    for (const hidden of this.#masks.hiddenIn(value)) {
      const trimmed = hidden.trim();
      if (trimmed.length < MIN_CHARS) continue;
      // As it is, and as messages of ours write text from elsewhere.
      this.#values.add(trimmed).add(visible(trimmed).replaceAll('"', "'"));
    }
  }

  /** A text with the mask in place of every hidden value that stands in it as a word of its own. */
  inText(text: string): string {
    if (this.#values.size === 0) return text;
    const lower = text.toLowerCase();
    // Few of many values stand in one text, and only for those an expression is worth its making.
    return [...this.#values]
      .filter((value) => lower.includes(value.toLowerCase()))
      .sort((a, b) => b.length - a.length)
      .reduce((shown, value) => shown.replace(asWord(value), MASK), text);
  }

  /** A JSON value with every text masked that is (`whole`) or holds (`part`) a hidden value; ids stay. */
  inJson(value: Json, how: "whole" | "part"): Json {
    if (this.#values.size === 0) return value;
    const known = new Set([...this.#values].map(folded));
    const hide = (inner: Json, key: string): Json => {
      if (typeof inner === "string") {
        if (KEPT.test(key)) return inner;
        return how === "part" ? this.inText(inner) : known.has(folded(inner)) ? MASK : inner;
      }
      if (Array.isArray(inner)) return inner.map((item) => hide(item, key));
      if (!isObject(inner)) return inner;
      const result: { [key: string]: Json } = Object.create(null);
      for (const [name, child] of Object.entries(inner)) result[name] = hide(child, name);
      return result;
    };
    return hide(value, "");
  }

  /** An error of ours whose texts hold no hidden value. */
  inError(error: OktaMcpError): OktaMcpError {
    if (this.#values.size === 0) return error;
    const { message, fix, data, cause } = error;
    return reworded(error, {
      message: this.inText(message),
      fix: this.inText(fix),
      data: data && (this.inJson(asJson(data), "part") as Record<string, unknown>),
      cause: this.#inCause(cause),
    });
  }

  /** The cause goes to the log, where a message may quote what was worked on. */
  #inCause(cause: unknown): unknown {
    if (!(cause instanceof Error)) return typeof cause === "string" ? this.inText(cause) : cause;
    const safe = new Error(this.inText(cause.message));
    safe.name = cause.name;
    safe.stack = this.inText(cause.stack ?? "");
    return safe;
  }
}

function asWord(value: string): RegExp {
  const literal = value.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "giu");
}

function asJson(value: unknown): Json {
  return copyJson(value as Json);
}
