import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { outcome } from "../../support/server-process.js";
import { type Act, type Scenario, writesOf } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { SANDBOX } from "../promises.js";

/** Sends a request as a browser does for a web page. */
async function send(act: Act, method: string, headers: Record<string, string>) {
  const { port } = new URL(act.sandbox.origin);
  const body = method === "GET" ? "" : '{"profile":{"name":"By a page"}}';
  const sent = request({
    host: "127.0.0.1",
    port,
    method,
    path: "/api/v1/groups",
    headers: {
      authorization: `Bearer ${act.env.OKTA_ACCESS_TOKEN}`,
      "content-type": "application/json",
      host: `127.0.0.1:${port}`,
      ...headers,
    },
  });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
  return outcome(String(answer.statusCode));
}

export const pretendOrg: Scenario = {
  name: "requests of web pages to the sandbox",
  promise: SANDBOX,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    const { port } = new URL(act.sandbox.origin);
    await act.control("a request by its own name", { does: () => send(act, "GET", {}), sees: "200" });
    const hosts = [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:1`,
      `0.0.0.0:${port}`,
      `localhost.evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
    ];
    await act.attacks(hosts, (host) => [
      `as the host ${JSON.stringify(host.replace(port, "PORT"))}`,
      { does: () => send(act, "GET", { host }), sees: ["421", "400"] },
    ]);
    const origins = [
      "https://evil.example",
      "null",
      `http://evil.example:${port}`,
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:1`,
      "file://",
    ];
    await act.attacks(origins, (origin) => [
      `a change from a page of ${origin.replace(port, "PORT")}`,
      {
        does: () => send(act, "POST", { origin }),
        sees: ["403", "400", "421"],
        check: () => assert.deepEqual(writesOf(act.requests), []),
      },
    ]);
  },
};
