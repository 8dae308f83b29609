import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT, temporaryFolder } from "../support/cli.js";
import { missingHere, skipUnless } from "../support/programs.js";

const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** Returns the folder of the installed addon, or undefined if it was left out. */
function addonFolder(): string | undefined {
  try {
    return dirname(createRequire(join(ROOT, "package.json")).resolve("keytar/package.json"));
  } catch {
    return undefined;
  }
}

test("the keychain addon is one fixed version, whose install script does what the docs say and no more", (context) => {
  const folder = addonFolder();
  skipUnless(context, folder !== undefined, "the optional keychain addon, which npm was told to leave out");
  const addon = JSON.parse(readFileSync(join(folder ?? "", "package.json"), "utf8"));
  expect(own.optionalDependencies).toEqual({ keytar: `npm:${addon.name}@${addon.version}` });
  // npm runs these scripts wherever the package is installed. A new script has to be reviewed and documented first.
  const scripts = Object.entries(addon.scripts).filter(([name]) => /^(?:pre|post)?install$|^prepare$/.test(name));
  expect(scripts).toEqual([["install", "node script/install.js || npm run build"]]);
  const script = readFileSync(join(folder ?? "", "script/install.js"), "utf8");
  expect([...script.matchAll(/require\('([^']+)'\)/g)].map(([, name]) => name)).toEqual(["fs", "path"]);
});

test("the keychain addon loads without its install script having run", (context) => {
  const folder = addonFolder();
  skipUnless(context, folder !== undefined, "the optional keychain addon, which npm was told to leave out");
  const prebuilt = join(folder ?? "", "prebuilds", `${process.platform}-${process.arch}`);
  skipUnless(context, existsSync(prebuilt), "a system for which the addon brings a binary");
  const lacking = process.platform === "linux" ? missingHere("libsecret-1.so.0") : undefined;
  if (lacking !== undefined) context.skip(lacking);
  const copy = join(temporaryFolder(), "keytar");
  cpSync(folder ?? "", copy, { recursive: true });
  rmSync(join(copy, "build"), { recursive: true, force: true });
  const program = `process.stdout.write(typeof require(${JSON.stringify(copy)}).getPassword)`;
  expect(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" })).toBe("function");
});
