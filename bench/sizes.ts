import { execFile } from "node:child_process";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { AREAS_OF_ACCESS, MOST_BYTES, MOST_BYTES_OF_ACCESS } from "../test/support/ceilings.js";
import { areas } from "../tools/index.js";
import { McpProcess, resultOf } from "./mcp-process.js";
import type { Orgs } from "./org.js";
import { amountRow, type Row, ratioRow } from "./report.js";
import type { Subjects } from "./subjects.js";

const run = promisify(execFile);

/** Measures the size of all definitions, and of those about people and access. A test enforces the same ceilings. */
export async function measureDefinitions({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const server = new McpProcess([entry], env(orgs.calls));
  await server.initialize();
  const { tools } = resultOf(await server.ask("tools/list")) as { tools: { name: string }[] };
  await server.end();
  const namesOfAccess = new Set(AREAS_OF_ACCESS.flatMap((area) => Object.values(areas[area]).map(({ name }) => name)));
  const ofAccess = tools.filter(({ name }) => namesOfAccess.has(name));
  const bytesOf = (listed: object[]) => Buffer.byteLength(JSON.stringify({ tools: listed }));
  const official = "official server 154,663 bytes for 109";
  return [
    amountRow(`definitions of ${tools.length} tools`, bytesOf(tools), "bytes", MOST_BYTES, official),
    amountRow(`those of ${ofAccess.length} about people and access`, bytesOf(ofAccess), "bytes", MOST_BYTES_OF_ACCESS),
  ];
}

/**
 * Measures a page of 200 users as a result, whole and with three fields. The base is the same page as the org sent it.
 */
export async function measureResults({ entry, env }: Subjects, orgs: Orgs): Promise<Row[]> {
  const raw = Buffer.byteLength(await (await fetch(`${orgs.calls}/api/v1/users?limit=200`)).text());
  const server = new McpProcess([entry], env(orgs.calls, { OKTA_MCP_MAX_RESULT_CHARS: "4000000" }));
  await server.initialize();
  const textBytes = async (args: object) => {
    const { content } = resultOf(await server.call("list_users", args)) as { content: { text: string }[] };
    return Buffer.byteLength(content[0]?.text ?? "");
  };
  const whole = await textBytes({ limit: 200 });
  const chosen = await textBytes({ limit: 200, fields: ["id", "profile.login", "status"] });
  await server.end();
  return [
    ratioRow("results: 200 users, whole", [whole, raw], "bytes", { most: 0.75, of: "Okta's JSON" }),
    ratioRow("results: 200 users, three fields", [chosen, raw], "bytes", { most: 0.15, of: "Okta's JSON" }),
  ];
}

async function sizeOf(path: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Packs the package, installs it into an empty folder and starts it from its tarball with `npx`. */
export async function measurePackage(root: string, folder: string): Promise<Row[]> {
  const packed = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: root });
  const [pack] = JSON.parse(packed.stdout) as { filename: string; size: number; files: unknown[] }[];
  if (pack === undefined) throw new Error("npm packed nothing.");
  const tarball = join(folder, pack.filename);
  const rows: Row[] = [
    {
      what: "package: packed",
      measured: `${(pack.size / 1e6).toFixed(2)} MB in ${pack.files.length} files`,
      base: "",
      goal: "",
      figure: "",
      met: undefined,
    },
  ];
  const home = join(folder, "installed");
  await mkdir(home);
  await writeFile(join(home, "package.json"), "{}");
  // Optional packages need a registry. If there is none they are left out, and the row says so.
  const install = (more: string[]) =>
    run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...more, tarball], { cwd: home });
  const withKeychain = await install([]).then(
    () => true,
    () => install(["--omit=optional", "--offline"]).then(() => false),
  );
  const { files, bytes } = await sizeOf(join(home, "node_modules"));
  const what = `package: installed, ${files} files${withKeychain ? "" : " (without the optional keychain: no registry)"}`;
  rows.push(amountRow(what, bytes / 1e6, "MB", 15));
  const startedAt = performance.now();
  const cold = ["--yes", "--prefer-offline", "--package", tarball, "okta-mcp", "--version"];
  const env = {
    ...process.env,
    npm_config_cache: join(folder, "cache"),
    ...(withKeychain ? {} : { npm_config_omit: "optional" }),
  };
  const { stdout } = await run("npx", cold, { cwd: folder, env });
  rows.push({
    what: "package: npx from a local tarball, nothing in npm's cache",
    measured: `${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    base: `prints ${stdout.trim()}`,
    goal: "",
    figure: "",
    met: undefined,
  });
  return rows;
}
