import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBuilt, whereBuilt } from "../support/built.js";
import { cleanEnv, ROOT, spawnProcess } from "../support/cli.js";
import { linesOf, shellBlocks } from "../support/pages.js";
import { INITIALIZE } from "../support/stdio.js";

const run = promisify(execFile);
const NPM_TIMEOUT_MS = 120_000;
const OWNERS_PACKAGES = ["@modelcontextprotocol/sdk", "@okta/okta-sdk-nodejs", "commander", "keytar", "open", "zod"];

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  scripts: Record<string, string>;
  allowScripts: Record<string, boolean>;
}
const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** Returns the files below a folder, with their sizes in bytes. */
function filesIn(folder: string): Map<string, number> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sizes = files.map((file) => [file, statSync(join(folder, file))] as const);
  return new Map(sizes.filter(([, stats]) => stats.isFile()).map(([file, stats]) => [file, stats.size]));
}

/** What an operator gets besides the program. */
const filesOfDeploy = () => [...filesIn(join(ROOT, "deploy")).keys()].map((file) => `deploy/${file}`).sort();

describe("package.json", () => {
  test("names the packages that it is built on", () => {
    const named = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
    expect(Object.keys(named)).toEqual(expect.arrayContaining(OWNERS_PACKAGES));
  });

  test("has nothing installed with it but the optional keychain, since all else is bundled", () => {
    expect(manifest.dependencies ?? {}).toEqual({});
    expect(Object.keys(manifest.optionalDependencies ?? {})).toEqual(["keytar"]);
  });

  test("is published with provenance, by a workflow that tests it first and may do nothing else", () => {
    const published = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).publishConfig;
    expect(published).toEqual({ access: "public", provenance: true });
    const workflow = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8");
    expect(workflow).toMatch(/^permissions: \{\}$/m);
    expect(workflow).toMatch(/permissions:\n {6}contents: read\n {6}id-token: write/);
    expect(workflow).not.toMatch(/: write-all|secrets\./);
    const [tests, publish] = [".ci/run", "npm publish --provenance"].map((line) => workflow.indexOf(`run: ${line}`));
    expect(tests).toBeGreaterThan(0);
    expect(publish).toBeGreaterThan(tests ?? 0);
  });

  test("runs nothing on the machine where it is installed", () => {
    for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
      expect(manifest.scripts).not.toHaveProperty(script);
    }
  });
});

test("no dependency runs anything while a checkout is set up", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, { name?: string; hasInstallScript?: true }>;
  };
  const withScript = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = withScript.map(([path, { name }]) => name ?? path.replace(/^.*node_modules\//, ""));
  expect(manifest.allowScripts).toEqual(Object.fromEntries(names.map((name) => [name, false])));
});

