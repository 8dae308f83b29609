import type { RecordedOperation } from "../../src/okta/build-request.js";
import { type SdkRequest, sdkRequest } from "./sdk-requests.js";

/** A value that shows where it is sent, be it taken for a text, for JSON or for a file. */
class Marker extends String {
  readonly data: Buffer;
  readonly name: string;

  constructor(parameter: string) {
    super(`value-of-${parameter}`);
    this.name = this.valueOf();
    this.data = Buffer.from(this.name);
  }
}

/** The parameter whose marker was sent; undefined for any other value. */
function parameterOf(sent: unknown): string | undefined {
  return /^value-of-(\w+)$/.exec(String(sent))?.[1];
}

/**
 * Records one operation of the SDK: each parameter is given a marker, and the request shows where the marker goes.
 * @throws Error for an operation with a parameter that is not sent, or with an optional parameter in its path
 */
export async function recordSdk(api: string, operation: string): Promise<Omit<RecordedOperation, "scopes">> {
  const asked = new Set<string>();
  const get = (_: object, parameter: string) => {
    asked.add(parameter);
    return new Marker(parameter);
  };
  const sent = await sdkRequest(api, operation, new Proxy({}, { get }));
  const { method, template: path, url } = sent;
  const names: Record<string, string> = {};
  const parametersIn = (entries: Iterable<[name: string, value: unknown]>) =>
    [...entries].flatMap(([name, value]) => {
      const parameter = parameterOf(value);
      if (parameter === undefined) return [];
      if (parameter !== name) names[parameter] = name;
      return [parameter];
    });
  const ids = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const query = parametersIn(url.searchParams);
  const headers = parametersIn(Object.entries(sent.headers));
  const body = bodyOf(sent);
  const places = [...ids, ...query, ...headers, body.body, body.upload];
  const lost = [...asked].filter((name) => !places.includes(name));
  if (lost.length > 0) throw new Error(`${api}.${operation} does not send ${lost.join(", ")}.`);

  const required = await requiredOf(api, operation, [...asked]);
  const optional = ids.filter((name) => !required.includes(name));
  if (optional.length > 0) throw new Error(`${api}.${operation} does not need ${optional.join(", ")} of its path.`);
  return { method, path, required: required.filter((name) => !ids.includes(name)), query, headers, ...body, names };
}

function bodyOf({ body, form, headers }: SdkRequest): Pick<RecordedOperation, "body" | "upload" | "mediaType"> {
  if (form !== undefined) {
    const upload = parameterOf(form.text);
    if (upload !== form.name || form.fileName !== form.text) throw new Error(`The form part ${form.name} is no file.`);
    return { upload };
  }
  const parameter = parameterOf(body);
  if (parameter === undefined) return {};
  const mediaType = headers["Content-Type"];
  return mediaType === "application/json" ? { body: parameter } : { body: parameter, mediaType };
}

/** Those of an operation's parameters without which the SDK makes no request. */
async function requiredOf(api: string, operation: string, all: readonly string[]): Promise<string[]> {
  const required: string[] = [];
  for (const missing of all) {
    const others = all.filter((name) => name !== missing).map((name) => [name, new Marker(name)] as const);
    try {
      await sdkRequest(api, operation, Object.fromEntries(others));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "RequiredError") throw error;
      required.push(missing);
    }
  }
  return required;
}
