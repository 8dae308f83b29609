import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packExtension, v0_3 } from "@anthropic-ai/mcpb";
import type { CatalogueEntry } from "../../src/catalogue/catalogue.js";
import { type PackageFacts, SUMMARY } from "./server-json.js";
import { askedSettings } from "./settings.js";

type Manifest = ReturnType<typeof v0_3.McpbManifestSchema.parse>;

const LONG = `${SUMMARY} Only the tools that your scopes allow are offered. Sign in with your browser, or as a service app with a private key; tokens are kept in the system's keychain where there is one, else in memory. Removals are refused unless the client can ask you; the form has the setting.`;

const TYPES = { text: "string", secret: "string", file: "file", "yes-or-no": "boolean" } as const;

/** The name of a setting in the form: OKTA_ORG_URL -> org_url. */
const fieldOf = (env: string) => env.replace(/^OKTA_/, "").toLowerCase();

/**
 * The manifest of the bundle that desktop clients install with a click (MCPB 0.3).
 * @throws Error where it does not keep to the published schema
 */
export function mcpbManifest(
  { name, version, license, keywords, engines }: PackageFacts,
  tools: readonly Pick<CatalogueEntry, "name" | "title">[],
): Manifest {
  return v0_3.McpbManifestSchema.parse({
    manifest_version: "0.3",
    name,
    display_name: "Okta administration",
    version,
    description: SUMMARY,
    long_description: LONG,
    author: { name: "The okta-mcp contributors" },
    license,
    keywords,
    server: {
      type: "node",
      entry_point: "server/okta-mcp.js",
      mcp_config: {
        command: "node",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in.
        args: ["${__dirname}/server/okta-mcp.js"],
        env: Object.fromEntries(askedSettings.map(({ env }) => [env, `\${user_config.${fieldOf(env)}}`])),
      },
    },
    tools: tools.map((tool) => ({ name: tool.name, description: tool.title })),
    compatibility: { platforms: ["darwin", "win32", "linux"], runtimes: { node: engines.node } },
    user_config: Object.fromEntries(
      askedSettings.map(({ env, title, meaning, required, kind, default: filledIn }) => [
        fieldOf(env),
        {
          type: TYPES[kind],
          title,
          description: meaning,
          required,
          // What is left empty would otherwise reach the server as the name of the field.
          ...(required ? {} : { default: kind === "yes-or-no" ? false : filledIn }),
          ...(kind === "secret" ? { sensitive: true } : {}),
        },
      ]),
    ),
  });
}

/** The folder of the keychain addon with its binaries for every system; undefined where it is not installed. */
function keychainFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve("keytar/package.json"));
  } catch {
    return undefined;
  }
}

/**
 * Builds the `.mcpb` file from a build of the server. The keychain addon goes in where it is
 * installed here.
 * @param dist the folder of the build
 * @param output the file to write
 */
export async function packMcpb(manifest: Manifest, dist: string, output: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "okta-mcp-mcpb-"));
  try {
    await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    await cp(dist, join(folder, "server"), { recursive: true });
    await cp("LICENSE", join(folder, "LICENSE"));
    const keychain = keychainFolder();
    if (keychain !== undefined) {
      const wanted = /[\\/]keytar$|[\\/](lib|prebuilds)([\\/]|$)|[\\/](package\.json|LICENSE\.md)$/;
      await cp(keychain, join(folder, "server/node_modules/keytar"), {
        recursive: true,
        filter: (path) => wanted.test(path),
      });
    }
    await mkdir(dirname(output), { recursive: true });
    if (!(await packExtension({ extensionPath: folder, outputPath: output, silent: true }))) {
      throw new Error("The bundle could not be packed.");
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
