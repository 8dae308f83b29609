import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../sandbox/server.js";
import { builtByHand, stagedByHand } from "../support/by-hand.js";
import { ROOT, spawnProcess } from "../support/cli.js";
import { freePort } from "../support/company-server.js";
import { BESIDE, deployed } from "../support/deploy-files.js";
import { stagesOf, valuesOf } from "../support/dockerfile.js";
import { newDatabase, requirePostgres } from "../support/postgres.js";
import { skipUnless } from "../support/programs.js";
import { recordsOf } from "../support/serve-process.js";

const [build = [], serve = []] = stagesOf(readFileSync(join(ROOT, "Dockerfile"), "utf8"));

/** The words of an instruction in the form of a list. */
const listOf = (name: string): string[] => JSON.parse(/\[.*\]$/.exec(valuesOf(serve, name)[0] ?? "")?.[0] ?? "[]");

async function mayUnshare(): Promise<boolean> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  return (await spawnProcess(["unshare", "--mount", "true"]).ended.catch(() => ({ code: 1 }))).code === 0;
}

test("the steps of the Dockerfile, done by hand, give a server that needs nothing else", async (context) => {
  skipUnless(context, await mayUnshare(), "root on Linux, with the right to mount");
  requirePostgres(context);
  const container = await stagedByHand(serve, await builtByHand(build));
  const data = statSync(join(container.root, "var/lib/okta-mcp"));
  expect([data.uid, data.gid, data.mode & 0o777]).toEqual([1000, 1000, 0o700]);

  const [sandbox, database, port] = await Promise.all([startSandbox(), newDatabase(), freePort()]);
  onTestFinished(sandbox.close);
  const settings = JSON.parse(deployed("serve.json"));
  settings.okta.org_url = sandbox.origin;
  settings.listen.port = port;
  settings.drain_delay_seconds = 0;
  Object.assign(settings.store, { host: database.host, port: database.port, database: database.database });
  settings.store.user = database.user;
  for (const [path, make] of Object.entries(BESIDE)) container.give(`etc/okta-mcp/${path}`, make());
  container.give("etc/okta-mcp/serve.json", JSON.stringify(settings));

  const migration = container.start([...listOf("ENTRYPOINT"), "migrate", ...listOf("CMD")]);
  expect(await migration.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("0001-first-tables") });
  const entry = [...listOf("ENTRYPOINT"), ...listOf("CMD")];
  const server = container.start(entry);
  await server.seen("stdout", /^https:\/\/mcp\.acme\.com\/mcp\n/);
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: "ready" }]);
  // The probe of the image, at the port of this test.
  const probe = listOf("HEALTHCHECK").map((word) => word.replace(":8480/", `:${port}/`));
  expect(await container.start(probe).ended).toMatchObject({ code: 0, stderr: "" });
  server.child.kill("SIGTERM");
  expect((await server.ended).code).toBe(0);
  expect(recordsOf(server).filter(({ level }) => level === "error")).toEqual([]);
  expect((await container.start(probe).ended).code).toBe(1);
});
