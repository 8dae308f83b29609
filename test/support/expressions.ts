import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { parseAst } from "vitest/node";
import { ROOT } from "./cli.js";

/** A regular expression literal in a source file. `splits` is true if it is an argument of `split`. */
export interface Expression {
  file: string;
  expression: RegExp;
  splits: boolean;
}

interface Node {
  type?: string;
  regex?: { pattern: string; flags: string };
  callee?: Node & { name?: string; property?: { name?: string } };
  arguments?: unknown[];
}

/** Returns the regular expression literals below these folders. `makers` counts the calls of `RegExp` by file. */
export function findExpressions(...folders: string[]): { literals: Expression[]; makers: Map<string, number> } {
  const literals: Expression[] = [];
  const makers = new Map<string, number>();
  for (const folder of folders) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).sort()) {
      if (!name.endsWith(".ts")) continue;
      const file = `${folder}/${name.replaceAll("\\", "/")}`;
      const { code } = transformSync(readFileSync(join(ROOT, file), "utf8"), { loader: "ts", target: "esnext" });
      walk(parseAst(code), false, file);
    }
  }
  return { literals, makers };

  function walk(value: unknown, splits: boolean, file: string): void {
    if (Array.isArray(value)) for (const inner of value) walk(inner, splits, file);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const { type, regex, callee } = value as Node;
    if (type === "Literal" && regex) {
      literals.push({ file, expression: new RegExp(regex.pattern, regex.flags), splits });
    }
    if (callee?.type === "Identifier" && callee.name === "RegExp") makers.set(file, (makers.get(file) ?? 0) + 1);
    const isSplit = type === "CallExpression" && callee?.property?.name === "split";
    for (const [key, inner] of Object.entries(value)) walk(inner, isSplit && key === "arguments", file);
  }
}
