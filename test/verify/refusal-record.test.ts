import { expect, test } from "vitest";
import { startTokenWeb } from "../support/company-tokens.js";

test.each(["native", "introspect", "bearer"] as const)(
  "refused tokens are on record by %s too: one entry a minute for a reason, with their number and no token",
  async (signIn) => {
    const user = { roles: [{ name: "admins", scopes: ["okta.users.read"] }] };
    const web = await startTokenWeb({ signIn, ...(signIn === "bearer" ? user : {}) });
    const { company, store } = web;
    const bad = String((await web.issue({ scopes: ["openid"] })).id_token);
    const entries = async () =>
      (await store.audit.page({ limit: 100 })).filter(
        ({ action, outcome }) => action === "call" && outcome === "refused",
      );
    for (let time = 0; time < 10; time += 1) expect((await web.listWith(bad)).status).toBe(401);
    await expect.poll(entries).toHaveLength(1);
    company.clock.advanceSeconds(61);
    await web.listWith(bad);
    await expect.poll(entries).toHaveLength(2);
    const [latest, first] = await entries();
    expect(first).toMatchObject({ ip: "127.0.0.1", detail: { why: "invalid_token" } });
    expect(first?.requestId).toBeTruthy();
    expect(latest?.detail).toEqual({ why: "invalid_token", others_since_the_last_entry: 9 });
    expect(JSON.stringify(await entries())).not.toContain(bad);
  },
);
