import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { code, table } from "./docs/markdown.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The rooms of the house and their purposes, the lowest room first. A file imports from its own room and from rooms
 * before it, types included, so that no two rooms need each other.
 */
export const ROOMS = {
  "src/json": "pure functions on JSON: exact numbers, paths, depth, size",
  "src/text": "pure functions on text: quoting, escaping, redacting, comparing names, secrets by name and by look",
  "src/errors": "the closed set of error codes, Okta's codes in our words, rendering",
  "src/files": "files of this machine, read and kept safely: allowed folders, private folders, time limits",
  "src/net": "one HTTP exchange, without Okta: client, proxy, loopback, clock, waits, challenges, missing answers",
  "src/checks": "checks that need no org: certificates, keys, images, times",
  "src/log.ts": "the log, to stderr or a file",
  "src/watch": "what a company's server tells of itself while it runs: numbers, traces",
  "src/okta": "Okta's operations, scopes, object kinds and transport; the only room that takes types from the SDK",
  "src/openapi": "OpenAPI documents of a company's APIs: operations, arguments, requests",
  "src/auth": "sessions: device grant, private key, given token; token stores",
  "src/tool.ts": "the contract between tools and engine",
  "src/catalogue": "the tools of a session: definitions, choice, scopes",
  "src/results": "results in the form for a model: shape, lists, size, lost settings, hidden attributes",
  "src/effects": "further effects of a write: order, status, groups that depend on it, policies that name its object",
  "src/foresight": "refusals of Okta's, found before Okta is asked: unknown attributes, wrong searches, taken names",
  "src/guard": "limits on calls: protected objects, numbers of writes, hidden attributes",
  "src/journal": "the record of changes, previews, undo",
  "src/config": "settings, from flags and the environment",
  "src/call": "the one path of a call, and the operator behind it: arguments, sign-in, guard, consent, seals, run",
  "src/apis": "a company's APIs: settings, tools made of their documents, calls, the identity behind them",
  "src/resources": "what can be read beside tools: files and templates of the settings, our own reference",
  "src/store": "what a company's server keeps: schema, migrations, drivers, encryption at rest",
  "src/mcp":
    "one protocol connection: the router of the two eras, an adapter for each, lists, questions, JSON-RPC, stdio",
  "src/people": "who may do what in a company: its settings, roles, groups, persons",
  "src/upstream": "Okta as the place where people sign in, and their own tokens there",
  "src/issuer": "our own authorization server: clients, codes and tokens for /mcp",
  "src/verify":
    "who a token at /mcp stands for: our own tokens, those of a custom authorization server, those of the org",
  "src/pages": "the pages of a company's server: markup, style, headers",
  "src/web": "the HTTP server of a company: what is let in, metadata, limits, pages, health",
  "src/operator":
    "what whoever runs a company's server asks of it: checks of its settings, what a person may do and why",
  "src/admin": "the pages on which admins look after a company's server",
  sandbox: "the pretend org: authorization server, Management API, seed; a house of its own",
  tools: "one object per tool, a file for each area; `shared/` holds what several areas share",
  "src/cli": "the commands, and the composition of all other rooms",
  bin: "the start",
} as const;

export type Room = keyof typeof ROOMS;

const NAMES = Object.keys(ROOMS) as Room[];

/** A file and a file that it imports; paths from the root. */
export interface Arrow {
  from: string;
  to: string;
}

/** The room that a file is in; undefined for one that is in none. */
export function roomOf(file: string): Room | undefined {
  return NAMES.find((name) => file === name || file.startsWith(`${name}/`));
}

/** The paths in the import and export statements, the dynamic imports and the import types of a source text as Biome formats it. */
function importedIn(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom |\bimport\(|^import )"(\.[^"\n]+)"/gm)].map(([, path = ""]) => path);
}

function sources(): string[] {
  return ["src", "sandbox", "tools", "bin"].flatMap((house) =>
    readdirSync(join(root, house), { encoding: "utf8", recursive: true })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${house}/${name.replaceAll("\\", "/")}`),
  );
}

/** Every import of a file of ours by another, types included. */
export function imports(): { files: string[]; arrows: Arrow[] } {
  const files = sources();
  const arrows = files.flatMap((from) =>
    importedIn(readFileSync(join(root, from), "utf8")).map((path) => ({
      from,
      to: posix.join(dirname(from), path).replace(/\.js$/, ".ts"),
    })),
  );
  return { files, arrows };
}

/** The arrows that lead from a room to one after it, or out of all rooms. */
export function upward(arrows: readonly Arrow[]): Arrow[] {
  const place = (file: string) => {
    const room = roomOf(file);
    return room === undefined ? Number.NaN : NAMES.indexOf(room);
  };
  return arrows.filter(({ from, to }) => !(place(to) <= place(from)));
}

/** Files that import each other in a circle, each circle with its files in their order; none where there is none. */
export function circles(arrows: readonly Arrow[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of arrows) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) found.push(trail.slice(at));
    if (at >= 0 || done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const from of next.keys()) visit(from, []);
  return found;
}

/** The rooms as a table, the lowest first. */
export function roomsTable(): string {
  return table(
    ["where", "what"],
    NAMES.map((name) => [code(name.includes(".") ? name : `${name}/`), ROOMS[name]]),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { files, arrows } = imports();
  for (const room of NAMES) {
    const inside = files.filter((file) => roomOf(file) === room);
    const needed = new Set(arrows.filter(({ from }) => roomOf(from) === room).map(({ to }) => roomOf(to)));
    const below = NAMES.filter((name) => name !== room && needed.has(name)).map((name) => name.replace("src/", ""));
    process.stdout.write(`${room} (${inside.length}): ${below.join(", ") || "nothing"}\n`);
  }
  const faults = [
    ...upward(arrows).map(({ from, to }) => `upward: ${from} -> ${to}`),
    ...circles(arrows).map((circle) => `circle: ${circle.join(" -> ")}`),
  ];
  process.stdout.write(`${faults.join("\n") || "No circle, and no arrow upward."}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
