import type { Json } from "../../src/json/json.js";
import type { Group, User } from "./model.js";

/** The user for whom an expression of a group rule is evaluated. */
export interface Subject {
  user: User;
  groups: readonly Group[];
}

type Value = Json | undefined;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|&&|\|\||==|!=|[!(),.]|\w+)/y;

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

/** Functions of Okta's expressions that group rules use. */
const FUNCTIONS: Readonly<Record<string, (subject: Subject, args: string[]) => boolean>> = {
  isMemberOfGroup: ({ groups }, [id]) => groups.some((group) => group.id === id),
  isMemberOfAnyGroup: ({ groups }, ids) => groups.some((group) => ids.includes(group.id)),
  isMemberOfGroupName: ({ groups }, [name]) => groups.some((group) => group.profile.name === name),
  isMemberOfGroupNameStartsWith: ({ groups }, [start = ""]) =>
    groups.some((group) => String(group.profile.name).startsWith(start)),
  "String.stringContains": (_, [text = "", part = ""]) => text.includes(part),
  "String.startsWith": (_, [text = "", start = ""]) => text.startsWith(start),
};

/** Reads an expression from left to right. It throws for an unknown part. */
class Evaluation {
  readonly #tokens: string[];
  readonly #subject: Subject;

  constructor(tokens: string[], subject: Subject) {
    this.#tokens = [...tokens];
    this.#subject = subject;
  }

  whole(): boolean {
    const value = this.#or();
    if (this.#tokens.length > 0) throw new SyntaxError(`What ${this.#tokens[0]} means is not known here.`);
    return value === true;
  }

  #or(): Value {
    let value = this.#and();
    while (this.#takes("||", "or", "OR")) {
      const other = this.#and();
      value = value === true || other === true;
    }
    return value;
  }

  #and(): Value {
    let value = this.#compared();
    while (this.#takes("&&", "and", "AND")) {
      const other = this.#compared();
      value = value === true && other === true;
    }
    return value;
  }

  #compared(): Value {
    if (this.#takes("!")) return this.#compared() !== true;
    const value = this.#plain();
    if (this.#takes("==")) return value === this.#plain();
    return this.#takes("!=") ? value !== this.#plain() : value;
  }

  #plain(): Value {
    const token = this.#tokens.shift() ?? "";
    if (token === "(") {
      const value = this.#or();
      this.#expect(")");
      return value;
    }
    if (/^["']/.test(token)) return token.slice(1, -1).replace(/\\(.)/g, "$1");
    if (token === "null") return null;
    if (token === "true" || token === "false") return token === "true";
    const name = this.#takes(".") ? `${token}.${this.#tokens.shift() ?? ""}` : token;
    if (name.startsWith("user.") && this.#tokens[0] !== "(") {
      return this.#subject.user.profile[name.slice("user.".length)] ?? null;
    }
    const call = FUNCTIONS[name.replace(/^user\./, "")];
    if (call === undefined) throw new SyntaxError(`What ${name} means is not known here.`);
    return call(this.#subject, this.#arguments());
  }

  #arguments(): string[] {
    const args: string[] = [];
    this.#expect("(");
    while (!this.#takes(")")) {
      args.push(String(this.#or() ?? ""));
      this.#takes(",");
    }
    return args;
  }

  #takes(...words: string[]): boolean {
    if (!words.includes(this.#tokens[0] ?? "")) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(word: string): void {
    if (!this.#takes(word)) throw new SyntaxError(`A ${word} is missing.`);
  }
}

/** True where a condition holds for a user; false where the condition has an unknown part. */
export function isTrueOf(expression: string, subject: Subject): boolean {
  const tokens = tokensOf(expression);
  try {
    return tokens !== undefined && new Evaluation(tokens, subject).whole();
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
