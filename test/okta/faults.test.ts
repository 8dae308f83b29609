import { describe, expect, test } from "vitest";
import type { TransportLimits } from "../../src/okta/transport.js";
import {
  type Answer,
  cutConnection,
  errorOf,
  hang,
  json,
  oktaError,
  plain,
  request,
  startOrg,
  testTransport,
} from "./support.js";

/** An answer whose connection breaks in the middle of the body. */
const cutBody: Answer = (response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 1000 });
  response.write('{"id":"1"', () => response.socket?.resetAndDestroy());
};
/** A complete answer whose body is only half of a JSON text. */
const truncated = plain(200, "application/json", '{"id":"1","profile":{"na');
const slowDrip: Answer = (response) => {
  response.writeHead(200, { "Content-Type": "application/json" });
  const timer = setInterval(() => response.write(" "), 5);
  response.on("close", () => clearInterval(timer));
};
const page = plain(200, "text/html", "<html><title>Hotel WiFi</title></html>");
/** The limit is long enough for a slow answer, and short enough for tests without one. */
const SHORT = { requestTimeoutMs: 200 };

const PASSING: [string, Answer, Partial<TransportLimits>?][] = [
  ["500", oktaError(500, "E0000009", "Internal Server Error")],
  ["502 with a gateway's page", plain(502, "text/html", "<html>Bad Gateway</html>")],
  ["503", oktaError(503, "E0000010", "Service is in read only mode")],
  ["504", plain(504, "text/plain", "upstream timed out")],
  ["a reset instead of an answer", cutConnection],
  ["a reset in the body", cutBody],
  ["truncated JSON", truncated],
  ["no answer at all", hang, SHORT],
  ["an answer that drips without end", slowDrip, SHORT],
];

describe.each(PASSING)("%s", (_, answer, limits = {}) => {
  test.each(["GET", "PUT", "DELETE"])("is followed by another attempt of a %s", async (method) => {
    const org = await startOrg(answer, json(200, { id: "1" }));
    const { transport, clock } = testTransport(org, { limits });
    const waits: string[] = [];
    const sent = transport.send(request(method, "/x"), { onWait: (message) => waits.push(message) });
    expect((await sent).json).toEqual({ id: "1" });
    expect(org.seen).toHaveLength(2);
    expect(clock.slept).toEqual([375]);
    expect(waits).toEqual([
      expect.stringMatching(/^(Okta answered 50\d|No answer from Okta \(.+\)); trying again in 1 s$/),
    ]);
  });

  test("ends a GET after four attempts, each after a longer wait", async () => {
    const org = await startOrg(answer);
    const { transport, clock } = testTransport(org, { limits });
    const error = await errorOf(transport.send(request("GET", "/api/v1/x")));
    expect(error).toMatchObject({ code: expect.stringMatching(/^(okta_down|unreachable)$/), retry: "after-wait" });
    expect(String(error)).not.toContain("may have been made");
    expect(org.seen).toHaveLength(4);
    expect(clock.slept).toEqual([375, 750, 1500]);
  });

  test("never makes a POST leave twice, and the error says what may have happened", async () => {
    const org = await startOrg(answer, json(200, {}));
    const { transport } = testTransport(org, { limits });
    const error = await errorOf(transport.send(request("POST", "/api/v1/groups", { body: { json: {} } })));
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(okta_down|unreachable)$/),
      message: expect.stringContaining("The change may have been made all the same."),
      fix: expect.stringContaining("Look at the object first"),
    });
    expect(org.seen).toHaveLength(1);
  });

  test("never makes the deletion of a user leave twice, since a second one means more", async () => {
    const org = await startOrg(answer, json(200, {}));
    const { transport } = testTransport(org, { limits });
    await errorOf(transport.send(request("DELETE", "/api/v1/users/1", { operation: "deleteUser" })));
    expect(org.seen).toHaveLength(1);
  });

  test("is no failure of a deletion that it hid", async () => {
    const org = await startOrg(answer, oktaError(404, "E0000007", "Not found: Resource not found: 1 (UserGroup)"));
    const { transport } = testTransport(org, { limits });
    expect(await transport.send(request("DELETE", "/x"))).toMatchObject({ status: 204, json: undefined });
  });
});

