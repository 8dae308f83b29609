import { expect, test } from "vitest";
import { startCompanyWeb } from "../support/company-server.js";

test("a server is ready while Okta is down, and says what it has to do without", async () => {
  const web = await startCompanyWeb();
  const { call } = await web.signIn();
  const readyz = async () => {
    const answer = await fetch(`${web.publicUrl}/readyz`);
    return { status: answer.status, body: await answer.json() };
  };
  expect(await readyz()).toEqual({ status: 200, body: { status: "ready" } });
  const { next, clearFaults } = web.company.sandbox;
  // The first refused request is repeated, and each of a call after that counts as well.
  next("GET", "/api/v1/groups", { fault: "reset", times: 100 });
  for (let n = 0; n < 2; n += 1) await call("tools/call", { name: "list_groups", arguments: {} });
  expect(await readyz()).toEqual({ status: 200, body: { status: "ready", degraded: ["okta"] } });
  clearFaults();
  await call("tools/call", { name: "list_groups", arguments: {} });
  expect(await readyz()).toEqual({ status: 200, body: { status: "ready" } });
});
