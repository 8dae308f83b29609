import { describe, expect, test } from "vitest";
import { createFetch } from "../../src/net/proxy.js";
import { errorOf, json, request, startOrg, testTransport } from "../okta/support.js";
import { openProxy } from "../support/tls-org.js";

/** Starts a proxy that leads every request to `target`, whatever host it asks for. */
const startProxy = ({ url }: { url: string }) => openProxy({ port: Number(new URL(url).port) });

describe("a proxy", () => {
  test.each(["HTTP_PROXY", "http_proxy"])("in %s carries the requests to the org", async (variable) => {
    const org = await startOrg(json(200, { id: "1" }));
    const proxy = await startProxy(org);
    const fetch = createFetch({ [variable]: `http://${proxy.host}` });
    const { transport } = testTransport({ url: "http://acme.okta.test" }, { fetch });
    const sent = request("POST", "/api/v1/x", { body: { json: { a: 1 } } });
    expect((await transport.send(sent)).json).toEqual({ id: "1" });
    expect(proxy.asked).toEqual([{ host: "acme.okta.test:80", authorization: undefined }]);
    expect(org.seen[0]).toMatchObject({ method: "POST", url: "/api/v1/x" });
    expect(org.seen[0]?.headers).toMatchObject({ host: "acme.okta.test", authorization: "Bearer token-1" });
    expect(org.seen[0]?.body.toString()).toBe('{"a":1}');
  });

  test.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])(
    "in %s is asked for a tunnel to an https org",
    async (variable) => {
      const org = await startOrg(json(200, {}));
      const proxy = await startProxy(org);
      const fetch = createFetch({ [variable]: `http://${proxy.host}` });
      const { transport } = testTransport({ url: "https://acme.okta.test" }, { fetch, limits: { maxRetries: 0 } });
      // The server in the tunnel speaks no TLS, so the request fails; only the request for the tunnel counts.
      expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({ code: "unreachable" });
      expect(proxy.asked.map(({ host }) => host)).toEqual(["acme.okta.test:443"]);
    },
  );

  test("gets its user name and password", async () => {
    const org = await startOrg(json(200, {}));
    const proxy = await startProxy(org);
    const fetch = createFetch({ HTTP_PROXY: `http://jo:p%40ss@${proxy.host}` });
    await testTransport({ url: "http://acme.okta.test" }, { fetch }).transport.send(request("GET", "/x"));
    expect(proxy.asked[0]?.authorization).toBe(`Basic ${Buffer.from("jo:p@ss").toString("base64")}`);
    expect(org.seen[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  test("carries an upload byte for byte", async () => {
    const org = await startOrg(json(200, {}));
    const proxy = await startProxy(org);
    const fetch = createFetch({ HTTP_PROXY: `http://${proxy.host}` });
    const { transport } = testTransport({ url: "http://acme.okta.test" }, { fetch });
    const upload = { data: new Uint8Array([0, 255, 10, 13]), name: "a.png", contentType: "image/png" };
    await transport.send(request("POST", "/x", { body: { part: "file", upload } }));
    expect(org.seen[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(org.seen[0]?.body.includes(Buffer.from(upload.data))).toBe(true);
  });

  test.each(["NO_PROXY", "no_proxy"])("is passed by for the hosts in %s", async (variable) => {
    const org = await startOrg(json(200, {}));
    const proxy = await startProxy(org);
    const fetch = createFetch({ HTTP_PROXY: `http://${proxy.host}`, [variable]: "example.com,.okta.test" });
    const { transport } = testTransport({ url: "http://acme.okta.test:1" }, { fetch, limits: { maxRetries: 0 } });
    expect(await errorOf(transport.send(request("GET", "/x")))).toMatchObject({ code: "unreachable" });
    expect(proxy.asked).toEqual([]);
  });

  test.each([undefined, "", "*", "example.com"])(
    "is never between us and this machine (NO_PROXY=%s)",
    async (noProxy) => {
      const org = await startOrg(json(200, {}));
      const proxy = await startProxy(org);
      const fetch = createFetch({ HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: proxy.host, NO_PROXY: noProxy });
      await testTransport(org, { fetch }).transport.send(request("GET", "/x"));
      await testTransport({ url: org.url.replace("127.0.0.1", "localhost") }, { fetch }).transport.send(
        request("GET", "/x"),
      );
      expect(proxy.asked).toEqual([]);
      expect(org.seen).toHaveLength(2);
    },
  );

  test("that is not there makes the org unreachable", async () => {
    const gone = await startOrg(json(200, {}));
    await gone.close();
    const fetch = createFetch({ HTTP_PROXY: gone.url });
    const { transport } = testTransport({ url: "http://acme.okta.test" }, { fetch });
    expect(await errorOf(transport.send(request("POST", "/x")))).toMatchObject({
      code: "unreachable",
      fix: expect.stringContaining("HTTPS_PROXY"),
    });
  });

  test("that is none is named, without its value", () => {
    const unescaped = [
      "http://jo:secret%@127.0.0.1:3128",
      "http://jo%zz:secret@127.0.0.1:3128",
      "http://jo:secret#1@x",
    ];
    for (const value of ["socks5://jo:secret@127.0.0.1:1080", "http://", "ftp://secret", ...unescaped]) {
      let error: unknown;
      try {
        createFetch({ HTTPS_PROXY: value });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code: "bad_config", message: "HTTPS_PROXY is not the URL of an HTTP proxy." });
      expect(error).toMatchObject({ fix: expect.stringMatching(/%25 for %(?!.*secret)/) });
    }
  });

  test.each([{}, { HTTPS_PROXY: "", http_proxy: " ", NO_PROXY: "*" }])(
    "is not looked for where none is set (%j)",
    async (env) => {
      const org = await startOrg(json(200, {}));
      await testTransport(org, { fetch: createFetch(env) }).transport.send(request("GET", "/x"));
      // The platform's `fetch`, which only proxies need, would send this header.
      expect(org.seen[0]?.headers).not.toHaveProperty("sec-fetch-mode");
    },
  );
});
