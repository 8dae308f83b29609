import { describe, expect, test } from "vitest";
import { errorOf, json, request, startOrg, testTransport } from "./support.js";

describe("cancelling", () => {
  test("before the call sends nothing", async () => {
    const org = await startOrg(json(200, {}));
    const { transport } = testTransport(org);
    const error = await errorOf(transport.send(request("GET", "/x"), { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "cancelled" });
    expect(org.seen).toEqual([]);
  });

  test.each([
    ["GET", "was cancelled before Okta answered."],
    ["POST", "was cancelled before Okta answered. The change may have been made all the same."],
  ])("in a %s stops the request", async (method, words) => {
    const controller = new AbortController();
    let closed = false;
    const org = await startOrg((response) => {
      response.on("close", () => {
        closed = true;
      });
      controller.abort();
    });
    const { transport } = testTransport(org);
    const error = await errorOf(transport.send(request(method, "/x"), { signal: controller.signal }));
    expect(error).toMatchObject({ code: "cancelled", message: `${method} /x ${words}` });
    await expect.poll(() => closed).toBe(true);
  });

  test("in the body stops the request", async () => {
    const controller = new AbortController();
    const org = await startOrg((response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write("[", () => controller.abort());
    });
    const { transport } = testTransport(org);
    const error = await errorOf(transport.send(request("GET", "/x"), { signal: controller.signal }));
    expect(error).toMatchObject({ code: "cancelled" });
  });

  test("in the wait before another attempt ends it at once", async () => {
    const controller = new AbortController();
    const org = await startOrg(json(503, {}));
    const { transport } = testTransport(org, {
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(new Error("aborted")));
          controller.abort();
        }),
    });
    const error = await errorOf(transport.send(request("GET", "/x"), { signal: controller.signal }));
    expect(error).toMatchObject({ code: "cancelled", message: expect.stringContaining("Okta answered 503") });
    expect(org.seen).toHaveLength(1);
  });

  test("leaves the listeners of a long-lived signal as they were", async () => {
    const controller = new AbortController();
    let listeners = 0;
    const signal = new Proxy(controller.signal, {
      get: (target, name) => {
        if (name === "addEventListener") listeners++;
        if (name === "removeEventListener") listeners--;
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const org = await startOrg(json(503, {}), json(200, {}));
    const { transport } = testTransport(org);
    await transport.send(request("GET", "/x"), { signal });
    expect(listeners).toBe(0);
  });
});
