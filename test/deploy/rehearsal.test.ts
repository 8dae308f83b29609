import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { requireBuild } from "../support/built.js";
import { ROOT, spawnProcess, temporaryFolder } from "../support/cli.js";
import { freePort } from "../support/company-server.js";
import { shellBlocks } from "../support/pages.js";
import { requirePostgres } from "../support/postgres.js";
import { postgresPrograms } from "../support/postgres-cluster.js";
import { requireOrSkip } from "../support/programs.js";

/** The ports that the page names, each followed by how many there are in a row. */
const PORTS = [9000, 8443, 54399, 8491, 8492, 8493];

/** The blocks of the page with ports that are free here. */
async function blocksWithFreePorts(): Promise<string[]> {
  const ports = new Map<number, number>();
  for (const port of PORTS) ports.set(port, await freePort());
  const of = (port: number) => String(ports.get(port));
  return shellBlocks("docs/operating.md", "## Rehearse on one machine").map((block) =>
    block
      .replaceAll("9000", of(9000))
      .replaceAll("8443", of(8443))
      .replaceAll("54399", of(54399))
      .replace("8490 + Number(process.env.N)", `[${[8491, 8492, 8493].map(of)}][Number(process.env.N) - 1]`)
      .replace("127.0.0.1:849$n/", `127.0.0.1:$(echo ${[8491, 8492, 8493].map(of).join(" ")} | cut -d" " -f$n)/`)
      .replace(
        "-e 's/okta-mcp-\\([123]\\):8480/127.0.0.1:849\\1/'",
        [1, 2, 3].map((n) => `-e 's/okta-mcp-${n}:8480/127.0.0.1:${of(8490 + n)}/'`).join(" "),
      )
      .replaceAll("/usr/lib/postgresql/15/bin", postgresPrograms() ?? ""),
  );
}

/** The folder in which the page begins, with the package as npm would have installed it. */
function preparedFolder(): string {
  const folder = temporaryFolder();
  const installed = join(folder, "tools/node_modules/okta-mcp");
  mkdirSync(join(folder, "tools/node_modules/.bin"), { recursive: true });
  for (const name of ["dist", "deploy", "package.json"])
    cpSync(join(ROOT, name), join(installed, name), { recursive: true });
  chmodSync(join(installed, "dist/okta-mcp.js"), 0o755);
  symlinkSync("../okta-mcp/dist/okta-mcp.js", join(folder, "tools/node_modules/.bin/okta-mcp"));
  return folder;
}

/** Runs a script as a user who may run PostgreSQL, in a group of processes that ends with the test. */
function runAsOrdinary(context: TestContext, folder: string, script: string) {
  const asOrdinary = process.getuid?.() === 0;
  if (asOrdinary) requireOrSkip(context, "setpriv", "chown");
  const become = asOrdinary
    ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig", "KILL"]
    : [];
  const path = [join(folder, "tools/node_modules/.bin"), dirname(process.execPath), process.env.PATH].join(":");
  return spawnProcess([...become, "bash", "-euo", "pipefail", "-c", script], {
    cwd: folder,
    env: { HOME: folder, PATH: path, TMPDIR: folder },
  });
}

test("three instances come up with the commands of the operator's page, typed as they stand", async (context) => {
  requireBuild(context);
  requirePostgres(context);
  requireOrSkip(context, "bash", "curl", "haproxy", "openssl");
  const folder = preparedFolder();
  if (process.getuid?.() === 0) await spawnProcess(["chown", "-R", "65534:65534", folder]).ended;
  const blocks = await blocksWithFreePorts();
  expect(blocks.length).toBeGreaterThanOrEqual(6);
  const end =
    "trap 'kill $(jobs -p) 2>/dev/null; pg_ctl --pgdata=pg/data --mode=immediate stop >/dev/null 2>&1; wait' EXIT";
  const run = runAsOrdinary(context, folder, `${end}\n${blocks.join("\n")}\necho DONE\nread -r _`);
  onTestFinished(async () => {
    run.child.stdin.end();
    await run.ended;
    expect(existsSync(join(folder, "rehearsal/pg/data/postmaster.pid"))).toBe(false);
  });
  await run.seen("stdout", /^DONE$/m).catch((error) => {
    throw new Error(`${error}\n${run.stdout()}\n${run.stderr()}`);
  });
  const said = run.stdout();
  expect(said).not.toMatch(/^WRONG/m);
  expect(said.match(/^(Server )? +\S+ has all keys$/gm)).toHaveLength(3);
  expect(said.match(/\{"status":"ready"\}/g)?.length).toBe(4);
  expect(readFileSync(join(folder, "rehearsal/sandbox.log"), "utf8")).toMatch(/^helpdesk@\S+: helpdesk$/m);
});
