import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { ownCluster, requirePostgres } from "../support/postgres.js";

const FIRST = {
  v: 1,
  id: "chg000000001",
  at: new Date(0).toISOString(),
  org: "https://acme.okta.com",
  actor: { user: null, client_id: null, method: "device" },
  tool: "create_group",
  effect: "adds",
  confirmed: "not_needed",
  requests: [],
} as const;

test("L4: a change that ended while the database was away is on record as soon as it answers again", async (context) => {
  requirePostgres(context);
  const cluster = await ownCluster();
  const postgres = await cluster.newDatabase();
  const dir = mkdtempSync(join(tmpdir(), "okta-mcp-late-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const store = await openStore({ dir, postgres, log: { warn: () => {}, error: () => {} } });
  onTestFinished(() => store.close());
  const journal = store.journalFor({ person: "psn1", sees: "all" });
  const outcome = async () => {
    for await (const change of journal.changes()) return change.outcome;
    return undefined;
  };
  await journal.append({ ...FIRST, actor: { ...FIRST.actor }, requests: [] });
  await cluster.stop();
  const end = { id: FIRST.id, ended_at: new Date(1).toISOString(), outcome: "done" as const };
  await expect(journal.append(end)).rejects.toMatchObject({ code: "store_unavailable" });
  await cluster.start();
  await expect.poll(outcome, { timeout: 15_000 }).toBe("done");
});
