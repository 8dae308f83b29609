import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { besideOktasDocument } from "../support/contract.js";
import type { Example, OpenApi, Operation } from "../support/openapi.js";
import { argumentsFor, EXCHANGES, type Exchange, type JsonObject, READ_FOR_A_QUESTION } from "./exchanges.js";
import { type Connect, withEveryServer } from "./servers.js";

/** The number of examples for these tools in the documents of release 2026.06.3. Fewer examples would prove less. */
const AT_LEAST = { requests: 136, answers: 280, errors: 164 };

/** The paths of all values in these examples that results mask. */
const MASKED = ["credentials.oauthClient.client_secret"];

/**
 * Rules without a type, which the tool takes from the policy. Okta's own client library sends an empty body for them.
 */
const WITHOUT_TYPE: readonly string[] = [
  "CreateAuthPolicyRule2FAEnablePostAuthKmsi",
  "EnableIdProofingForOamp",
  "UpdateAuthPolicyRule2FAEnablePostAuthKmsi",
];

/** A faulty example of Okta's: each value is a text that ends with a comma, so status and priority are invalid. */
const BROKEN = "UpdateAllowedIdentifiersInUserProfilePolicy";

/** A client of an org that answers with an empty list to all but the operation of the last `answerWith`. */
async function orgOf(connect: Connect, api: OpenApi) {
  const { call, get, sandbox } = await connect();
  return {
    answerWith({ method, template }: Operation, json: unknown, status = 200) {
      sandbox.clearFaults();
      sandbox.next(method, template, { status, json, times: 1000 });
      const policy = { id: "policy_id-1", type: "ACCESS_POLICY", name: "Policy" };
      sandbox.next("GET", "/api/v1/policies/{policyId}", { status: 200, json: policy, times: 1000 });
      sandbox.next("*", /^\/api\/v1\//, { status: 200, json: [], times: 1000 });
    },
    /** Calls the tool so that it sends this body, and returns the outcome. */
    send(operation: Operation, body: unknown) {
      const exchange = exchangeOf(operation);
      return call(exchange.tool, argumentsFor(exchange, body as JsonObject));
    },
    /** Calls the tool with a body that it can send, and returns the outcome. */
    tryOut(operation: Operation) {
      const exchange = exchangeOf(operation);
      return call(exchange.tool, argumentsFor(exchange, ownBody(operation)));
    },
    /** Makes such a call, which has to succeed, and returns Okta's answer from its result. */
    async read(operation: Operation, more: JsonObject = {}): Promise<unknown> {
      const exchange = exchangeOf(operation);
      const result = await get(exchange.tool, { ...argumentsFor(exchange, ownBody(operation)), ...more });
      if (exchange.answer) return exchange.answer(result);
      return "items" in result ? result.items : result;
    },
    /** The body of the last request to the operation. */
    sent({ operationId }: Operation) {
      const last = sandbox.requests.findLast(
        ({ method, path }) => api.byPath(method, new URL(path, sandbox.origin).pathname)?.operationId === operationId,
      );
      return JSON.parse(last?.body ?? "null");
    },
  };
}

function exchangeOf({ operationId }: Operation): Exchange {
  const exchange = EXCHANGES[operationId];
  if (!exchange) throw new Error(`${operationId} has no exchange.`);
  return exchange;
}

function ownBody(operation: Operation): JsonObject | undefined {
  return exchangeOf(operation).body ?? (operation.examples.request[0]?.value as JsonObject | undefined);
}

const isSuccess = ({ status = 0 }: Example) => status >= 200 && status < 300;

/** The examples of an operation's successful answers. An example with one item of a list becomes a list. */
function answersOf({ operationId, examples }: Operation): Example[] {
  const isList = operationId.startsWith("list");
  return examples.response
    .filter(isSuccess)
    .map((example) => (isList && !Array.isArray(example.value) ? { ...example, value: [example.value] } : example));
}

/** The examples of an operation's errors that have a message. */
function errorsOf({ examples }: Operation): Example[] {
  return examples.response.filter(
    (example) => !isSuccess(example) && (example.value as { errorSummary?: string }).errorSummary !== undefined,
  );
}

/**
 * The dotted paths of an example's values that are missing in a result. Masked values count as present and are added to
 * `masked`; values of `_links` count only with `links`.
 */
function lost(
  example: unknown,
  result: unknown,
  how: { masked: Set<string>; links?: true },
  path: readonly string[] = [],
): string[] {
  const here = path.join(".");
  if (Array.isArray(example)) {
    if (!Array.isArray(result) || result.length !== example.length) return [here];
    return example.flatMap((item, index) => lost(item, result[index], how, [...path, String(index)]));
  }
  if (typeof example === "object" && example !== null) {
    if (typeof result !== "object" || result === null || Array.isArray(result)) return [here];
    return Object.entries(example).flatMap(([key, value]) => {
      if (key === "_links" && !how.links) return [];
      return lost(value, (result as JsonObject)[key], how, [...path, key]);
    });
  }
  if (result === "[masked]" && (typeof example === "string" || typeof example === "number")) {
    how.masked.add(path.filter((key) => !/^\d+$/.test(key)).join("."));
    return [];
  }
  return Object.is(example, result) ? [] : [here];
}

besideOktasDocument("the examples of Okta's document", (api) => {
  const operations = Object.keys(EXCHANGES).map((operationId) => {
    const operation = api.byId(operationId);
    if (!operation) throw new Error(`The document has no operation ${operationId}.`);
    return operation;
  });
  const labelled = (operation: Operation, example: Example) => ({
    ...example,
    operation,
    label: `${operation.operationId}: ${example.name}`,
  });
  const requests = operations.flatMap((one) => one.examples.request.map((example) => labelled(one, example)));
  const answers = operations.flatMap((one) => answersOf(one).map((example) => labelled(one, example)));
  const errors = operations.flatMap((one) => errorsOf(one).map((example) => labelled(one, example)));

  test("are as many as are known", () => {
    const found = { requests: requests.length, answers: answers.length, errors: errors.length };
    console.log(`${found.requests} requests, ${found.answers} answers and ${found.errors} errors of Okta's document.`);
    for (const kind of ["requests", "answers", "errors"] as const) {
      expect(found[kind], kind).toBeGreaterThanOrEqual(AT_LEAST[kind]);
    }
  });

  test("are of every operation that tools use and that has any", () => {
    const requestsOf: Record<string, string[]> = JSON.parse(
      readFileSync(new URL("../__snapshots__/requests.json", import.meta.url), "utf8"),
    );
    const used = new Set(Object.values(requestsOf).flat());
    const withExamples = api.operations.filter(
      ({ method, template, examples }) =>
        used.has(`${method} ${template}`) &&
        [...examples.request, ...examples.response].some(({ status = 200 }) => status < 300),
    );
    const ids = withExamples.map(({ operationId }) => operationId).sort();
    expect([...Object.keys(EXCHANGES), ...Object.keys(READ_FOR_A_QUESTION)].sort()).toEqual(ids);
  });

  withEveryServer((connect) => {
    test("every request example goes through its tool and arrives unchanged", async () => {
      const { answerWith, send, sent } = await orgOf(connect, api);
      for (const { operation, name, value, label } of requests) {
        const body = WITHOUT_TYPE.includes(name) ? { type: "ACCESS_POLICY", ...(value as JsonObject) } : value;
        answerWith(operation, {});
        const { error } = await send(operation, body);
        if (label.endsWith(BROKEN)) {
          expect.soft(error, label).toMatchObject({ code: "bad_input" });
          continue;
        }
        expect.soft({ error, body: sent(operation) }, label).toEqual({ error: undefined, body });
      }
    });

    test("every answer example comes back whole, but for links and secrets", async () => {
      const { answerWith, read } = await orgOf(connect, api);
      const masked = new Set<string>();
      for (const { operation, value, status, label } of answers) {
        const isSchema = operation.operationId === "getUserSchema";
        answerWith(operation, value, status);
        const missing = lost(value, await read(operation), { masked });
        // The tool returns only the attributes of a schema.
        const attributes = missing.filter((at) => /^definitions\.(base|custom)\.properties/.test(at));
        expect.soft(isSchema ? attributes : missing, label).toEqual([]);
        if (operation.method === "GET" && !isSchema) {
          const withLinks = await read(operation, { include_links: true });
          expect.soft(lost(value, withLinks, { masked, links: true }), `${label}, with links`).toEqual([]);
        }
      }
      expect([...masked].sort()).toEqual(MASKED);
    });

    test("every error example arrives in Okta's words", async () => {
      const { answerWith, tryOut } = await orgOf(connect, api);
      for (const { operation, value, status, label } of errors) {
        answerWith(operation, value, status);
        const { isError, text } = await tryOut(operation);
        expect.soft(isError, label).toBe(true);
        const { errorSummary } = value as { errorSummary: string };
        // The server waits for a rate limit, and then describes it in its own words.
        if (status !== 429) expect.soft(text, label).toContain(errorSummary.replaceAll('"', "'"));
      }
    });

    test("a rule without a type is sent with that of its policy, in Okta's examples too", async () => {
      const { answerWith, send, sent } = await orgOf(connect, api);
      for (const { operation, name, value } of requests.filter((one) => WITHOUT_TYPE.includes(one.name))) {
        expect(value, name).not.toHaveProperty("type");
        answerWith(operation, {});
        const { error } = await send(operation, value);
        const body = { ...(value as JsonObject), type: "ACCESS_POLICY" };
        expect.soft({ error, body: sent(operation) }, name).toEqual({ error: undefined, body });
      }
    });
  });
});
