import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const typesFile = fileURLToPath(import.meta.resolve("@modelcontextprotocol/sdk/types.js"));
const SCHEMA = /^((?:export )?const (\w+Schema)) = ([\s\S]*?);(\s*)$/;
const STATEMENTS = /^(?=(?:export )?(?:const|var|function|class)\b|\/\*|\/\/)/m;
/** Comments and imports, with which a file begins. */
const HEAD = /^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/|import [^;]*;|#!.*)*/;
const IMPORTS_TYPES = /from ['"](?:[./]*|@modelcontextprotocol\/sdk)\/types\.js['"];/;

const statements = (await readFile(typesFile, "utf8")).split(STATEMENTS);
const names = statements.flatMap((statement) => SCHEMA.exec(statement)?.[2] ?? []);
if (names.length < 100) throw new Error(`${typesFile} has changed its form.`);

/** The name of a schema where its value is meant: no property (but what is spread), no key of an object. */
const USE = new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)(?:${names.join("|")})(?![\\w$]|(?<=[{,]\\s*\\w+)\\s*:)`, "g");

const made = (code: string) => code.replace(USE, "$&()");

const lazyTypes = [
  "const lazy = (make) => { let made; return () => (made ??= make()); };\n",
  ...statements.map((statement) => {
    const [, name, , value, rest] = SCHEMA.exec(statement) ?? [];
    return value === undefined ? made(statement) : `${name} = /* @__PURE__ */ lazy(() => ${made(value)});${rest}`;
  }),
].join("");

/**
 * The MCP SDK makes some 170 schemas as it loads, of which a server that has just started needs some
 * forty. In a bundle their names stand for functions, each of which makes its schema when it is
 * first asked for it; what nothing asks for is left out.
 */
export const mcpSchemasPlugin: Plugin = {
  name: "mcp-schemas",
  setup(build) {
    const filter = /[\\/](?:sdk[\\/]dist[\\/]esm|src|bases)[\\/].*\.m?[jt]s$/;
    build.onLoad({ filter, namespace: "file" }, async ({ path }) => {
      if (path === typesFile) return { contents: lazyTypes, loader: "js" };
      const code = await readFile(path, "utf8");
      const head = HEAD.exec(code)?.[0] ?? "";
      if (!IMPORTS_TYPES.test(head)) return undefined;
      return { contents: head + made(code.slice(head.length)), loader: path.endsWith("ts") ? "ts" : "js" };
    });
  },
};
