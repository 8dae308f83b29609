import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { documentedOperations, keyOf } from "../../scripts/operations/documented.js";
import { SDK_OPERATIONS, type SdkRequest, sdkRequest } from "../../scripts/operations/sdk-requests.js";
import { OPERATIONS_FILE, operationsText } from "../../scripts/record-operations.js";
import { buildRequest, OPERATIONS, type RecordedOperation, requestOf } from "../../src/okta/build-request.js";
import { createOperations } from "../../src/okta/operations.js";
import type { OktaRequest, Transport } from "../../src/okta/request.js";
import { ROOT } from "../support/cli.js";
import { judgedByOkta } from "../support/contract.js";
import { HOW_TO_GET_OPENAPI, openApiDir } from "../support/openapi-dir.js";
import { skipUnless } from "../support/programs.js";

const ROWS = Object.entries(OPERATIONS).flatMap(([api, operations]) =>
  Object.entries(operations).map(([name, recorded]) => ({ api, name, recorded })),
);

const FROM_SDK = ROWS.filter(({ api, name }) => SDK_OPERATIONS.get(api)?.includes(name));

function idsOf({ path }: RecordedOperation): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
}

/** A value for each parameter of an operation. The values have different types, and characters that need escapes. */
function argumentsOf(recorded: RecordedOperation): Record<string, unknown> {
  const { query = [], headers = [], body, upload } = recorded;
  const sorts = [(name: string) => `${name} & "ü"+=?/`, () => 0, () => false, () => ["a,b", "c d"], () => ""];
  return {
    ...Object.fromEntries(idsOf(recorded).map((name) => [name, `${name} @,:é`])),
    ...Object.fromEntries(query.map((name, index) => [name, sorts[index % sorts.length]?.(name)])),
    ...Object.fromEntries(headers.map((name) => [name, `W/"${name}"`])),
    ...(body && { [body]: { unknown: { deep: [null, { über: "ß" }] }, type: "NEW" } }),
    ...(upload && { [upload]: { data: Buffer.from("the bytes"), name: "a logo.png", contentType: "image/png" } }),
  };
}

/**
 * Sets of arguments: all; only the required ones; these with each optional one; all without each one, or with null for
 * it; and the required ones with one that is unknown.
 */
function choicesOf(recorded: RecordedOperation): Record<string, unknown>[] {
  const all = argumentsOf(recorded);
  const names = Object.keys(all);
  const needed = [...idsOf(recorded), ...(recorded.required ?? [])];
  const only = (kept: readonly string[]) => Object.fromEntries(kept.map((name) => [name, all[name]]));
  return [
    all,
    only(needed),
    { ...only(needed), nobodyKnows: "x" },
    {},
    ...names.filter((name) => !needed.includes(name)).map((name) => only([...needed, name])),
    ...names.map((name) => only(names.filter((other) => other !== name))),
    ...needed.map((name) => ({ ...all, [name]: null })),
  ];
}

/** A request of ours or of the SDK, in a form in which both can be compared. */
interface Said {
  method: string;
  template: string;
  path: string;
  query: string[][];
  headers: object;
  body: unknown;
}

function saidByUs({ method, template, path, query, headers = {}, body }: OktaRequest): Said {
  let said: unknown;
  if (body !== undefined && "part" in body) {
    said = { part: body.part, name: body.upload.name, text: String(body.upload.data) };
  } else if (body !== undefined) {
    const { contentType = "application/json" } = body;
    said = { value: "json" in body ? body.json : body.raw, contentType };
  }
  return { method, template, path, query: [...query], headers, body: said };
}

function saidBySdk({ method, template, url, headers, body, form }: SdkRequest, recorded: RecordedOperation): Said {
  const { Accept, "Content-Type": contentType, "Content-Transfer-Encoding": _, ...others } = headers;
  const isOfBody = recorded.body !== undefined || contentType === undefined;
  let said: unknown;
  if (form !== undefined) said = { part: form.name, name: form.fileName, text: form.text };
  else if (body !== undefined)
    said = { value: recorded.mediaType?.endsWith("+json") === false ? String(body) : body, contentType };
  return {
    method,
    template,
    path: url.pathname,
    query: [...url.searchParams],
    headers: isOfBody ? others : { ...others, "Content-Type": contentType },
    body: said,
  };
}

