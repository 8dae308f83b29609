import { request } from "node:http";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { listenForRedirect, loopbackRedirectUri } from "../../src/apis/loopback-redirect.js";
import { freePort } from "../support/free-port.js";

const STATE = "the-state-of-this-sign-in";
const DONE = { isDone: true, title: "Signed in", text: "That was it." };

async function open() {
  const port = await freePort();
  const listener = await listenForRedirect({ port, state: STATE });
  onTestFinished(() => listener.close());
  /** Sends one request as a browser or an attacker does. */
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, path, method, headers, setHost: headers.host === undefined });
      sent.on("error", reject).on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      sent.end();
    });
  let isReturned = false;
  void listener.returned.then(() => {
    isReturned = true;
  });
  return { port, listener, get, isReturned: () => isReturned };
}

const GOOD = `/callback?code=c0de&state=${STATE}&iss=https%3A%2F%2Facme.okta.com`;

test("the browser that brings the state counts, and sees the page once the sign-in has ended", async () => {
  const { port, listener, get } = await open();
  expect(loopbackRedirectUri(port)).toBe(`http://127.0.0.1:${port}/callback`);
  const shown = get(GOOD, {
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-site": "cross-site",
  });
  const { parameters, show } = await listener.returned;
  expect(Object.fromEntries(parameters)).toEqual({ code: "c0de", state: STATE, iss: "https://acme.okta.com" });
  show({ ...DONE, text: `<script>alert("1")</script> & 'more'\u202e` });
  const { status, headers, text } = await shown;
  expect(status).toBe(200);
  expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;&lt;U+202E&gt;");
  expect(text).not.toContain("<script>");
  expect(text).not.toContain("c0de");
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    connection: "close",
  });
  expect(headers["content-security-policy"]).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'none'/,
  );
});

test("a second visit with the same state gets nothing", async () => {
  const { listener, get } = await open();
  const first = get(GOOD);
  const { show } = await listener.returned;
  const second = await get(`/callback?code=another&state=${STATE}`);
  expect(second.status).toBe(400);
  expect(second.text).toContain("Nobody waits for this");
  show(DONE);
  expect((await first).status).toBe(200);
});

test.each([
  ["another state", "/callback?code=c&state=guessed", {}, 400],
  ["no state", "/callback?code=c", {}, 400],
  ["the state twice", `/callback?code=c&state=${STATE}&state=${STATE}`, {}, 400],
  ["another state before the right one", `/callback?code=c&state=x&state=${STATE}`, {}, 400],
  ["another path", `/?code=c&state=${STATE}`, {}, 404],
  ["a longer path", `/callback/?code=c&state=${STATE}`, {}, 404],
  ["a path in another case", `/Callback?code=c&state=${STATE}`, {}, 404],
  ["an absolute address", `http://evil.example/callback?code=c&state=${STATE}`, {}, 404],
  ["the name of another host, as after DNS rebinding", GOOD, { host: "evil.example" }, 403],
  ["another host with the right port", GOOD, { host: "evil.example:PORT" }, 403],
  ["localhost in place of the address", GOOD, { host: "localhost:PORT" }, 403],
  ["an image of another site", GOOD, { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" }, 403],
  ["a script of another site", GOOD, { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" }, 403],
  ["a frame of another site", GOOD, { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }, 403],
] as const)("a request with %s is refused, and the sign-in goes on", async (_what, path, headers, status) => {
  const { port, listener, get, isReturned } = await open();
  const given = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace("PORT", `${port}`)]),
  );
  const refused = await get(path, given);
  expect(refused.status).toBe(status);
  expect(refused.text).not.toContain(STATE);
  expect(isReturned()).toBe(false);
  const real = get(GOOD);
  (await listener.returned).show(DONE);
  expect((await real).status).toBe(200);
});

test.each(["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])("%s is refused, and the sign-in goes on", async (method) => {
  const { get, isReturned } = await open();
  expect((await get(GOOD, {}, method)).status).toBe(404);
  expect(isReturned()).toBe(false);
});

test("a port that is taken is named with the setting that changes it", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  await expect(listenForRedirect({ port, state: STATE })).rejects.toMatchObject({
    code: "bad_config",
    message: expect.stringContaining(`The port ${port} of this machine`),
    fix: expect.stringContaining("auth.redirect_port"),
  });
});

test("after the end nothing listens any more", async () => {
  const { listener, get } = await open();
  const last = get(GOOD);
  const { show } = await listener.returned;
  show(DONE);
  listener.close();
  expect((await last).status).toBe(200);
  await expect(get(GOOD)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
