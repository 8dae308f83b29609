import { expect, test } from "vitest";
import { connect } from "../support/client.js";
import { judgedByOkta } from "../support/contract.js";
import type { Example, OpenApi, Operation } from "../support/openapi.js";
import { argumentsFor, EXCHANGES, type Exchange, type JsonObject } from "./exchanges.js";

/** How many examples the documents of release 2026.06.3 have for these tools; fewer would prove less. */
const AT_LEAST = { requests: 136, answers: 280, errors: 164 };

/** Everything that results hide of all these examples. */
const MASKED = ["credentials.oauthClient.client_secret"];

/** Bodies without a type, which tools refuse: Okta's own client library would send nothing of them. */
const WITHOUT_TYPE: readonly string[] = [
  "CreateAuthPolicyRule2FAEnablePostAuthKmsi",
  "EnableIdProofingForOamp",
  "UpdateAuthPolicyRule2FAEnablePostAuthKmsi",
];

const masked = new Set<string>();

/** A client of an org in which everything is answered with nothing, but for the operation it was last told. */
async function connectTo(api: OpenApi) {
  const { call, get, sandbox } = await connect({ confirmMode: "never", maxResultChars: 10_000_000 });
  return {
    answerWith({ method, template }: Operation, json: unknown, status = 200) {
      sandbox.clearFaults();
      sandbox.next(method, template, { status, json, times: 1000 });
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

/** Where an example's value is not in a result: the dotted paths. Masked values are noted and count as there. */
function lost(example: unknown, result: unknown, links: boolean, path: readonly string[] = []): string[] {
  const here = path.join(".");
  if (Array.isArray(example)) {
    if (!Array.isArray(result) || result.length !== example.length) return [here];
    return example.flatMap((item, index) => lost(item, result[index], links, [...path, String(index)]));
  }
  if (typeof example === "object" && example !== null) {
    if (typeof result !== "object" || result === null || Array.isArray(result)) return [here];
    return Object.entries(example).flatMap(([key, value]) => {
      if (key === "_links" && !links) return [];
      return lost(value, (result as JsonObject)[key], links, [...path, key]);
    });
  }
  if (result === "[masked]" && (typeof example === "string" || typeof example === "number")) {
    masked.add(path.filter((key) => !/^\d+$/.test(key)).join("."));
    return [];
  }
  return Object.is(example, result) ? [] : [here];
}

judgedByOkta("the examples of Okta's document", (api) => {
  const known = Object.keys(EXCHANGES).map((operationId) => {
    const operation = api.byId(operationId);
    if (!operation) throw new Error(`The document has no operation ${operationId}.`);
    return operation;
  });

  test("every request example goes through its tool and arrives unchanged", async () => {
    const { answerWith, send, sent } = await connectTo(api);
    let checked = 0;
    for (const operation of known) {
      for (const { name, value } of operation.examples.request) {
        const body = WITHOUT_TYPE.includes(name) ? { type: "ACCESS_POLICY", ...(value as JsonObject) } : value;
        answerWith(operation, {});
        const { error } = await send(operation, body);
        expect
          .soft({ error, body: sent(operation) }, `${operation.operationId}: ${name}`)
          .toEqual({ error: undefined, body });
        checked += 1;
      }
    }
    console.log(`${checked} request examples went through the tools.`);
    expect(checked).toBeGreaterThanOrEqual(AT_LEAST.requests);
  });

  test("every answer example comes back whole, but for links and secrets", async () => {
    const { answerWith, read } = await connectTo(api);
    let checked = 0;
    for (const operation of known) {
      const isSchema = operation.operationId === "getUserSchema";
      for (const { name, value, status } of answersOf(operation)) {
        const label = `${operation.operationId}: ${name}`;
        answerWith(operation, value, status);
        const missing = lost(value, await read(operation), false);
        // The tool lists the attributes of a schema, and nothing that stands around them.
        const attributes = missing.filter((at) => /^definitions\.(base|custom)\.properties/.test(at));
        expect.soft(isSchema ? attributes : missing, label).toEqual([]);
        if (operation.method === "GET" && !isSchema) {
          const withLinks = await read(operation, { include_links: true });
          expect.soft(lost(value, withLinks, true), `${label}, with links`).toEqual([]);
        }
        checked += 1;
      }
    }
    console.log(`${checked} answer examples came back through the tools.`);
    expect(checked).toBeGreaterThanOrEqual(AT_LEAST.answers);
    expect([...masked].sort()).toEqual(MASKED);
  });

  test("every error example arrives in Okta's words", async () => {
    const { answerWith, tryOut } = await connectTo(api);
    let checked = 0;
    for (const operation of known) {
      for (const { name, value, status } of operation.examples.response) {
        const { errorSummary } = value as { errorSummary?: string };
        if (isSuccess({ name, value, status }) || errorSummary === undefined) continue;
        answerWith(operation, value, status);
        const { isError, text } = await tryOut(operation);
        const label = `${operation.operationId}: ${name}`;
        expect.soft(isError, label).toBe(true);
        // A rate limit is waited for and then told in words of ours.
        if (status !== 429) expect.soft(text, label).toContain(errorSummary.replaceAll('"', "'"));
        checked += 1;
      }
    }
    console.log(`${checked} error examples arrived through the tools.`);
    expect(checked).toBeGreaterThanOrEqual(AT_LEAST.errors);
  });

  test("a rule without a type is refused, in Okta's examples too", async () => {
    const { send } = await connectTo(api);
    for (const operation of known) {
      const untyped = operation.examples.request.filter(({ name }) => WITHOUT_TYPE.includes(name));
      for (const { name, value } of untyped) {
        expect(value, name).not.toHaveProperty("type");
        expect((await send(operation, value)).text, name).toMatch(/\btype\b.*ACCESS_POLICY/s);
      }
    }
  });
});
