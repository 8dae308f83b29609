import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { describeWhereBuilt } from "../support/built.js";
import { freePort, storeMembers } from "../support/company-server.js";
import { postForm } from "../support/issuer.js";
import { newDatabase, ownCluster, requirePostgres } from "../support/postgres.js";
import { rawHttp, requestText } from "../support/raw-http.js";
import { readyAt, recordsOf, startServeCommand, startServeProcess } from "../support/serve-process.js";

describeWhereBuilt("the built command with PostgreSQL", () => {
  test("two processes share one database: what one has given out counts at the other, also after the first was killed", async (context) => {
    requirePostgres(context);
    const store = storeMembers(await newDatabase());
    const serve = await startServeProcess({ store });
    const { call, access_token, client_id, refresh_token } = await serve.signIn();
    expect((await call("tools/list")).status).toBe(200);
    const second = { host: "127.0.0.1", port: await freePort() };
    const file = join(serve.folder, "second.json");
    writeFileSync(file, JSON.stringify({ ...serve.settings, store, listen: second }), { mode: 0o600 });
    const other = startServeCommand(["--config", file]);
    await readyAt(other);
    const address = `http://127.0.0.1:${second.port}`;
    serve.cli.child.kill("SIGKILL");
    await serve.cli.ended;
    const renewed = await postForm(address, "token", { grant_type: "refresh_token", client_id, refresh_token });
    expect(renewed.status).toBe(200);
    for (const token of [access_token, String(renewed.body.access_token)]) {
      const head = [
        `Host: ${new URL(serve.publicUrl).host}`,
        `Authorization: Bearer ${token}`,
        "Content-Type: application/json",
      ];
      const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
      expect((await rawHttp(address, requestText("POST /mcp", head, list))).status).toBe(200);
    }
    other.child.kill("SIGTERM");
    expect((await other.ended).code).toBe(0);
  });

  test("L4: the process lives on while PostgreSQL restarts, and ends in an orderly way while it is away", async (context) => {
    requirePostgres(context);
    const cluster = await ownCluster();
    const serve = await startServeProcess({ store: storeMembers(await cluster.newDatabase()) });
    const { call } = await serve.signIn();
    const ready = async () => (await fetch(`${serve.publicUrl}/readyz`)).status;
    await cluster.stop();
    await vi.waitFor(async () => expect(await ready()).toBe(503), { timeout: 20_000 });
    expect((await call("tools/list")).status).toBe(503);
    await cluster.start();
    await vi.waitFor(async () => expect(await ready()).toBe(200), { timeout: 20_000 });
    expect((await call("tools/list")).status).toBe(200);
    await cluster.stop();
    serve.cli.child.kill("SIGTERM");
    expect((await serve.cli.ended).code).toBe(0);
    expect(recordsOf(serve.cli).filter(({ level }) => level === "fatal")).toEqual([]);
  });

  test("a start without its database ends at once, and says where it looked", async (context) => {
    requirePostgres(context);
    const serve = await startServeProcess();
    const port = await freePort();
    const store = { ...storeMembers(await newDatabase()), port };
    const file = join(serve.folder, "other.json");
    writeFileSync(file, JSON.stringify({ ...serve.settings, store, data_dir: "other" }), { mode: 0o600 });
    const { code, stderr } = await startServeCommand(["--config", file]).ended;
    expect(code).not.toBe(0);
    expect(stderr).toContain(`at 127.0.0.1:${port} cannot be used: it does not answer.`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
