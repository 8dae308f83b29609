import { expect, onTestFinished, test } from "vitest";
import { COMPANY_DOMAIN } from "../../sandbox/facts.js";
import { startServeSandbox } from "../../src/cli/company/serve-sandbox.js";
import { startServe } from "../../src/cli/company/start-serve.js";
import { createIo } from "../../src/cli/io.js";
import { plainBrowser, type Visit } from "../support/browser.js";
import { clientOf } from "../support/company-client.js";

const REDIRECT_URI = "http://127.0.0.1:4711/cb";

/** The server of `okta-mcp serve --sandbox`, and what its people do in a browser, page by page. */
async function startPretend() {
  const sandbox = await startServeSandbox(0);
  onTestFinished(() => sandbox.close());
  const stderr = { write: () => true } as unknown as NodeJS.WriteStream;
  const running = await startServe(sandbox.settings, { ...createIo(process), stderr });
  onTestFinished(() => running.close("the test is over"));
  const publicUrl = new URL(running.mcpUrl).origin;
  const { register, begin, follow, token, call } = clientOf(publicUrl, () => {});

  /** A person in a browser of their own: what they do where a page asks. */
  function personOf(name: string) {
    const [browser, login] = [plainBrowser(), `${name}@${COMPANY_DOMAIN}`];
    /** Goes on until no page asks who it is or whether a program may. */
    async function through(from: Visit, until?: string): Promise<Visit> {
      const visit = await follow(browser, from, until);
      if (visit.location !== undefined) return visit;
      if (visit.html.includes('action="/signin"'))
        return through(await browser.submit(visit, "/signin", { login }), until);
      if (visit.html.includes('value="allow"')) {
        return through(await browser.submit(visit, visit.url, { answer: "allow" }), until);
      }
      return visit;
    }

    async function connect() {
      const { client_id } = await register();
      const begun = await begin({ client_id, redirect_uri: REDIRECT_URI });
      const { location, html } = await through(await browser.get(begun.url), REDIRECT_URI);
      const code = location?.searchParams.get("code");
      if (!code) throw new Error(`Nobody was signed in: ${location?.href ?? html}`);
      const grant = { grant_type: "authorization_code", client_id, code, redirect_uri: REDIRECT_URI };
      const { body } = await token({ ...grant, code_verifier: begun.verifier });
      return async (tool: string, args: object = {}) => {
        const answer = await call(String(body.access_token), "tools/call", { name: tool, arguments: args });
        return String(answer.message.result.content[0].text);
      };
    }

    /** Signs in to the page of the API, where nobody is signed in yet, and links it there. */
    async function link() {
      const path = "/connect/hr";
      const page = await browser.get(publicUrl + path);
      const signedIn = await through(await browser.submit(page, path, {}));
      return through(await browser.submit(signedIn, path, { answer: "link" }));
    }
    return { connect, link };
  }
  return { publicUrl, personOf };
}

test("in the pretend company somebody of the staff links HR once and has their own record, and a question before a write", {
  timeout: 120_000,
}, async () => {
  const { publicUrl, personOf } = await startPretend();
  const stella = personOf("stella.staff");
  const call = await stella.connect();
  expect(JSON.parse(await call("hr_health"))).toEqual({ status: "healthy" });
  expect(await call("hr_hello")).toMatch(/^session_ended: /);
  expect(await call("hr_hello")).toContain(`${publicUrl}/connect/hr`);
  expect((await stella.link()).html).toContain("This server may act for you at hr");
  expect(JSON.parse(await call("hr_hello"))).toMatchObject({ message: `Hello, stella.staff@${COMPANY_DOMAIN}!` });
  const record = { name: "Stella Staff", gpid: expect.stringMatching(/^GP9/) };
  expect(JSON.parse(await call("hr_my_record"))).toMatchObject(record);
  const wish = { kind: "vacation", start_date: "2026-12-21", end_date: "2026-12-23" };
  expect(await call("hr_request_time_off", { body: wish })).toContain("/approve");
  expect(JSON.parse(await call("hr_my_time_off"))).toMatchObject({ requests: [] });
});
