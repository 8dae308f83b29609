import type { Collection } from "@okta/okta-sdk-nodejs/src/types/collection.js";
import type * as objectApi from "@okta/okta-sdk-nodejs/src/types/generated/types/ObjectParamAPI.js";
import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import type { CallOptions, OktaRequest, Transport, Upload } from "./request.js";
import { loadCall } from "./transport.js";

type SdkApis = typeof objectApi;

type SdkApiName = keyof SdkApis extends infer Key ? (Key extends `Object${infer Name}Api` ? Name : never) : never;

/** The name of an API, e.g. `Group`, `UserFactor`: the SDK's, or the document's where the SDK lacks it. */
export type ApiName = SdkApiName | keyof DocumentedAlone;

/**
 * A parameter's type for callers, where the SDK wants a value of type `Value`. Okta knows more fields, types and
 * enumerated values than the SDK. So a body is plain JSON and an enumeration any string. The names of parameters and
 * which of them are required stay checked.
 */
type Plain<Value> = Value extends string
  ? string
  : Value extends number | boolean
    ? Value
    : Value extends Date
      ? string
      : Value extends { data: Uint8Array; name: string }
        ? Upload
        : Value extends readonly string[]
          ? readonly string[]
          : Value extends readonly unknown[]
            ? readonly unknown[]
            : { readonly [key: string]: unknown };

type Params<SdkParams> = { [Name in keyof SdkParams]: Plain<NonNullable<SdkParams[Name]>> };

/** One page of a list. `next` is Okta's cursor of the page after it, undefined on the last. */
export interface Page {
  items: Json[];
  next: string | undefined;
}

/** One operation. It answers with the JSON as it came from Okta, undefined where Okta sent none. */
export type Operation<SdkParams> = (params: Params<SdkParams>, options?: CallOptions) => Promise<Json | undefined>;

/** A cursor for lists that Okta pages although the SDK knows no cursor, e.g. the rules of a policy. */
interface Cursor {
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

/** An operation that answers with a list, page by page. */
export interface ListOperation<SdkParams> extends Operation<SdkParams> {
  page(params: Params<SdkParams> & Cursor, options?: CallOptions): Promise<Page>;
}

type FromSdk<Method> = Method extends (params: infer SdkParams, options?: infer _) => Promise<infer Result>
  ? Result extends Collection<infer _>
    ? ListOperation<SdkParams>
    : Operation<SdkParams>
  : never;

/** The operations that Okta documents and the SDK lacks. */
interface DocumentedAlone {
  BotProtection: {
    getBotProtectionConfiguration: Operation<object>;
    updateBotProtectionConfiguration: Operation<{ botProtectionConfiguration: object }>;
  };
  DirectoriesIntegration: {
    submitGroupAttributeQuery: Operation<{ appInstanceId: string; groupId: string; body: object }>;
    getGroupAttributeQueryResult: Operation<{ appInstanceId: string; groupId: string; resultId: string }>;
  };
}

type SdkApi<Name extends SdkApiName> = {
  readonly [Method in keyof InstanceType<SdkApis[`Object${Name}Api`]>]: FromSdk<
    InstanceType<SdkApis[`Object${Name}Api`]>[Method]
  >;
};

/** The operations of one API, by the SDK's names. */
export type Api<Name extends ApiName> = (Name extends SdkApiName ? SdkApi<Name> : unknown) &
  (Name extends keyof DocumentedAlone ? Readonly<DocumentedAlone[Name]> : unknown);

/** The APIs with a name here, and their names in the SDK. `api` reaches all others. */
const AREAS = {
  users: "User",
  groups: "Group",
  applications: "Application",
  policies: "Policy",
  deviceAssurance: "DeviceAssurance",
  systemLog: "SystemLog",
  schemas: "Schema",
  customization: "Customization",
  customDomains: "CustomDomain",
  emailDomains: "EmailDomain",
} as const satisfies Record<string, ApiName>;

/** Okta's operations, typed by the SDK and bound to a transport. */
export type Operations = { readonly [Area in keyof typeof AREAS]: Api<(typeof AREAS)[Area]> } & {
  /** Any of Okta's APIs by its name. */
  api<Name extends ApiName>(name: Name): Api<Name>;
};

/**
 * Makes Okta's operations on a transport; `defaults` go with every call that brings no own option.
 * Costs next to nothing: the table of operations is loaded by the first call, or ahead of it by `preload`.
 *
 * Operations throw what `Transport.send` throws, and what `buildRequest` throws before anything is sent.
 */
export function createOperations(transport: Transport, defaults: CallOptions = {}): Operations {
  const api = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, operation) => {
          // A promise that resolves to this object asks it for `then`.
          if (typeof operation !== "string" || operation === "then") return undefined;
          return bind(transport, defaults, name, operation);
        },
      },
    );
  const areas = Object.fromEntries(Object.entries(AREAS).map(([area, name]) => [area, api(name)]));
  return { ...areas, api } as unknown as Operations;
}

/** Loads ahead of the first call what it needs: the table of operations, what sends them, and what tells of Okta's refusals. */
export async function preload(): Promise<void> {
  await Promise.all([
    import("./build-request.js"),
    import("../net/http-client.js"),
    import("./from-okta.js"),
    loadCall(),
  ]);
  // The first use makes Node.js load its whole `fetch`.
  new Headers();
}

function bind(transport: Transport, defaults: CallOptions, api: string, operation: string) {
  const build = async (params: object): Promise<OktaRequest> => {
    const { buildRequest } = await import("./build-request.js");
    return buildRequest(api, operation, params);
  };
  const send = async (request: OktaRequest, options?: CallOptions) => {
    const given = { ...defaults, ...options };
    await given.beforeSend?.(request);
    const answer = await transport.send(request, given);
    given.onAnswer?.(answer, request);
    return answer;
  };
  const call = async (params: object, options?: CallOptions) => (await send(await build(params), options)).json;
  const page = async (params: object & Cursor, options?: CallOptions): Promise<Page> => {
    const request: OktaRequest = { ...(await build(params)), wantsList: true };
    if (params.after !== undefined) request.query.set("after", params.after);
    const { json, next } = await send(request, options);
    if (json !== undefined && !Array.isArray(json)) {
      throw new OktaMcpError("okta_down", `Okta answered ${request.method} ${request.template} with no list.`);
    }
    return { items: json ?? [], next };
  };
  return Object.assign(call, { page });
}
