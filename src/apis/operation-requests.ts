import { OktaMcpError } from "../errors/index.js";
import { isObject, type Json } from "../json/json.js";
import { type ApiArgument, apiArguments } from "../openapi/api-arguments.js";
import type { ApiDocument, ApiOperation } from "../openapi/api-document.js";
import type { ApiCalls, ApiRequest } from "../openapi/api-request.js";
import type { ArgumentCheck } from "../openapi/argument-check.js";
import { encodeRequest } from "../openapi/encode-request.js";
import { plainSchema } from "../openapi/plain-schema.js";
import type { PlainSchema } from "../openapi/schema-types.js";
import { secretValues } from "../openapi/secret-values.js";
import { visibleStart } from "../text/quote.js";
import type { Arguments } from "../tool.js";
import type { ApiAuth } from "./api-auth.js";
import { type BoundArgument, boundArguments, boundValues } from "./bound-arguments.js";
import { type Choice, effectOf } from "./choose-operations.js";

/** Arguments that the engine has for every tool. */
const RESERVED: ReadonlySet<string> = new Set([
  "allow_removals",
  "confirmation",
  "count_only",
  "dry_run",
  "fields",
  "include_links",
]);

export interface OperationRequestsOptions extends Choice {
  /** The API's name in the settings. */
  api: string;
  auth: ApiAuth;
  bind: Readonly<Record<string, readonly string[]>>;
  document: ApiDocument;
  check: ArgumentCheck;
}

/** Makes the requests of one operation: from the arguments that a caller gives, and from what is known of the caller. */
export class OperationRequests {
  /** The arguments that a caller may give. */
  readonly given: readonly ApiArgument[];
  readonly bound: readonly BoundArgument[];
  /** What is not understood of the schemas, one sentence each. */
  readonly notes: readonly string[];
  readonly #all: readonly ApiArgument[];
  readonly #options: OperationRequestsOptions;
  readonly #plain = new Map<ApiArgument, PlainSchema>();

  constructor(options: OperationRequestsOptions) {
    const { document, operation, auth, bind } = options;
    const { list, notes } = apiArguments(document, operation, { reserved: RESERVED });
    this.#options = options;
    this.notes = notes;
    // The key of the API stands in for its parameter.
    this.#all = list.filter((argument) => !carriesKey(argument, auth));
    this.bound = boundArguments(this.#all, bind);
    this.given = this.#all.filter((argument) => !this.bound.some((one) => one.argument === argument));
  }

  /** True where sending a request changes nothing. */
  get reads(): boolean {
    return effectOf(this.#options) === "reads";
  }

  get operation(): ApiOperation {
    return this.#options.operation;
  }

  /**
   * Checks the arguments that a caller gave, whole.
   * @returns them in the form in which they are sent
   * @throws OktaMcpError bad_input, which names every mistake
   */
  async understood(tool: string, args: Arguments): Promise<Record<string, Json>> {
    const checked = await this.#options.check.check(this.given, args);
    if ("problems" in checked) throw unfit(tool, checked.problems);
    return { ...checked.values };
  }

  /** The texts among the arguments of a caller that their schemas call secret. */
  secretsIn(args: Arguments): string[] {
    const { references } = this.#options.document;
    return this.given.flatMap((argument) => {
      const value = args[argument.name] as Json | undefined;
      if (value === undefined || argument.located === undefined) return [];
      const plain = this.#plain.get(argument) ?? plainSchema(argument.located, references);
      this.#plain.set(argument, plain);
      return secretValues(plain, value);
    });
  }

  /** The whole arguments of a call, with those that are bound to the caller. @throws OktaMcpError forbidden */
  async complete(args: Arguments, apis: ApiCalls): Promise<Record<string, Json>> {
    const values = { ...args } as Record<string, Json>;
    if (this.bound.length === 0) return values;
    const { api, check } = this.#options;
    const own = boundValues(this.bound, await apis.claims(api), api);
    const checked = await check.check(
      this.bound.map(({ argument }) => argument),
      own,
    );
    if ("problems" in checked) throw unfitClaims(api, this.bound, checked.problems);
    return { ...values, ...checked.values };
  }

  /** The request for whole arguments. @throws OktaMcpError bad_input for a value that cannot be sent */
  async request(tool: string, values: Readonly<Record<string, Json>>): Promise<ApiRequest> {
    const { api, auth, document, operation, access } = this.#options;
    const isWrite = !this.reads;
    const encoded = await encodeRequest(document, operation, this.#all, values);
    if ("problems" in encoded) throw unfit(tool, encoded.problems);
    if (auth.kind === "api_key" && auth.in === "query" && new URLSearchParams(encoded.request.query).has(auth.name)) {
      throw unfit(tool, [`${visibleStart(auth.name)} is the key of the API, which no argument can stand in for.`]);
    }
    return { api, method: operation.method, template: operation.path, access, isWrite, ...encoded.request };
  }

  /**
   * The request that reads what stands at the path of another operation's call; undefined where this operation needs
   * more than that call has.
   */
  async readingFor(
    tool: string,
    other: OperationRequests,
    values: Readonly<Record<string, Json>>,
  ): Promise<ApiRequest | undefined> {
    const own: Record<string, Json> = {};
    for (const { name, place, parameter, isRequired } of this.#all) {
      const same = other.#all.find((argument) => argument.place === place && argument.parameter === parameter);
      const value = same === undefined || place !== "path" ? undefined : values[same.name];
      if (value !== undefined) own[name] = value;
      else if (isRequired) return undefined;
    }
    return this.request(tool, own);
  }
}

function carriesKey({ place, parameter }: ApiArgument, auth: ApiAuth): boolean {
  if (auth.kind !== "api_key" || place !== auth.in) return false;
  return place === "header" ? parameter.toLowerCase() === auth.name.toLowerCase() : parameter === auth.name;
}

/** The error for a claim that the document does not allow as the value of the argument that is bound to it. */
function unfitClaims(api: string, bound: readonly BoundArgument[], problems: readonly string[]): OktaMcpError {
  const names = [...new Set(bound.flatMap(({ claims }) => claims))];
  return new OktaMcpError(
    "forbidden",
    `What the caller's token says does not fit the document of the API ${api}. ${problems.join(" ")} Nothing was sent.`,
    {
      fix: `No argument mends this. Whoever runs this compares apis.${api}.bind and the value of the claim (${names.join(", ")}) with what the API's document asks for.`,
      data: { api, claims: names },
      maybeDone: false,
    },
  );
}

function unfit(tool: string, problems: readonly string[]): OktaMcpError {
  return new OktaMcpError("bad_input", `${tool} cannot run with these arguments. ${problems.join(" ")}`, {
    maybeDone: false,
  });
}

/** The name by which people know what an API answered; undefined where it tells none. */
export function nameIn(json: Json | undefined): string | undefined {
  if (!isObject(json)) return undefined;
  const named = ["name", "title", "label", "display_name", "displayName", "summary", "email", "id"].map(
    (key) => json[key],
  );
  const found = named.find((value) => (typeof value === "string" && value !== "") || typeof value === "number");
  return found === undefined ? undefined : String(found);
}
