import { expect, test } from "vitest";
import { startCompanyWeb } from "../support/company-server.js";
import { requirePostgres } from "../support/postgres.js";

test("three servers of one PostgreSQL serve one client, each request by the next of them", async (context) => {
  requirePostgres(context);
  const web = await startCompanyWeb({ instances: 3 });
  const { call } = await web.signIn();
  for (let n = 0; n < 6; n += 1) expect(await call("tools/list")).toMatchObject({ status: 200 });
  const served = web.balancer?.served.filter((line) => line.startsWith("POST /mcp")) ?? [];
  expect(new Set(served).size).toBe(3);
});
