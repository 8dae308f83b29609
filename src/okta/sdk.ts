import { OktaMcpError } from "../errors/index.js";
import { fillPath } from "./path.js";
import type { OktaRequest, Upload } from "./request.js";
import { apiNames, loadApi } from "./sdk-modules.js";
import { type UntouchedBody, UploadForm } from "./sdk-stand-ins.js";

/** What a request factory is given to write into, in place of the SDK's request. */
class Recorder {
  readonly template: string;
  readonly method: string;
  readonly pathValues: Readonly<Record<string, string>>;
  readonly query = new URLSearchParams();
  readonly headers: Record<string, string> = {};
  body: unknown;

  constructor(template: string, method: string, pathValues: Readonly<Record<string, string>>) {
    this.template = template;
    this.method = method;
    this.pathValues = pathValues;
  }

  setQueryParam(name: string, value: unknown): void {
    if (value !== null) this.query.set(name, value instanceof Date ? value.toISOString() : String(value));
  }

  setHeaderParam(name: string, value: unknown): void {
    if (value !== undefined && value !== null) this.headers[name] = String(value);
  }

  setBody(body: unknown): void {
    this.body = body;
  }
}

type Factory = Readonly<Record<string, (...args: unknown[]) => Promise<Recorder>>>;

/** A class of the SDK with an object of named parameters for each operation. */
interface SdkApiClass {
  new (configuration: object): { api: { requestFactory: Factory } };
  prototype: Readonly<Record<string, (this: { api: object }, params: object) => Promise<Recorder>>>;
}

/** Headers that belong to the transport, since they follow from the body. */
const TRANSPORT_HEADERS = new Set(["Accept", "Content-Type", "Content-Transfer-Encoding"]);

/**
 * Every operation of the SDK, by API name (`Group`) in the SDK's order. Loads all of the SDK's APIs.
 */
export async function listOperations(): Promise<{ api: string; operations: string[] }[]> {
  return await Promise.all(
    apiNames.map(async (api) => {
      const names = Object.getOwnPropertyNames((await apiClass(api)).prototype);
      return { api, operations: names.filter((name) => name !== "constructor") };
    }),
  );
}

/**
 * The request of one SDK operation: method, path template, path, query, headers and the caller's
 * body untouched. Nothing is sent.
 * @throws OktaMcpError bad_input for an operation that the SDK does not have, a required parameter
 *   that is missing, or an id that would leave its path segment
 */
export async function buildRequest(api: string, operation: string, params: object): Promise<OktaRequest> {
  const recorded = await record(api, operation, withUploads(params));
  const { template, method, query } = recorded;
  const request: OktaRequest = { operation, method, template, path: fillPath(template, recorded.pathValues), query };
  const body = toBody(recorded.body);
  if (body !== undefined) request.body = body;
  // `listUsers` takes its `Content-Type` as a parameter, though it has no body.
  const headers = Object.entries(recorded.headers).filter(
    ([name]) => !TRANSPORT_HEADERS.has(name) || (name === "Content-Type" && method === "GET"),
  );
  if (headers.length > 0) request.headers = Object.fromEntries(headers);
  return request;
}

/** Loads these of the SDK's APIs ahead of their use. */
export async function loadApis(apis: readonly string[]): Promise<void> {
  await Promise.all(apis.map(apiClass));
}

async function apiClass(api: string): Promise<SdkApiClass> {
  if (!apiNames.includes(api)) throw new OktaMcpError("bad_input", `Okta's SDK has no API "${api}".`);
  return (await loadApi(api)) as SdkApiClass;
}

async function record(api: string, operation: string, params: object): Promise<Recorder> {
  const ApiClass = await apiClass(api);
  const unpack = Object.hasOwn(ApiClass.prototype, operation) ? ApiClass.prototype[operation] : undefined;
  if (unpack === undefined || operation === "constructor") {
    throw new OktaMcpError("bad_input", `Okta's SDK has no operation "${operation}" in its API "${api}".`);
  }
  const { requestFactory } = new ApiClass({ baseServer: { makeRequestContext }, authMethods: {} }).api;
  // The class unpacks named parameters into the positions that the factory takes, and would send
  // what comes back: it is handed the factory itself instead of the layer that sends.
  const unsent = new Proxy(requestFactory, {
    get: (factory, name) => {
      const build = factory[String(name)];
      return (...args: unknown[]) => ({ toPromise: () => build?.apply(factory, args) });
    },
  });
  try {
    return await unpack.call({ api: unsent }, params);
  } catch (error) {
    if (error instanceof Error && error.name === "RequiredError" && "field" in error) {
      throw new OktaMcpError("bad_input", `${operation} needs ${String(error.field)}.`, { cause: error });
    }
    throw error;
  }
}

function makeRequestContext(template: string, method: string, pathValues: Record<string, string> = {}): Recorder {
  return new Recorder(template, method, pathValues);
}

function isUpload(value: unknown): value is Upload {
  return typeof value === "object" && value !== null && "data" in value && value.data instanceof Uint8Array;
}

/** A factory appends `file.data` to its form; made to point to the file itself, its type is not lost. */
function withUploads(params: object): object {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, isUpload(value) ? { data: value, name: value.name } : value]),
  );
}

function toBody(body: unknown): OktaRequest["body"] {
  if (body === undefined) return undefined;
  if (body instanceof UploadForm) {
    if (body.parts.length > 1) throw new OktaMcpError("bug", "The SDK sends more than one part in one upload.");
    return body.parts[0];
  }
  if (!isUntouched(body)) throw new OktaMcpError("bug", "The SDK's own serializer is in place and would lose fields.");
  const { untouched, mediaType } = body;
  if (untouched === undefined) return undefined;
  if (mediaType === "application/json") return { json: untouched };
  if (mediaType.endsWith("+json")) return { json: untouched, contentType: mediaType };
  const file = typeof untouched === "object" && untouched !== null && "data" in untouched ? untouched.data : undefined;
  if (isUpload(file)) return { raw: file.data, contentType: file.contentType };
  return { raw: String(untouched), contentType: mediaType };
}

function isUntouched(body: unknown): body is UntouchedBody {
  return typeof body === "object" && body !== null && "untouched" in body && "mediaType" in body;
}