describe("a write of which one attempt may have arrived", () => {
  const refuse = () => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) });
  };
  /** The error of a PUT after a first attempt without an answer. `later` holds the answers to the further attempts. */
  async function lost(...later: (Answer | "refused")[]) {
    const org = await startOrg(cutConnection, ...later.filter((one) => one !== "refused"));
    let attempts = 0;
    const { transport } = testTransport(org, {
      limits: { maxResponseBytes: 1000 },
      fetch: async (input, init) => (later[attempts++ - 1] === "refused" ? refuse() : await fetch(input, init)),
    });
    return await errorOf(transport.send(request("PUT", "/x")));
  }

  test.each<[string, string, (Answer | "refused")[], RegExp]>([
    ["finds nobody", "unreachable", ["refused", "refused", "refused"], /^Look at the object first/],
    ["is refused", "conflict", [oktaError(409, "E0000016", "Activation failed")], /Look at the object first/],
    ["is not signed in any more", "session_ended", [plain(401, "text/plain", "")], /login.* Look at the object first/],
    ["meets a page of somebody else", "unreachable", [page], /OKTA_ORG_URL.* Look at the object first/],
    ["gets an answer beyond all measure", "okta_down", [plain(200, "application/json", " ".repeat(2000))], /Look at/],
  ])("says so, also where the last one %s", async (_, code, later, fix) => {
    expect(await lost(...later)).toMatchObject({
      code,
      message: expect.stringMatching(/ The change may have been made all the same\.$/),
      fix: expect.stringMatching(fix),
      maybeDone: true,
    });
  });

  test.each<[string, Answer]>([
    ["refused", oktaError(403, "E0000006", "You do not have permission")],
    ["sent elsewhere", (response) => response.writeHead(302, { Location: "https://elsewhere.example/" }).end()],
    ["refused by a page of somebody else", plain(403, "text/html", "<html>")],
  ])("is not one that was %s at once", async (_, answer) => {
    const org = await startOrg(answer);
    const { transport } = testTransport(org);
    expect(await errorOf(transport.send(request("PUT", "/x")))).toMatchObject({
      maybeDone: false,
      message: expect.not.stringContaining("may have been made"),
    });
  });
});

describe("a deletion", () => {
  test("of what is not there fails when nothing else happened", async () => {
    const org = await startOrg(oktaError(404, "E0000007", "Not found: Resource not found: 1 (UserGroup)"));
    const { transport } = testTransport(org);
    expect(await errorOf(transport.send(request("DELETE", "/x")))).toMatchObject({ code: "not_found" });
  });
});

describe("a refused connection", () => {
  test("is tried again for every method, since nothing was sent", async () => {
    const org = await startOrg(json(200, {}));
    await org.close();
    const { transport, clock } = testTransport(org);
    for (const method of ["GET", "POST"]) {
      const error = await errorOf(transport.send(request(method, "/x")));
      expect(error).toMatchObject({
        code: "unreachable",
        message: `${method} /x failed after 4 attempts: connection refused.`,
        maybeDone: method === "GET" ? undefined : false,
      });
    }
    expect(clock.slept).toHaveLength(6);
  });

  test("is no hint that a deletion was done", async () => {
    const notFound = oktaError(404, "E0000007", "Not found");
    const org = await startOrg(notFound);
    let refused = 0;
    const { transport } = testTransport(org, {
      fetch: async (input, init) => {
        if (refused++ > 0) return await fetch(input, init);
        throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) });
      },
    });
    expect(await errorOf(transport.send(request("DELETE", "/x")))).toMatchObject({ code: "not_found" });
  });
});

