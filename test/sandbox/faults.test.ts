import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { linkOf, openSandbox } from "../support/sandbox.js";

const USERS = "/api/v1/users";

describe("faults by script", () => {
  const GROUPS = "/api/v1/groups";
  const lab = { profile: { name: "Lab" } };

  test("happen as often as asked for, to the requests that match, in order", async () => {
    const { get, next } = await openSandbox();
    next("GET", GROUPS, { status: 503, headers: { "Retry-After": "1" }, json: { down: true }, times: 2 });
    next("GET", "/api/v1/{area}", { status: 500 });
    expect((await get(USERS)).status).toBe(500);
    const first = await get(GROUPS);
    expect([first.status, first.headers.get("retry-after"), first.json]).toEqual([503, "1", { down: true }]);
    expect((await get(GROUPS)).status).toBe(503);
    expect((await get(GROUPS)).status).toBe(200);
  });

  test("match by method, by any method, and by an expression", async () => {
    const { get, call, next, clearFaults } = await openSandbox();
    next("POST", GROUPS, { status: 502 });
    next("*", /\/users\/\w+$/g, { status: 504, times: 2 });
    expect((await get(GROUPS)).status).toBe(200);
    expect((await get(`${USERS}/x`)).status).toBe(504);
    expect((await call("DELETE", `${USERS}/x`)).status).toBe(504);
    expect((await call("POST", GROUPS, lab)).status).toBe(502);
    next("GET", GROUPS, { status: 502, times: Number.POSITIVE_INFINITY });
    clearFaults();
    expect((await get(GROUPS)).status).toBe(200);
  });

  test("stand in for the operation, unless it ran and only its answer was lost", async () => {
    const { call, next, org } = await openSandbox();
    next("POST", GROUPS, { status: 500 });
    await call("POST", GROUPS, lab);
    expect(org.groups.size).toBe(0);
    next("POST", GROUPS, { fault: "reset", performed: true });
    await expect(call("POST", GROUPS, lab)).rejects.toThrow("fetch failed");
    expect(org.groups.size).toBe(1);
  });

  test("`reset` cuts the connection, `hang` answers never; neither has a status", async () => {
    const { get, next, arrival, requests, origin, authorizationHeader } = await openSandbox();
    next("GET", GROUPS, { fault: "reset" });
    await expect(get(GROUPS)).rejects.toThrow("fetch failed");
    next("GET", GROUPS, { fault: "hang" });
    const given = new AbortController();
    const seen = arrival("GET", GROUPS);
    const hanging = fetch(origin + GROUPS, { headers: authorizationHeader, signal: given.signal });
    await seen;
    given.abort();
    await expect(hanging).rejects.toThrow("aborted");
    expect(requests.slice(-2).map(({ status }) => status)).toEqual([undefined, undefined]);
  });

  test("`reset-body` and `truncate` send half, `malformed`, `html`, `empty` and `content-type` something else", async () => {
    const { next, origin, authorizationHeader, org } = await openSandbox();
    org.addGroup(lab);
    const read = async () => {
      const answer = await fetch(origin + GROUPS, { headers: authorizationHeader, redirect: "manual" });
      return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
    };
    const whole = await read();
    next("GET", GROUPS, { fault: "reset-body" });
    await expect(read()).rejects.toThrow("terminated");
    next("GET", GROUPS, { fault: "truncate" });
    expect((await read()).text).toBe(whole.text.slice(0, Math.floor(whole.text.length / 2)));
    next("GET", GROUPS, { fault: "malformed" });
    expect(await read()).toEqual({ ...whole, text: "{oops" });
    next("GET", GROUPS, { fault: "html" });
    expect(await read()).toMatchObject({ status: 200, type: "text/html; charset=utf-8" });
    next("GET", GROUPS, { fault: "empty" });
    expect(await read()).toEqual({ status: 200, type: null, text: "" });
    next("GET", GROUPS, { fault: "content-type", contentType: "text/plain" });
    expect(await read()).toEqual({ ...whole, type: "text/plain" });
    next("GET", GROUPS, { fault: "redirect", location: "http://127.0.0.1:1/elsewhere" });
    expect((await read()).status).toBe(302);
  });

  test("`slow-drip` and `delay` are slow and whole", async () => {
    const { get, next } = await openSandbox();
    next("GET", GROUPS, { fault: "slow-drip", intervalMs: 1 });
    expect((await get(GROUPS)).json).toEqual([]);
    next("GET", GROUPS, { fault: "delay", delayMs: 5 });
    expect((await get(GROUPS)).json).toEqual([]);
  });

  test("`rewrite` lets a test change the answer itself", async () => {
    const { get, next } = await openSandbox();
    next("GET", GROUPS, {
      rewrite: (reply) => ({ ...reply, headers: { ...reply.headers, Link: '<https://evil.example/>; rel="next"' } }),
    });
    expect(linkOf(await get(GROUPS), "next")).toBe("https://evil.example/");
  });

  test("closing ends at once, whatever hangs", async () => {
    const { close, next, arrival, origin, authorizationHeader } = await openSandbox();
    next("GET", GROUPS, { fault: "hang" });
    const seen = arrival("GET", GROUPS);
    const hanging = fetch(origin + GROUPS, { headers: authorizationHeader });
    const idle = connect(Number(new URL(origin).port), "127.0.0.1");
    await Promise.all([seen, once(idle, "connect")]);
    const closed = close();
    await expect(hanging).rejects.toThrow("fetch failed");
    await closed;
    await expect(fetch(origin)).rejects.toThrow("fetch failed");
    idle.destroy();
  });
});
