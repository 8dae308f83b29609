import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { oktaSdkPlugin } from "../../scripts/okta-sdk-plugin.js";
import { buildRequest, listOperations } from "../../src/okta/sdk.js";

/** Parameters under every name that the operations tried below know. */
const PARAMS = {
  userId: "00u1",
  groupId: "00g1",
  appId: "0oa1",
  brandId: "bnd1",
  themeId: "thd1",
  search: "a b",
  limit: 5,
  expand: ["a", "b"],
  group: { profile: { custom: [1, null] } },
  application: { signOnMode: "NEW", settings: { app: { x: 1 } } },
  file: { data: new Uint8Array([1, 2]), name: "x.png", contentType: "image/png" },
};

async function describeAll(list: typeof listOperations, make: typeof buildRequest): Promise<string[]> {
  const lines: string[] = [];
  for (const { api, operations } of await list()) {
    for (const operation of operations) {
      const built = await make(api, operation, PARAMS).catch((error: Error) => error.message);
      lines.push(JSON.stringify([api, operation, built, typeof built === "string" ? "" : String(built.query)]));
    }
  }
  return lines;
}

test("every operation is the same in a bundle, which holds no models and no other HTTP client", async () => {
  const folder = await mkdtemp(join(tmpdir(), "okta-mcp-bundle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const operations = fileURLToPath(new URL("../../src/okta/operations.ts", import.meta.url));
  const sdk = fileURLToPath(new URL("../../src/okta/sdk.ts", import.meta.url));
  const { metafile } = await build({
    stdin: {
      contents: `
        import { preload } from ${JSON.stringify(operations)};
        await preload();
        const { listOperations, buildRequest } = await import(${JSON.stringify(sdk)});
        const PARAMS = { ...${JSON.stringify(PARAMS)}, file: { data: new Uint8Array([1, 2]), name: "x.png", contentType: "image/png" } };
        ${describeAll.toString()}
        process.stdout.write((await describeAll(listOperations, buildRequest)).join("\\n"));
      `,
      resolveDir: folder,
    },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    plugins: [oktaSdkPlugin],
    metafile: true,
    logLevel: "silent",
  });

  const inputs = Object.keys(metafile.inputs);
  expect(
    inputs.filter((path) =>
      /node-fetch|node-jose|parse-link-header|url-parse|generated\/models\/(?!ObjectSerializer)/.test(path),
    ),
  ).toEqual([]);
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]?.entryPoint !== undefined);
  expect(metafile.outputs[entry ?? ""]?.bytes).toBeLessThan(10_000);

  await writeFile(join(folder, "package.json"), "{}");
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "stdin.mjs")], { maxBuffer: 1 << 24 });
  const bundled = stdout.split("\n");
  expect(bundled.length).toBeGreaterThan(800);
  expect(bundled).toEqual(await describeAll(listOperations, buildRequest));
});