describe("the table of operations", () => {
  test("has all of the SDK's operations, and four that Okta documents besides", () => {
    expect([...SDK_OPERATIONS.values()].flat()).toHaveLength(815);
    expect(FROM_SDK).toHaveLength(815);
    const others = ROWS.filter((row) => !FROM_SDK.includes(row)).map(({ api, name }) => `${api}.${name}`);
    expect(others.sort()).toEqual([
      "BotProtection.getBotProtectionConfiguration",
      "BotProtection.updateBotProtectionConfiguration",
      "DirectoriesIntegration.getGroupAttributeQueryResult",
      "DirectoriesIntegration.submitGroupAttributeQuery",
    ]);
  });

  test("knows the parameters that the SDK knows, and six of queries that Okta documents besides", async () => {
    const others: string[] = [];
    for (const { api, name, recorded } of FROM_SDK) {
      const known = await knownToSdk(api, name, argumentsOf(recorded));
      const ours = Object.keys(argumentsOf(recorded));
      expect(ours, name).toEqual(expect.arrayContaining(known));
      others.push(...ours.filter((one) => !known.includes(one)).map((one) => `${name} ${one}`));
    }
    expect(others.sort()).toEqual(
      ["activeAppsOnly", "requestingAppId", "requestingAppName", "resourceAppId", "resourceAppName", "status"].map(
        (one) => `getAllCrossAppAccessConnections ${one}`,
      ),
    );
  });

  test("makes the SDK's request of each of its operations, with all arguments and with some", async () => {
    let compared = 0;
    let refused = 0;
    for (const { api, name, recorded } of FROM_SDK) {
      const needed = [...idsOf(recorded), ...(recorded.required ?? [])];
      const known = await knownToSdk(api, name, argumentsOf(recorded));
      for (const choice of choicesOf(recorded)) {
        const params = Object.fromEntries(Object.entries(choice).filter(([one]) => known.includes(one)));
        const about = `${api}.${name} ${JSON.stringify(params)}`;
        const theirs = await sdkRequest(api, name, { ...params, nobodyKnows: "x" }).catch((error: Error) => error);
        if (theirs instanceof Error) {
          expect(theirs.name, about).toBe("RequiredError");
          const missing = needed.filter((one) => (params[one] ?? null) === null).map((one) => `${name} needs ${one}.`);
          const thrown = expect.objectContaining({ code: "bad_input", message: expect.toBeOneOf(missing) });
          expect(() => requestOf(name, recorded, params), about).toThrow(thrown);
          refused += 1;
        } else {
          expect(saidByUs(requestOf(name, recorded, params)), about).toEqual(saidBySdk(theirs, recorded));
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(3000);
    expect(refused).toBeGreaterThan(2000);
  });

  test("hands on the caller's own body", () => {
    for (const { name, recorded } of ROWS) {
      const params = argumentsOf(recorded);
      const { body } = requestOf(name, recorded, params);
      if (recorded.upload) expect(body && "part" in body && body.upload).toBe(params[recorded.upload]);
      else if (body && "json" in body) expect(body.json).toBe(params[recorded.body ?? ""]);
      else expect(recorded.body === undefined || body).toBeTruthy();
    }
  });

  test("holds no sentence", () => {
    const texts = ROWS.flatMap(({ recorded }) => Object.values(recorded).flat()).map((one) => JSON.stringify(one));
    expect(texts.filter((text) => /\s/.test(text))).toEqual([]);
  });

  test("is what the SDK and Okta's document say (npm run operations rewrites it)", async (context) => {
    const dir = openApiDir();
    skipUnless(context, dir !== undefined, HOW_TO_GET_OPENAPI);
    expect(readFileSync(join(ROOT, OPERATIONS_FILE), "utf8") === (await operationsText(String(dir)))).toBe(true);
  });

  test("says of every operation what Okta's document says", (context) => {
    const dir = openApiDir();
    skipUnless(context, dir !== undefined, HOW_TO_GET_OPENAPI);
    const documented = documentedOperations(JSON.parse(readFileSync(join(String(dir), "management.json"), "utf8")));
    expect(documented).toHaveLength(732);
    for (const theirs of documented) {
      const rows = ROWS.filter(({ recorded }) => keyOf(recorded) === keyOf(theirs));
      expect(rows.length, keyOf(theirs)).toBeGreaterThan(0);
      for (const { recorded } of rows) {
        const { names = {}, body, upload, query = [], headers = [], required = [], mediaType, scopes } = recorded;
        const their = (all: readonly string[]) => all.map((one) => names[one] ?? one).sort();
        expect(scopes, keyOf(theirs)).toEqual(theirs.scopes);
        expect(their(query), keyOf(theirs)).toEqual([...theirs.query].sort());
        expect(their(headers), keyOf(theirs)).toEqual([...theirs.headers].sort());
        const isOfBody = (one: string) => one === body || one === upload || one === theirs.body;
        expect(their(required.filter((one) => !isOfBody(one)))).toEqual(
          theirs.required.filter((one) => !isOfBody(one)),
        );
        // In the document a form is optional even where its only part is required.
        expect(required.some(isOfBody), keyOf(theirs)).toBe(theirs.required.some(isOfBody) || upload !== undefined);
        const type = upload ? "multipart/form-data" : (mediaType ?? (body && "application/json"));
        expect(type === undefined ? [] : theirs.mediaTypes.filter((one) => one === type)).toHaveLength(
          Math.min(1, theirs.mediaTypes.length),
        );
      }
    }
  });
});

judgedByOkta("an operation in use", (api) => {
  test("has Okta's method, path, parameters and scopes", () => {
    expect(api.operations.length).toBeGreaterThan(100);
    for (const theirs of api.operations) {
      const key = keyOf({ method: theirs.method, path: theirs.template });
      const [row] = ROWS.filter(({ recorded }) => keyOf(recorded) === key);
      const { names = {}, query = [], required = [], headers = [], scopes } = row?.recorded ?? { scopes: undefined };
      expect(scopes, key).toEqual(theirs.scopes);
      const theirNames = (place: string, all = theirs.parameters) =>
        all.filter((one) => one.in === place).map((one) => one.name);
      expect([...query].sort(), key).toEqual(theirNames("query").sort());
      expect(headers.map((one) => names[one]).sort(), key).toEqual(theirNames("header").sort());
      const needed = theirNames(
        "query",
        theirs.parameters.filter((one) => one.required),
      );
      expect(required, key).toEqual(expect.arrayContaining(needed));
    }
  });
});

describe("an operation without a known scope", () => {
  const unknown = ROWS.filter(({ recorded }) => recorded.scopes.length === 0);

  test("is one that Okta's document lacks, or asks for no token of an app", () => {
    expect(unknown).toHaveLength(90);
    expect(unknown.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "getCurrentSession",
        "createManagedConnection",
        "getWellknownOrgMetadata",
        "uploadOrgLogo",
      ]),
    );
  });

  test("is not called, whatever it is given", async () => {
    const sent: OktaRequest[] = [];
    const transport: Transport = {
      send: async (request) => {
        sent.push(request);
        return { status: 200, headers: new Headers(), json: undefined };
      },
    };
    const okta = createOperations(transport) as unknown as {
      api(name: string): Record<string, (params: object) => Promise<unknown>>;
    };
    for (const { api, name, recorded } of unknown) {
      const message = `Okta documents no OAuth scope for ${name}, so it is not called.`;
      expect(() => buildRequest(api, name, argumentsOf(recorded))).toThrow(message);
      await expect(okta.api(api)[name]?.(argumentsOf(recorded))).rejects.toMatchObject({ code: "bad_input", message });
    }
    expect(sent).toEqual([]);
  });
});

/** The names of those parameters that the SDK reads. */
async function knownToSdk(api: string, operation: string, params: Record<string, unknown>): Promise<string[]> {
  const asked = new Set<string>();
  const get = (_: object, name: string) => {
    asked.add(name);
    return params[name];
  };
  await sdkRequest(api, operation, new Proxy({}, { get }));
  return [...asked];
}
