/**
 * True where a text of YAML nests deeper than so many levels. It takes the tokens of the library's lexer, which works
 * without recursion. The library's parser does not, and where it runs out of stack, the whole process may end. The
 * count may be up to twice the real one, where lines indent in several steps at once.
 */
export function nestsDeeper(tokens: Iterable<string>, levels: number): boolean {
  const blocks = new Blocks();
  const flow = new Flow();
  for (const token of tokens) {
    if (!flow.takes(token)) blocks.take(token);
    else blocks.pass(token);
    if (blocks.depth + flow.depth > levels) return true;
  }
  return false;
}

/** The marks of the lexer that stand for no text: a document, a scalar that follows, an error. */
const NO_TEXT = new Set(["\u0002", "\u001f", "\u0018"]);

/** Blocks: what follows an indicator or begins a line lies within everything that begins further to the left. */
class Blocks {
  #column = 0;
  #isLineStart = true;
  readonly #columns: number[] = [];

  get depth(): number {
    return this.#columns.length;
  }

  take(token: string): void {
    if (token.trim() !== "" && !NO_TEXT.has(token) && !token.startsWith("#")) {
      if (this.#isLineStart) {
        while ((this.#columns.at(-1) ?? -1) > this.#column) this.#columns.pop();
        this.#open(this.#column);
      }
      const isIndicator = token === "-" || token === "?" || (token === ":" && this.#isLineStart);
      // Whatever follows an indicator may again be one.
      this.#isLineStart = isIndicator;
      if (isIndicator) this.#open(this.#column + 1);
    }
    this.pass(token);
  }

  /** Takes note of the place alone. */
  pass(token: string): void {
    if (NO_TEXT.has(token)) return;
    const line = token.lastIndexOf("\n");
    this.#column = line < 0 ? this.#column + token.length : token.length - line - 1;
    if (line >= 0) this.#isLineStart = true;
  }

  #open(column: number): void {
    if ((this.#columns.at(-1) ?? -1) < column) this.#columns.push(column);
  }
}

/** Lists in `[]` and objects in `{}`. A pair in them may be an object of its own. */
class Flow {
  readonly #open: number[] = [];
  depth = 0;

  /** False for a token outside of all lists and objects. */
  takes(token: string): boolean {
    const last = this.#open.length - 1;
    switch (token) {
      case "[":
      case "{":
        this.#open.push(1);
        this.depth += 1;
        return true;
      case "]":
      case "}":
        this.depth -= this.#open.pop() ?? 0;
        return true;
      case "?":
      case ":":
        if (last < 0) return false;
        this.#open[last] = (this.#open[last] ?? 0) + 1;
        this.depth += 1;
        return true;
      case ",":
        if (last < 0) return false;
        this.depth -= (this.#open[last] ?? 1) - 1;
        this.#open[last] = 1;
        return true;
      default:
        return last >= 0;
    }
  }
}