test("a certificate that is not trusted is not tried again", async () => {
  const org = await startOrg(json(200, {}));
  const { transport, clock } = testTransport(org, {
    fetch: () => {
      const cause = Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
      return Promise.reject(new TypeError("fetch failed", { cause }));
    },
  });
  expect(await errorOf(transport.send(request("POST", "/x")))).toMatchObject({
    code: "unreachable",
    message: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT"),
    fix: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(clock.slept).toEqual([]);
});

describe("a page of somebody else", () => {
  test.each([200, 403, 404])("with status %s is taken for neither data nor Okta's word", async (status) => {
    const org = await startOrg(plain(status, "text/html; charset=utf-8", "<html>E0000006 sign in here</html>"));
    const { transport, clock } = testTransport(org);
    expect(await errorOf(transport.send(request("GET", "/api/v1/users")))).toMatchObject({
      code: "unreachable",
      message: `GET /api/v1/users failed: something that is not Okta's API answered ${status} with "text/html".`,
    });
    expect(clock.slept).toEqual([]);
  });

  test("is not taken for data when it is plain text", async () => {
    const org = await startOrg(plain(200, "text/plain", "It works!"), page);
    const { transport } = testTransport(org);
    for (const method of ["GET", "POST"]) {
      expect(await errorOf(transport.send(request(method, "/x")))).toMatchObject({ code: "unreachable" });
    }
    expect(org.seen).toHaveLength(2);
  });
});

describe("an empty answer with status 200", () => {
  const list = { ...request("GET", "/x"), wantsList: true };

  test("to a list is not taken for an empty one", async () => {
    const org = await startOrg(plain(200, "application/json", ""), json(200, [{ id: "1" }]));
    const { transport } = testTransport(org);
    expect((await transport.send(list)).json).toEqual([{ id: "1" }]);
    expect(org.seen).toHaveLength(2);
  });

  test("to every attempt of a list is an error", async () => {
    const org = await startOrg(plain(200, "application/json", " \n"));
    const { transport } = testTransport(org);
    expect(await errorOf(transport.send(list))).toMatchObject({ code: "okta_down" });
    expect(org.seen).toHaveLength(4);
  });
});

test("an empty answer to the read of one object is an answer", async () => {
  const org = await startOrg(plain(200, "application/json", ""));
  const { transport } = testTransport(org);
  expect((await transport.send(request("GET", "/x"))).json).toBeUndefined();
  expect(org.seen).toHaveLength(1);
});

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("with %s is refused, and nothing goes to its target", async (status) => {
    const other = await startOrg(json(200, {}));
    const location = `${other.url}/login?token=secret`;
    const org = await startOrg((response) => response.writeHead(status, { Location: location }).end());
    const { transport } = testTransport(org);
    for (const method of ["GET", "POST"]) {
      const error = await errorOf(transport.send(request(method, "/x")));
      expect(error).toMatchObject({
        code: "unreachable",
        message: `${method} /x failed: the answer was a redirect (${status}) to "${other.url}/login", which is not followed.`,
        fix: expect.stringContaining("OKTA_ORG_URL"),
      });
    }
    expect(other.seen).toEqual([]);
    expect(org.seen).toHaveLength(2);
  });

  test("to nowhere is refused as well", async () => {
    const org = await startOrg((response) => response.writeHead(302).end());
    const { transport } = testTransport(org);
    expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({ code: "unreachable" });
  });
});

test("an answer beyond all measure is not read to its end", async () => {
  let closed = 0;
  const org = await startOrg((response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.on("close", () => closed++);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
      if (!response.destroyed) response.once("drain", more);
    };
    more();
  });
  const { transport } = testTransport(org, { limits: { maxResponseBytes: 3 * 1024 * 1024 } });
  expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({
    code: "okta_down",
    message: "GET /x failed: the answer was larger than 3 MB.",
  });
  await expect.poll(() => closed).toBe(1);
  expect(org.seen).toHaveLength(1);
});

describe("a retry", () => {
  test("waits as long as a 503 asks", async () => {
    const org = await startOrg(json(503, {}, { "Retry-After": "7" }), json(200, {}));
    const { transport, clock } = testTransport(org);
    await transport.send(request("GET", "/x"));
    expect(clock.slept).toEqual([7000]);
  });

  test("is left to the caller where a 503 asks for longer than a call may take", async () => {
    const org = await startOrg(json(503, {}, { "Retry-After": "300" }), json(200, {}));
    const { transport } = testTransport(org);
    expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({
      code: "okta_down",
      retryAfterSeconds: 300,
    });
    expect(org.seen).toHaveLength(1);
  });

  test("does not begin when the call has taken long already", async () => {
    const org = await startOrg((response, _, index) => {
      clock.nowMs += 30_000;
      json(503, {})(response, { method: "", url: "", headers: {}, body: Buffer.alloc(0) }, index);
    });
    const { transport, clock } = testTransport(org);
    await errorOf(transport.send(request("GET", "/x")));
    expect(org.seen).toHaveLength(2);
  });

  test("is spread, so that many callers do not come back at once", async () => {
    const waits = [];
    for (const random of [0, 0.999]) {
      const org = await startOrg(json(503, {}), json(200, {}));
      const { transport, clock } = testTransport(org, { random: () => random });
      await transport.send(request("GET", "/x"));
      waits.push(Math.round(clock.slept[0] ?? 0));
    }
    expect(waits).toEqual([250, 500]);
  });
});
