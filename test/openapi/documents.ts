import { type ApiArguments, apiArguments } from "../../src/openapi/api-arguments.js";
import type { ApiDocument, ApiOperation } from "../../src/openapi/api-document.js";
import { ArgumentCheck } from "../../src/openapi/argument-check.js";
import { type EncodedRequest, encodeRequest } from "../../src/openapi/encode-request.js";
import { type DocumentSource, readDocument } from "../../src/openapi/read-document.js";

/** Reads a document that has to be readable. */
export async function documentOf(source: Omit<DocumentSource, "name">): Promise<ApiDocument> {
  const read = await readDocument({ name: "api.yaml", ...source });
  if ("problems" in read) throw new Error(read.problems.join("\n"));
  return read.document;
}

/** Reads the problems of a document that has to be refused. */
export async function problemsOf(source: Omit<DocumentSource, "name">): Promise<string[]> {
  const read = await readDocument({ name: "api.yaml", ...source });
  if ("document" in read) throw new Error("The document was read.");
  return read.problems;
}

/** An operation of a document, as a tool would use it. */
export interface Callable {
  document: ApiDocument;
  operation: ApiOperation;
  arguments: ApiArguments;
  /** The problems of arguments; none where they can be sent. */
  problems(values: Record<string, unknown>): Promise<string[]>;
  /** Checks and encodes arguments that have to be right. */
  request(values: Record<string, unknown>): Promise<EncodedRequest>;
  /** Why arguments that the check lets through cannot be encoded. */
  refusal(values: Record<string, unknown>): Promise<string[]>;
}

/** Names that mean something to every tool. */
export const RESERVED: ReadonlySet<string> = new Set(["fields", "dry_run", "confirmation", "body"]);

/** Makes an operation of a document callable. */
export function callable(document: ApiDocument, id: string): Callable {
  const operation = document.operations.find((one) => one.id === id);
  if (operation === undefined) throw new Error(`There is no ${id}: ${JSON.stringify(document.skipped)}`);
  const args = apiArguments(document, operation, { reserved: RESERVED });
  const check = new ArgumentCheck(document);
  const encode = async (given: Record<string, unknown>) => {
    const checked = await check.check(args.list, given);
    if ("problems" in checked) throw new Error(checked.problems.join("\n"));
    return encodeRequest(document, operation, args.list, checked.values);
  };
  return {
    document,
    operation,
    arguments: args,
    async problems(given) {
      const checked = await check.check(args.list, given);
      return "problems" in checked ? checked.problems : [];
    },
    async request(given) {
      const encoded = await encode(given);
      if ("problems" in encoded) throw new Error(encoded.problems.join("\n"));
      return encoded.request;
    },
    async refusal(given) {
      const encoded = await encode(given);
      return "problems" in encoded ? encoded.problems : [];
    },
  };
}

/** The parts of an operation that a test is about. */
export interface Sketch {
  version?: string;
  method?: string;
  path?: string;
  parameters?: object[];
  requestBody?: object;
  components?: object;
  /** Further fields of the operation. */
  operation?: object;
}

/** Reads a document with one operation. */
export async function sketched({
  version = "3.1.1",
  method = "post",
  path = "/things",
  parameters = [],
  requestBody,
  components = {},
  operation = {},
}: Sketch): Promise<Callable> {
  const text = JSON.stringify({
    openapi: version,
    info: { title: "Things", version: "1" },
    paths: { [path]: { [method]: { operationId: "call", parameters, requestBody, ...operation } } },
    components,
  });
  return callable(await documentOf({ text }), "call");
}

/** Reads a document whose one operation takes a body of JSON. */
export const withBody = (schema: object, more: Sketch = {}): Promise<Callable> =>
  sketched({ ...more, requestBody: { required: true, content: { "application/json": { schema } } } });

/** Checks a body of JSON by a schema. Returns the problems. */
export async function bodyProblems(
  schema: object,
  value: unknown,
  version = "3.1.0",
  components: object = {},
): Promise<string[]> {
  const { problems } = await withBody(schema, { version, components });
  return problems({ body: value });
}
