import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { besideOktasDocument } from "../support/contract.js";
import type { Example, OpenApi, Operation } from "../support/openapi.js";
import { argumentsFor, EXCHANGES, type Exchange, type JsonObject, READ_FOR_A_QUESTION } from "./exchanges.js";
import { type Connect, withEveryServer } from "./servers.js";

/** How many examples the documents of release 2026.06.3 have for these tools; fewer would prove less. */
const AT_LEAST = { requests: 136, answers: 280, errors: 164 };

/** Everything that results hide of all these examples. */
const MASKED = ["credentials.oauthClient.client_secret"];

/** Bodies without a type, which is that of the policy: Okta's own client library would send nothing of them. */
const WITHOUT_TYPE: readonly string[] = [
  "CreateAuthPolicyRule2FAEnablePostAuthKmsi",
  "EnableIdProofingForOamp",
  "UpdateAuthPolicyRule2FAEnablePostAuthKmsi",
];

/** An example of Okta's in which every value is a text with a comma behind: neither its status nor its priority is one. */
const BROKEN = "UpdateAllowedIdentifiersInUserProfilePolicy";

/** A client of an org in which everything is answered with nothing, but for the operation it was last told. */
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
    /** Calls the tool so that it sends this body; how the call ended. */
    send(operation: Operation, body: unknown) {
      const exchange = exchangeOf(operation);
      return call(exchange.tool, argumentsFor(exchange, body as JsonObject));
    },
    /** Calls the tool with a body of its own; how the call ended. */
    tryOut(operation: Operation) {
      const exchange = exchangeOf(operation);
      return call(exchange.tool, argumentsFor(exchange, ownBody(operation)));
    },
    /** The same for a call that succeeds; Okta's answer in its result. */
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

/** The examples of an operation's successes; some of lists show a single item. */
function answersOf({ operationId, examples }: Operation): Example[] {
  const isList = operationId.startsWith("list");
  return examples.response
    .filter(isSuccess)
    .map((example) => (isList && !Array.isArray(example.value) ? { ...example, value: [example.value] } : example));
}

/** The examples of an operation's failures that tell in words what failed. */
function errorsOf({ examples }: Operation): Example[] {
  return examples.response.filter(
    (example) => !isSuccess(example) && (example.value as { errorSummary?: string }).errorSummary !== undefined,
  );
}

/**
 * Where an example's value is not in a result: the dotted paths. What is masked counts as there and
 * is noted; what `_links` hold counts with `links` alone.
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
        // The tool lists the attributes of a schema, and nothing that stands around them.
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
        // A rate limit is waited for and then told in words of ours.
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
