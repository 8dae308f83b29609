import { expect, test } from "vitest";
import { HR_AUDIENCE, HR_SERVER_ID } from "../../sandbox/facts.js";
import { startPracticeCompany } from "../support/practice-company.js";
import { connectApis, json, loaded, NOTES, notesSettings, startApi } from "./support-api.js";

/** A document whose operations need a scope. */
const SECURED = {
  ...NOTES,
  security: [{ hr: ["hr.read"] }],
  components: {
    securitySchemes: {
      hr: { type: "oauth2", flows: { clientCredentials: { tokenUrl: "https://a.test/token", scopes: {} } } },
    },
  },
};

/** Starts an org and a service for notes at which an app of the company calls. */
async function appAtNotes(auth: object = {}) {
  const company = await startPracticeCompany();
  const { clientId, clientSecret } = company.apps.service;
  const api = await startApi(json(200, { id: "7" }));
  const settings = notesSettings(api.origin, {
    prefix: "",
    operations: [{ id: "getNote" }],
    auth: {
      kind: "client_credentials",
      issuer: `${company.origin}/oauth2/${HR_SERVER_ID}`,
      client_id: clientId,
      client_secret_file: "secret",
      scopes: ["hr.read"],
      audience: HR_AUDIENCE,
      ...auth,
    },
  });
  const apis = await loaded({ hr: settings }, { "notes.json": JSON.stringify(SECURED), secret: `${clientSecret}\n` });
  const connected = await connectApis(apis, { now: company.clock.now });
  const tokens = () => company.sandbox.requests.filter(({ path }) => path.endsWith("/v1/token")).length;
  const authorizations = () => api.arrived.map(({ headers }) => String(headers.authorization));
  return { ...company, api, ...connected, tokens, authorizations, clock: company.clock };
}

test("one token of the app serves all calls until it ends, and nothing of it is shown", async () => {
  const { get, tokens, authorizations, clock, logged } = await appAtNotes();
  await Promise.all([get("get_note", { id: "7" }), get("get_note", { id: "8" })]);
  const answer = await get("get_note", { id: "9" });
  expect(tokens()).toBe(1);
  expect(new Set(authorizations()).size).toBe(1);
  const [authorization = ""] = authorizations();
  expect(authorization).toMatch(/^Bearer eyJ/);
  expect(JSON.stringify([answer, logged])).not.toContain(authorization.slice("Bearer ".length));
  clock.advanceSeconds(3_600 - 20);
  await get("get_note", { id: "7" });
  expect(tokens()).toBe(2);
});

test("a token that the API refuses is got anew once", async () => {
  const { api, get, tokens } = await appAtNotes();
  let answered = 0;
  api.answerWith((request, response) => {
    answered += 1;
    json(answered === 1 ? 401 : 200, { id: "7" })(request, response);
  });
  expect(await get("get_note", { id: "7" })).toEqual({ id: "7" });
  expect(tokens()).toBe(2);
});

test("a token for another audience than the settings name is not sent", async () => {
  const { api, call } = await appAtNotes({ audience: "https://other.example" });
  const { error, text } = await call("get_note", { id: "7" });
  expect(error).toMatchObject({ code: "client_rejected", message: expect.stringContaining("https://other.example") });
  expect(text).not.toContain("eyJ");
  expect(api.arrived).toEqual([]);
});

test("an app that its authorization server refuses is an error in our words", async () => {
  const { api, call } = await appAtNotes({ client_id: "0oaUnknown" });
  expect((await call("get_note", { id: "7" })).error).toMatchObject({ code: "client_rejected" });
  expect(api.arrived).toEqual([]);
});

test("the tool says that it calls with the app's identity", async () => {
  const { client } = await appAtNotes();
  const { tools } = await client.listTools();
  const tool = tools.find(({ name }) => name === "get_note");
  expect(tool?.description).toContain("Calls with the app's identity, not the person's.");
});
