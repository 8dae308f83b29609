import * as z from "zod";
import { OktaMcpError } from "../errors/index.js";
import { isObject, type Json, mapTexts } from "../json/json.js";
import { shownPath } from "../okta/shown-path.js";
import type { ApiOperation } from "../openapi/api-document.js";
import type { ApiAnswer, ApiCalls } from "../openapi/api-request.js";
import { asSentence, documentWords } from "../openapi/document-words.js";
import { merged } from "../results/difference.js";
import { MASK } from "../text/secrets.js";
import type { Arguments, Impact, Tool, ToolContext } from "../tool.js";
import { type ApiAuth, isAppIdentity } from "./api-auth.js";
import { type Choice, effectOf } from "./choose-operations.js";
import { nameIn, type OperationRequests } from "./operation-requests.js";
import { questionLines } from "./question-lines.js";

export interface OperationToolOptions extends Choice {
  name: string;
  /** The API's name in the settings. */
  api: string;
  auth: ApiAuth;
  requests: OperationRequests;
  /** The GET of the same path, where it is chosen too. */
  reading: OperationRequests | undefined;
}

const MAX_TITLE_CHARS = 80;
const MAX_WORDS = 300;
/** Anything shorter occurs in many words. */
const MIN_SECRET_CHARS = 3;

const NO_UNDO =
  "the API's document tells no way back; look at what is recorded and put it right with the API's own tools.";

/** Names of parameters that choose a part of a long answer. */
const PAGING =
  /^(?:\$?(?:limit|offset|skip|top)|page|cursor|after|before|start|size|(?:per_?page|page_?(?:size|number|token)|max_?results|next_?(?:token|page)|starting_?after|continuation_?token))$/i;

