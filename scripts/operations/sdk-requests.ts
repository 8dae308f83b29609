import { createRequire } from "node:module";

/** The request that Okta's SDK would send for one operation. */
export interface SdkRequest {
  method: string;
  /** The path with its parameters unfilled, e.g. `/api/v1/groups/{groupId}`. */
  template: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** The caller's own value. */
  body: unknown;
  /** The marker in place of a body. */
  form: FormPart | undefined;
}

/** The one part of a form that the SDK fills for an upload. */
export interface FormPart {
  name: string;
  fileName: string;
  text: string;
}

/** The parts of the SDK's own request that are read here. */
interface SdkContext {
  getHttpMethod(): string;
  getUrl(): string;
  getHeaders(): Record<string, string>;
  getBody(): unknown;
}

/** A class of the SDK with an object of named parameters for each operation; a list answers with a collection, which holds its request. */
interface SdkApiClass {
  new (configuration: object): Record<string, (params: object) => Promise<{ request?: SdkContext } | undefined>>;
  prototype: object;
}

const sdk = createRequire(createRequire(import.meta.url).resolve("@okta/okta-sdk-nodejs/package.json"));
const { ObjectSerializer } = sdk("./src/generated/models/ObjectSerializer.js");
const { ServerConfiguration } = sdk("./src/generated/servers.js");
const { createConfiguration } = sdk("./src/generated/configuration.js");
const SdkForm = sdk("form-data");

// The SDK's models drop every field that they do not know, and its serializer knows fewer media types than its
// operations name. So a body goes past both as the caller gave it, with the first media type that is named.
ObjectSerializer.serialize = (value: unknown) => value;
ObjectSerializer.stringify = (value: unknown) => value;
ObjectSerializer.getPreferredMediaTypeAndEncoding = ([mediaType]: string[]) => [mediaType];

const classes = new Map<string, SdkApiClass>(
  Object.entries(sdk("./src/generated/types/ObjectParamAPI.js")).flatMap(([key, value]) => {
    const name = /^Object(\w+)Api$/.exec(key)?.[1];
    return name === undefined ? [] : [[name, value as SdkApiClass] as const];
  }),
);

/** Every operation of the SDK, by the SDK's name of its API (`Group`), in the SDK's order. */
export const SDK_OPERATIONS: ReadonlyMap<string, readonly string[]> = new Map(
  [...classes].map(([api, { prototype }]) => [
    api,
    Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor"),
  ]),
);

const server = new ServerConfiguration("https://acme.okta.com", {});

/** Ends an operation of the SDK at the moment when it would send. */
class WouldSend extends Error {}

/**
 * Runs an operation of the SDK as far as the request that it would send. Nothing is sent.
 * @throws the SDK's RequiredError, whose `field` names a parameter that is missing
 */
export async function sdkRequest(api: string, operation: string, params: object): Promise<SdkRequest> {
  let template = "";
  let request: SdkContext | undefined;
  const baseServer = {
    makeRequestContext(path: string, ...rest: unknown[]): SdkContext {
      template = path;
      return server.makeRequestContext(path, ...rest);
    },
  };
  const httpApi = {
    send(context: SdkContext): never {
      request = context;
      throw new WouldSend();
    },
  };
  const ApiClass = classes.get(api);
  if (ApiClass === undefined) throw new Error(`The SDK has no API ${api}.`);
  const sdkApi = new ApiClass(createConfiguration({ baseServer, httpApi }));
  try {
    const collection = await sdkApi[operation]?.(params);
    request ??= collection?.request;
  } catch (error) {
    if (!(error instanceof WouldSend)) throw error;
  }
  if (request === undefined) throw new Error(`The SDK makes no request of ${api}.${operation}.`);
  const body = request.getBody();
  const isForm = body instanceof SdkForm;
  return {
    method: request.getHttpMethod(),
    template,
    url: new URL(request.getUrl()),
    headers: request.getHeaders(),
    body: isForm ? undefined : body,
    form: isForm ? partOf(String((body as { getBuffer(): Buffer }).getBuffer())) : undefined,
  };
}

/** The part of a form as it is sent (RFC 7578); undefined for a form without one. */
function partOf(sent: string): FormPart | undefined {
  const [, name, fileName, text] = /^.*\r\n.*; name="(.*)"; filename="(.*)"\r\n.*\r\n\r\n(.*)\r\n/.exec(sent) ?? [];
  return name === undefined || fileName === undefined || text === undefined ? undefined : { name, fileName, text };
}
