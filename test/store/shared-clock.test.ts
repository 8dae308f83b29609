import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { newDatabase, requirePostgres } from "../support/postgres.js";

test("L6: times of a shared database are the database's, whatever the clock of an instance says, and the log tells of it", async (context) => {
  requirePostgres(context);
  const postgres = await newDatabase();
  const told: unknown[] = [];
  const open = async () => {
    const dir = mkdtempSync(join(tmpdir(), "okta-mcp-clock-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const log = { warn: () => {}, error: (_: string, fields?: object) => void told.push(fields) };
    const store = await openStore({ dir, postgres, log, ...(told.length > 0 && { as: "beside" as const }) });
    onTestFinished(() => store.close());
    return store;
  };
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 90_000 });
  onTestFinished(() => void vi.useRealTimers());
  const ahead = await open();
  expect(told).toEqual([{ fault: "clock_skew", database_ahead_seconds: -90 }]);
  const real = Date.now() - 90_000;
  await ahead.transactions.begin({ state: "s".repeat(43), browser: "b", kind: "x", data: {}, endsAtMs: real + 30_000 });
  // By this machine's clock it ended a minute ago.
  expect(await ahead.transactions.take({ state: "s".repeat(43), browser: "b", kind: "x" })).toEqual({ data: {} });
});
