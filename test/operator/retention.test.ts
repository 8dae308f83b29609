import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SERVE_CHECKS } from "../../src/cli/company/serve-checks.js";
import { loadServe } from "../../src/people/load-serve.js";
import { openStore } from "../../src/store/open-store.js";
import { temporaryFolder } from "../support/cli.js";
import { commandLine, startServeOf } from "../support/company-command.js";
import { freePort, startCompanyWeb } from "../support/company-server.js";

const DAY_MS = 86_400_000;

test("a server drops the records that are older than serve.json says, and tells so in the log and in the record", async () => {
  const web = await startCompanyWeb();
  const listen = { host: "127.0.0.1", port: await freePort() };
  const data_dir = temporaryFolder();
  const line = commandLine(web, { listen, data_dir, retention: { audit_days: 30 } });
  const log = { warn: () => {}, error: () => {} };
  const old = await openStore({ dir: data_dir, log, now: () => Date.now() - 40 * DAY_MS });
  await old.audit.add({ action: "old", outcome: "done" });
  await old.close();
  const recent = await openStore({ dir: data_dir, log, now: () => Date.now() - 20 * DAY_MS });
  await recent.audit.add({ action: "recent", outcome: "done" });
  await recent.close();
  const { logged } = await startServeOf(line);
  await expect.poll(() => logged()).toContain("dropped old records");
  const store = await openStore({ dir: data_dir, as: "beside", log });
  onTestFinished(() => store.close());
  expect(await store.audit.page({ limit: 9 })).toMatchObject([
    { action: "records_dropped", target: "audit", detail: { rows: 1, kept_days: 30 } },
    { action: "recent" },
  ]);
});

test.each([
  [{ journal_days: 6 }, "retention.journal_days is less than 7: a change can be undone only as long"],
  [{ audit_days: 29 }, "retention.audit_days is less than 30: whoever looks into an incident"],
  [{ audit_days: 30.5 }, "retention.audit_days"],
  [{ days: 30 }, "days"],
])("retention %j is refused with the reason", async (retention, told) => {
  const web = await startCompanyWeb();
  const { config } = commandLine(web, { retention });
  const loaded = loadServe(config, SERVE_CHECKS);
  expect("problems" in loaded ? loaded.problems.join("\n") : "none", join(config)).toContain(told);
});