/** The arguments of a tool, each shown as the document has it and checked by the whole schema later. */
function inputOf({ given }: OperationRequests): z.ZodObject {
  const shape = given.map(({ name, schema, isRequired }) => {
    const value = z.custom<unknown>((one) => one !== undefined, "is missing").meta({ ...schema });
    return [name, isRequired ? value : value.optional()] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}

/** What the tool is, in the document's words, and whose identity a call carries, in ours. */
function describe({ operation, api, auth, access }: OperationToolOptions): Pick<Tool, "title" | "description"> {
  const { method, path, summary, description, isDeprecated } = operation;
  const place = `${method} ${documentWords(path, 200)}`;
  const title = documentWords(summary, MAX_TITLE_CHARS);
  const words = documentWords(description, MAX_WORDS);
  const facts = [
    title === "" || words.startsWith(title) ? "" : asSentence(title),
    asSentence(words),
    `Calls ${place} of the API ${api}.`,
    isAppIdentity(auth) && !access.isOpen ? "Calls with the app's identity, not the person's." : "",
    isDeprecated ? "Deprecated." : "",
  ];
  return { title: title === "" ? place : title, description: facts.filter((text) => text !== "").join(" ") };
}

/** Makes the tool of a chosen operation. */
export function operationTool(options: OperationToolOptions): Tool {
  const { name, api, operation, access, requests } = options;
  const queryArguments = requests.given.filter(({ place }) => place === "query");
  const comparable = requests.given.filter(({ place }) => place !== "body");
  const facts = {
    name,
    ...describe(options),
    scope: null,
    api: {
      name: api,
      method: operation.method,
      template: operation.path,
      access,
      isBound: requests.bound.length > 0,
      paging: queryArguments.filter(({ parameter }) => PAGING.test(parameter)).map((argument) => argument.name),
    },
    input: inputOf(requests),
    understand: (args: Arguments) => requests.understood(name, args),
    secretsIn: (args: Arguments) => requests.secretsIn(args),
    run: async (context: ToolContext, args: Arguments) => {
      const apis = apisOf(context);
      const request = await requests.request(name, await requests.complete(args, apis));
      return withoutEcho(resultOf(await apis.send(request)), requests.secretsIn(args));
    },
  };
  const effect = effectOf(options);
  if (effect === "reads") {
    // An answer that depends on a hidden attribute would tell who guesses well.
    const compares = Object.fromEntries(comparable.map((argument) => [argument.name, [argument.parameter]]));
    return { ...facts, effect, compares };
  }
  return {
    ...facts,
    ...(effect === "removes" ? { effect } : { effect, destructive: true }),
    ...(effect === "removes" || options.entry.consent === "always"
      ? { impact: (context: ToolContext, args: Arguments) => impactOf(options, context, args) }
      : {}),
    change: {
      state: (context: ToolContext, args: Arguments, made?: Json) => stateOf(options, context, args, made),
      becomes: (args: Arguments, before: Json) => becomes(operation, args, before),
      undo: NO_UNDO,
    },
  };
}

function apisOf({ apis }: ToolContext): ApiCalls {
  if (apis !== undefined) return apis;
  throw new OktaMcpError("bug", "A tool of an API was called where no APIs are set up.");
}

/** A result without the secrets of its call, which an API may repeat under whatever name. */
function withoutEcho(result: unknown, secrets: readonly string[]): unknown {
  const long = secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS);
  if (long.length === 0 || result === undefined) return result;
  return mapTexts(result as Json, (text) => long.reduce((shown, secret) => shown.replaceAll(secret, MASK), text));
}

/** What a model gets of an answer: JSON and text whole, of everything else what it is. */
function resultOf({ status, mediaType, json, text, bytes, isTooLong, location }: ApiAnswer): unknown {
  const place = location === undefined ? {} : { location };
  if (json !== undefined) return json;
  if (isTooLong) {
    const note = `The answer has more than ${bytes} bytes and was not read. Ask for less at once, or have whoever runs this raise limits.response_kib of the API.`;
    return { status, too_long: true, ...place, note };
  }
  if (text !== undefined) return { media_type: mediaType, ...place, text };
  if (bytes > 0) {
    const note = "The answer is no JSON and no plain text, so its content is not shown.";
    return { status, media_type: mediaType, bytes, ...place, note };
  }
  return location === undefined ? undefined : { done: true, status, ...place };
}

/** Reads what stands at the path of a call; undefined where nothing that is chosen can. */
async function readObject(
  { name, requests, reading }: OperationToolOptions,
  context: ToolContext,
  args: Arguments,
): Promise<Json | undefined> {
  if (reading === undefined) return undefined;
  const apis = apisOf(context);
  const request = await reading.readingFor(name, requests, await requests.complete(args, apis));
  return request === undefined ? undefined : (await apis.send(request)).json;
}

/** The state for the journal. A POST makes something of its own, which its answer shows. */
async function stateOf(
  options: OperationToolOptions,
  context: ToolContext,
  args: Arguments,
  made: Json | undefined,
): Promise<Json | undefined> {
  if (options.operation.method === "POST") return made ?? null;
  return readObject(options, context, args);
}

function becomes({ method }: ApiOperation, { body }: Arguments, before: Json): Json {
  if (method === "DELETE") return null;
  if (body === undefined) return before;
  // Other forms of PATCH than a merge (RFC 7396) are lists of steps.
  if (method === "PATCH") return isObject(body as Json) ? merged(before, body as Json) : before;
  return body as Json;
}

/** The question to a person, with what stands there now where that can be read. */
async function impactOf(options: OperationToolOptions, context: ToolContext, args: Arguments): Promise<Impact> {
  const { name, api, operation, requests } = options;
  const { method, path } = await requests.request(name, await requests.complete(args, apisOf(context)));
  const seen = shownPath({ path, template: operation.path });
  const isPost = operation.method === "POST";
  const present = isPost ? undefined : await presentOf(options, context, args);
  const named = nameIn(present);
  // The path tells what stands in it.
  const given = requests.given.filter((one) => one.place !== "path" && args[one.name] !== undefined);
  const secrets = requests.secretsIn(args);
  const details = [
    `sends ${method} ${seen} to the API ${api}`,
    ...given.flatMap(({ name: argument, place }) => {
      const value = args[argument] as Json;
      return place === "body"
        ? questionLines(value, "body.", secrets)
        : questionLines({ [argument]: value }, "", secrets);
    }),
    ...(present === undefined || present === null ? [] : questionLines(present, "now ")),
  ];
  return {
    target: {
      type: `${api} ${operation.method === "DELETE" ? "object" : "request"}`,
      name: named ?? seen,
      id: `${method} ${seen}`,
    },
    details,
    ...(present === undefined ? {} : { state: present }),
  };
}

/** What is there now; undefined where it cannot be read, which keeps no person from deciding. */
async function presentOf(
  options: OperationToolOptions,
  context: ToolContext,
  args: Arguments,
): Promise<Json | undefined> {
  try {
    return await readObject(options, context, args);
  } catch (error) {
    // What is not there cannot be removed, and whoever must not see it learns so from the call itself.
    if (error instanceof OktaMcpError && (error.code === "forbidden" || error.code === "bad_input")) return undefined;
    throw error;
  }
}