describe("the build", () => {
  const dist = join(ROOT, "dist");
  const textOf = (file: string) => readFileSync(join(dist, file), "utf8");

  whereBuilt(
    "is one entry with chunks beside it, and the licences and the bill of materials of what is in them",
    () => {
      const files = [...filesIn(dist).keys()];
      expect(files.filter((file) => !/^chunks\/[\w.-]+-[A-Z0-9]{8}\.js$/.test(file)).sort()).toEqual([
        "okta-mcp.js",
        "package.json",
        "sbom.cdx.json",
        "third-party-licences.txt",
      ]);
    },
  );

  whereBuilt("tells nothing of the machine that built it and carries no source maps", () => {
    for (const file of filesIn(dist).keys()) {
      const text = textOf(file);
      expect(text.includes(ROOT.replace(/\/$/, "")), file).toBe(false);
      expect(text, file).not.toContain("sourceMappingURL=");
    }
  });

  whereBuilt("brings nothing of Okta's SDK, and a compiler of schemas in one part alone, that of documents", () => {
    const texts = [...filesIn(dist).keys()].map(textOf);
    for (const text of texts) expect(/getAttributeTypeMap|node-jose|ApiRequestFactory/.exec(text)).toBeNull();
    expect(texts.filter((text) => text.includes("ajv/dist"))).toHaveLength(1);
  });

  whereBuilt("names the licence of every package that is in it, and of no other", () => {
    const licences = textOf("third-party-licences.txt");
    for (const name of OWNERS_PACKAGES.filter((one) => one !== "keytar" && one !== "@okta/okta-sdk-nodejs")) {
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\([A-Za-z0-9.-]+\\)$`, "m"));
    }
    expect(licences).toContain("Permission is hereby granted, free of charge");
    expect(licences).not.toMatch(/^(@okta\/okta-sdk-nodejs|form-data|node-fetch|express|esbuild|keytar) /m);
  });
});

describe("the packed package", () => {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-package-"));
  const checkout = join(folder, "checkout");
  const home = join(folder, "home");
  const installed = join(home, "node_modules/okta-mcp");
  let packed: { filename: string; size: number; files: { path: string }[] };

  beforeAll(async () => {
    if (!isBuilt) return;
    // `npm pack` builds. A checkout of its own keeps it from replacing the build that other tests use.
    const notInACheckout = [".git", "bundles", "coverage", "dist", "node_modules"];
    cpSync(ROOT, checkout, { recursive: true, filter: (path) => !notInACheckout.includes(basename(path)) });
    symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: checkout });
    [packed] = JSON.parse(stdout);
    mkdirSync(home);
    const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0"];
    await run("npm", [...install, join(folder, packed.filename)], { cwd: home });
    if (!existsSync(join(home, "node_modules/keytar"))) {
      console.warn("No package registry could be reached: installed without the optional keychain.");
    }
  }, NPM_TIMEOUT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the installed command as a person does, in the folder that it was installed in. */
  const npx = async (...args: string[]) => {
    const { code, stdout, stderr } = await spawnProcess(["npx", "okta-mcp", ...args], {
      cwd: home,
      env: { npm_config_update_notifier: "false" },
    }).ended;
    return { code, stdout, stderr };
  };

  whereBuilt("is built afresh when it is packed, and comes out as the build that is tested here", () => {
    // The hash in a chunk's name depends on the folder of its sources.
    const chunks = (dist: string) =>
      [...filesIn(dist)].map(([file, bytes]) => `${file.replace(/-[A-Z0-9]{8}\.js$/, ".js")} ${bytes}`).sort();
    expect(chunks(join(installed, "dist"))).toEqual(chunks(join(ROOT, "dist")));
  });

  whereBuilt("holds what is needed to run it and to read about it, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path).filter((path) => !path.startsWith("dist/chunks/"));
    expect(paths.sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "apis.schema.json",
      ...filesOfDeploy(),
      "dist/okta-mcp.js",
      "dist/package.json",
      "dist/sbom.cdx.json",
      "dist/third-party-licences.txt",
      "docs/apis.md",
      "docs/clients.md",
      "docs/company.md",
      "docs/examples/apis.json",
      "docs/examples/employee.schema.json",
      "docs/examples/hr.openapi.yaml",
      "docs/examples/serve-apis.json",
      "docs/examples/time-off-policies.md",
      "docs/guard-rails.md",
      "docs/install.md",
      "docs/journal.md",
      "docs/moving-from-okta-mcp-server.md",
      "docs/operating.md",
      "docs/scopes.md",
      "docs/tools.md",
      "docs/troubleshooting.md",
      "guard.schema.json",
      "mcp.json.example",
      "package.json",
      "serve.schema.json",
    ]);
    expect(packed.size).toBeLessThan(2_000_000);
  });

  whereBuilt("takes at most 15 MB once installed, with everything it depends on", () => {
    const bytes = [...filesIn(join(home, "node_modules")).values()].reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThan(15_000_000);
  });

  whereBuilt("tells its version", { timeout: NPM_TIMEOUT_MS }, async () => {
    expect(await npx("--version")).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
  });

  whereBuilt("calls a tool on a sandbox", { timeout: NPM_TIMEOUT_MS }, async () => {
    const { code, stdout, stderr } = await npx("call", "list_groups", "--sandbox", "--json", "--arg", "fields=id");
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ has_more: false });
  });

  whereBuilt(
    "serves a company, or says in a sentence what is missing for that",
    { timeout: NPM_TIMEOUT_MS },
    async () => {
      const server = spawnProcess(["npx", "okta-mcp", "serve", "--sandbox", "--port", "0"], { cwd: home });
      if (isBuiltin("node:sqlite")) {
        await server.seen("stdout", /^http:\/\/127\.0\.0\.1:\d+\/mcp\n/);
        return;
      }
      const { code, stdout, stderr } = await server.ended;
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(`There is no SQLite for Node.js ${process.versions.node}.`);
      expect(stderr).toContain("Use Node.js 22.13 or later, which brings it, or install the package libsql");
    },
  );

  whereBuilt("is installed and started in every way that the docs show", { timeout: 2 * NPM_TIMEOUT_MS }, async () => {
    const prefix = join(folder, "prefix");
    // npm finds its registry and cache as it does for the person who runs the tests.
    const env = {
      ...process.env,
      npm_config_prefix: prefix,
      npm_config_update_notifier: "false",
      npm_config_prefer_offline: "true",
      npm_config_fetch_retries: "0",
      PATH: [join(prefix, "bin"), process.env.PATH].join(delimiter),
      XDG_CACHE_HOME: join(folder, "cache"),
    };
    /** Runs the lines of shell blocks in a folder. The path of the checkout replaces `/path/to/okta-mcp`. */
    const type = async (lines: string[], cwd: string) => {
      for (const line of lines) {
        const typed = run("sh", ["-c", line.replaceAll("/path/to/okta-mcp", checkout)], { cwd, env });
        await expect(typed, line).resolves.toBeDefined();
      }
    };
    const [globally = [], inOneFolder = [], without = []] = shellBlocks("docs/install.md", "## A package").map(linesOf);
    await type(globally, checkout);
    await type(["npm uninstall -g okta-mcp"], checkout);
    const empty = join(folder, "empty");
    mkdirSync(empty);
    await type([...inOneFolder, ...without], empty);

    const [install = []] = shellBlocks("README.md", "## Install").map(linesOf);
    expect(install).toEqual(["npm ci && npm run build", "npm link", "okta-mcp --version"]);
    // The packages are installed already, and `npm pack` has made the build.
    await type([...install.slice(1), "npm unlink -g okta-mcp", "! command -v okta-mcp"], checkout);
  });

  whereBuilt("serves a client that has the example settings", { timeout: NPM_TIMEOUT_MS }, async () => {
    const example = JSON.parse(readFileSync(join(installed, "mcp.json.example"), "utf8")) as {
      mcpServers: { okta: { command: string; args: string[]; env: Record<string, string> } };
    };
    const { command, args, env } = example.mcpServers.okta;
    const server = spawnProcess([command, ...args], { cwd: home, env: cleanEnv(env) });
    server.child.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
    await server.seen("stdout", /"serverInfo":\{"name":"okta-mcp"/);
    server.child.stdin.end();
    expect((await server.ended).code).toBe(0);
  });
});
