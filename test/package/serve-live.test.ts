import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeWhereBuilt } from "../support/built.js";
import { readyAt, startServeCommand, startServeProcess } from "../support/serve-process.js";

/** Sends SIGHUP, and resolves once the log has one more record with this message. */
async function reload({ cli, records }: Awaited<ReturnType<typeof startServeProcess>>, message: string) {
  const count = () => records().filter((record) => record.message === message).length;
  const before = count();
  cli.child.kill("SIGHUP");
  await expect.poll(count, { timeout: 10_000 }).toBe(before + 1);
  return records().findLast((record) => record.message === message);
}

const ANEW = "settings read anew";
const MISTAKES = "the new settings have mistakes, and the old ones stay";

describeWhereBuilt("a server that runs", () => {
  test("S12: roles that were edited hold with the next request; a file with mistakes changes nothing, and every mistake is in the log", {
    timeout: 60_000,
  }, async () => {
    const serve = await startServeProcess();
    const { settings, write, signIn, file, cli } = serve;
    const [role] = settings.roles;
    const { call } = await signIn();
    const names = async () =>
      ((await call("tools/list")).message.result.tools as { name: string }[]).map(({ name }) => name);
    expect(await names()).toContain("delete_group");

    write({
      roles: [{ ...role, read_only: true }],
      allowed_origins: ["https://app.acme.com"],
      log: { level: "debug" },
    });
    expect(await reload(serve, ANEW)).toMatchObject({ changed: ["allowed_origins", "log", "roles"] });
    expect(await names()).not.toContain("delete_group");
    expect((await call("tools/list", {}, { origin: "https://app.acme.com" })).status).toBe(200);

    for (const [text, mistakes] of [
      ['{"roles": [], "pubic_url": "x"', 1],
      [JSON.stringify({ ...settings, roles: [{ ...role, scopes: ["okta.nothing"] }], listen: { port: "x" } }), 2],
    ] as const) {
      writeFileSync(file, text);
      const record = await reload(serve, MISTAKES);
      expect(record).toMatchObject({ level: "error" });
      expect(record?.mistakes).toHaveLength(mistakes);
      expect(await names()).not.toContain("delete_group");
    }

    write({ roles: [{ ...role, groups: ["00gNobodyIsInThis01"] }] });
    await reload(serve, ANEW);
    const refused = await call("tools/list");
    expect({ status: refused.status, error: refused.message.error }).toEqual({ status: 403, error: "no_role" });

    write({
      data_dir: "elsewhere",
      listen: { host: "127.0.0.1", port: 1 },
      limits: { calls_at_once: 3, headers_seconds: 7 },
    });
    await reload(serve, ANEW);
    await cli.seen("stderr", /need a restart/);
    expect(serve.records().find(({ message }) => message.includes("need a restart"))).toMatchObject({
      message: "some changes need a restart to take effect",
      members: ["data_dir", "limits.headers_seconds", "listen"],
    });
    expect(await names()).toContain("delete_group");
    cli.child.kill("SIGTERM");
    expect(await cli.ended).toMatchObject({ code: 0 });
  });

  test("S12: who is an admin is edited while the server runs; a file that removes the last admin changes nothing", {
    timeout: 60_000,
  }, async () => {
    const serve = await startServeProcess();
    const { settings, write, signIn, publicUrl } = serve;
    const { browser } = await signIn();
    const admin = async () => (await browser.get(`${publicUrl}/admin`)).status;
    expect(await admin()).toBe(404);
    const groups = settings.roles.flatMap((role) => role.groups);
    write({ admins: { groups } });
    expect(await reload(serve, ANEW)).toMatchObject({ changed: ["admins"] });
    expect(await admin()).toBe(303);

    for (const admins of [{ groups: ["00gNobodyIsInThis01"] }, undefined]) {
      write({ admins });
      const record = await reload(serve, MISTAKES);
      expect(record?.mistakes).toEqual([expect.stringContaining("the last admin would lose the admin pages")]);
      expect(await admin()).toBe(303);
    }
    write({ admins: { groups: ["00gNobodyIsInThis01", ...groups], step_up_minutes: 1 } });
    expect(await reload(serve, ANEW)).toMatchObject({ changed: ["admins"] });
  });

  test("M7: a write that was sent comes to its end and is in the journal when the server is stopped; nothing new is taken", {
    timeout: 60_000,
  }, async () => {
    const serve = await startServeProcess();
    const { sandbox, org, cli, publicUrl, signIn, records } = serve;
    const { call } = await signIn();
    sandbox.next("POST", "/api/v1/groups", { fault: "delay", delayMs: 2_000 });
    const arrived = sandbox.arrival("POST", "/api/v1/groups");
    const answer = call("tools/call", { name: "create_group", arguments: { profile: { name: "Lab" } } });
    await arrived;
    cli.child.kill("SIGTERM");
    await cli.seen("stderr", /"message":"stopping"/);
    // What waits to be accepted at that moment is still answered.
    const health = () =>
      fetch(`${publicUrl}/healthz`).then(
        () => "answers",
        () => "takes nothing",
      );
    await expect.poll(health, { timeout: 1_500 }).toBe("takes nothing");
    const { message } = await answer;
    expect(message.result.isError, JSON.stringify(message)).toBeFalsy();
    const answeredAtMs = performance.now();
    expect(await cli.ended).toMatchObject({ code: 0 });
    // A connection that the client keeps open does not hold the server up.
    expect(performance.now() - answeredAtMs).toBeLessThan(10_000);
    expect(records().at(-1)?.message).toBe("stopped");
    expect(org.groups.all().some(({ profile }) => profile.name === "Lab")).toBe(true);

    const next = startServeCommand(["--config", serve.file]);
    await readyAt(next);
    const changes = (await call("tools/call", { name: "list_changes", arguments: {} })).message.result.content[0].text;
    expect(changes).toContain("create_group");
    expect(changes).toContain(String(org.groups.all().find(({ profile }) => profile.name === "Lab")?.id));
  });

  test("L3: after SIGTERM /readyz says so first, and requests are answered until the delay is over", {
    timeout: 60_000,
  }, async () => {
    const { cli, publicUrl, signIn, records } = await startServeProcess({ drain_delay_seconds: 4 });
    const { call } = await signIn();
    const before = await fetch(`${publicUrl}/readyz`);
    expect(before.status).toBe(200);
    expect(before.headers.get("connection")).not.toBe("close");
    const startedAtMs = performance.now();
    cli.child.kill("SIGTERM");
    await cli.seen("stderr", /"message":"stopping"/);
    expect((await fetch(`${publicUrl}/readyz`)).status).toBe(503);
    expect((await fetch(`${publicUrl}/healthz`)).status).toBe(200);
    const answer = await call("tools/call", { name: "list_groups", arguments: {} });
    expect(answer.message.result.isError, JSON.stringify(answer.message)).toBeFalsy();
    // The next request has to take another connection, which leads to another instance.
    expect(answer.headers.get("connection")).toBe("close");
    expect(await cli.ended).toMatchObject({ code: 0 });
    const tookMs = performance.now() - startedAtMs;
    expect(tookMs).toBeGreaterThan(3_900);
    expect(tookMs).toBeLessThan(15_000);
    expect(records().find(({ message }) => message === "stopping")).toMatchObject({ drain_delay_seconds: 4 });
  });

  test("Ctrl-C waits for no balancer", { timeout: 60_000 }, async () => {
    const { cli } = await startServeProcess({ drain_delay_seconds: 300 });
    cli.child.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 0 });
  });

  test("a second signal ends it at once", { timeout: 60_000 }, async () => {
    const { sandbox, cli, signIn } = await startServeProcess();
    const { call } = await signIn();
    sandbox.next("GET", "/api/v1/groups", { fault: "hang" });
    const arrived = sandbox.arrival("GET", "/api/v1/groups");
    const answer = call("tools/call", { name: "list_groups", arguments: {} }).catch(() => undefined);
    await arrived;
    cli.child.kill("SIGINT");
    await cli.seen("stderr", /"message":"stopping"/);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: null, signal: "SIGINT" });
    await answer;
  });

  test("each request has a name, which its answer and the log tell; the log holds no query and no handle", async () => {
    const { publicUrl, records, cli } = await startServeProcess();
    const answer = await fetch(`${publicUrl}/approve/apr0mwyipuea90ff3d7cdbe8fd327295?code=hush`, {
      redirect: "manual",
    });
    const id = answer.headers.get("x-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await cli.seen("stderr", /"path":"\/approve/);
    const record = records().find(({ request_id, message }) => request_id === id && message === "request");
    expect(record).toMatchObject({ level: "info", method: "GET", path: "/approve/:id", status: answer.status });
    expect(cli.stderr()).not.toMatch(/hush|apr0mw/);
  });
});
