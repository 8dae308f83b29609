import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NODE_VERSIONS } from "../support/ci-tools.js";
import { ROOT } from "../support/cli.js";

const FOLDER = join(ROOT, ".github/workflows");
const textOf = (file: string) => readFileSync(join(FOLDER, file), "utf8");
const { scripts, engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

describe.each(readdirSync(FOLDER))("the workflow %s", (file) => {
  const text = textOf(file);

  test("uses actions of GitHub alone, each by the SHA of a commit", () => {
    const used = [...text.matchAll(/uses: (.*)$/gm)].map(([, action]) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("uses an action in one version, as all workflows do", () => {
    const all = readdirSync(FOLDER).flatMap((one) => [...textOf(one).matchAll(/uses: ((.*)@.*)$/gm)]);
    for (const [, version, action] of all) {
      const versions = all.filter(([, , other]) => other === action).map(([, other]) => other);
      expect(new Set(versions)).toEqual(new Set([version]));
    }
  });

  test("may do what each job asks for, has an end, and holds no secret", () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    const jobs = text
      .slice(text.indexOf("\njobs:"))
      .split(/\n {2}(?=[a-z]+:\n)/)
      .slice(1);
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs) {
      expect(job).toMatch(/\n {4}permissions:\n {6}contents: (read|write)\b/);
      expect(job).toMatch(/\n {4}timeout-minutes: \d+\n/);
    }
    expect(text).not.toMatch(/write-all|secrets\.|pull_request_target/);
  });

  test("puts nothing that others write into a command", () => {
    for (const [, command] of text.matchAll(/run: (.*(?:\n {10}.*)*)/g)) expect(command).not.toContain("${{");
  });

  test("runs commands that exist", () => {
    const named = [...text.matchAll(/run: (?:npm run ([\w:-]+)|(\.ci\/\w+))$/gm)];
    for (const [, script] of named) if (script !== undefined) expect(scripts).toHaveProperty([script]);
  });
});

test("tests run on each system and on each version of Node.js that is promised", () => {
  const text = textOf("check.yml");
  expect(text).toContain("system: [ubuntu-latest, macos-latest, windows-latest]");
  const [, versions = ""] = /node: \[(.*)\]/.exec(text) ?? [];
  expect(versions.split(", ")).toEqual(NODE_VERSIONS.filter((version) => !version.includes(".")));
  expect(engines.node).toBe(`>=${versions.split(", ")[0]}.19`);
});

test("versions of Node.js that get some of the tests get tests that exist, of protocol, package and database among them", () => {
  const lines = [...readFileSync(join(ROOT, ".ci/run"), "utf8").matchAll(/vitest run (.*)$/gm)];
  const [oldest = [], latest = []] = lines.map(([, paths = ""]) => paths.split(" "));
  expect(oldest).toEqual(
    expect.arrayContaining(["test/package", "test/stdio", "test/mcp", "test/conformance", "test/clients"]),
  );
  expect(latest).toEqual(
    expect.arrayContaining(["test/package", "test/stdio", "test/mcp", "test/clients", "test/store", "test/web"]),
  );
  for (const path of [...oldest, ...latest]) expect(existsSync(join(ROOT, path)), path).toBe(true);
});

test("advisories are looked for every week, in all packages that are bundled", () => {
  const text = textOf("advisories.yml");
  expect(text).toMatch(/schedule:\n {4}- cron: "\d+ \d+ \* \* \d"/);
  // All bundled packages are development dependencies, which `--omit=dev` would leave out.
  expect(text).toMatch(/run: npm audit$/m);
});

test("a release is tested by a job that may not publish, and has the bill of materials beside it", () => {
  const text = textOf("release.yml");
  const [tests = "", publish = ""] = [text.indexOf("\n  tests:"), text.indexOf("\n  publish:")].map((from) =>
    text.slice(from, text.indexOf("\n\n  ", from + 1)),
  );
  expect(tests).toContain("run: .ci/run");
  expect(tests).not.toContain("id-token");
  expect(publish).toContain("needs: tests");
  expect(publish).not.toContain(".ci/run");
  expect(publish).toMatch(/attest-sbom@.*\n {8}with:\n {10}subject-path: release\/\*\.tgz\n {10}sbom-path:/);
});
