import type { FieldChange, Kept } from "../json/field-change.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { isWrite } from "../okta/fault.js";
import { nameOf } from "../okta/objects.js";
import type { OktaRequest } from "../okta/request.js";
import { difference, merged, settled } from "../results/difference.js";
import { shortened } from "../text/quote.js";
import { redact } from "../text/redact.js";
import { isSecret } from "../text/secrets.js";
import type { Effect, Impact } from "../tool.js";
import { type Masking, marked } from "./masking.js";
import { type State, toJson } from "./state.js";

/** Thrown in place of sending a request. A preview sends no request that changes anything. */
export class NotSent extends Error {
  readonly request: OktaRequest;

  constructor(request: OktaRequest) {
    super("This is a preview; nothing that changes anything is sent.");
    this.name = "NotSent";
    this.request = request;
  }
}

/** Stops every request that is not a read. @throws NotSent */
export async function refuseWrites(request: OktaRequest): Promise<void> {
  if (isWrite(request)) throw new NotSent(request);
}

/** The request of a write in the form in which it may be shown. */
function shownRequest({ api, method, path, query, body }: OktaRequest, mask: Masking): JsonObject {
  return {
    ...(api === undefined ? {} : { api }),
    method,
    path,
    ...(query.size > 0 ? { query: mask(shownQuery(query)) } : {}),
    ...(body === undefined ? {} : { body: shownBody(body, mask) }),
  };
}

/** The parameters of a query by name; those that are there several times as a list. */
function shownQuery(query: URLSearchParams): JsonObject {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name): [string, Json] => {
      const [first = "", ...more] = query.getAll(name);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );
}

/** The most characters of a body that is no JSON. */
const MAX_BODY_CHARS = 2_000;

function shownBody(body: NonNullable<OktaRequest["body"]>, mask: Masking): Json {
  if ("json" in body) return mask(toJson(body.json));
  if ("raw" in body) {
    const { raw, contentType } = body;
    const shown: JsonObject = { content_type: contentType, length: raw.length };
    return typeof raw === "string" ? { ...shown, content: redact(shortened(raw, MAX_BODY_CHARS)) } : shown;
  }
  const { name, contentType, data } = body.upload;
  return { [body.part]: { file: name, content_type: contentType, bytes: data.byteLength } };
}

export interface Previewed {
  effect: Effect;
  /** The request that the call would send; undefined where it would change nothing. */
  request: OktaRequest | undefined;
  state: State;
  /** The new state of the object, where the tool can tell it. */
  becomes?: ((before: Json) => Json | undefined) | undefined;
  /** For full replaces: the paths that Okta sets itself. */
  setByOkta?: readonly string[] | undefined;
  wouldBeLost: readonly string[];
  /** Dotted paths at which the call writes the value that is there already. */
  keeps: readonly string[];
  /** The question to a person. */
  impact: Pick<Impact, "target" | "details"> | undefined;
  /** The side effects, one line each. */
  sideEffects: readonly string[];
  /** The hidden parts of the body, which stay. */
  kept: Omit<Kept, "body">;
  /** A sentence for everything that could not be checked. */
  unchecked: readonly string[];
  mask: Masking;
}

/** The object after the write; null where it is gone then. */
function outcomeOf({ effect, request, becomes, setByOkta }: Previewed, before: Json): Json {
  const told = becomes?.(before);
  if (told !== undefined) return told;
  const body = request?.body !== undefined && "json" in request.body ? toJson(request.body.json) : undefined;
  if (effect === "removes" || body === undefined) return effect === "removes" ? null : before;
  return effect === "changes" && setByOkta === undefined ? merged(before, body) : body;
}

/** True where a full replace keeps a field that the body lacks. */
function stays({ field, before, after }: FieldChange, { setByOkta = [] }: Previewed): boolean {
  if (after !== undefined) return false;
  const path = field.split(".");
  const own = setByOkta.some((set) => field === set || field.startsWith(`${set}.`));
  return own || (before !== null && !Array.isArray(before) && !isObject(before) && isSecret(path, undefined));
}

/** The most items of a list in the preview of a removal. The object goes as a whole, so more would tell nothing. */
const MAX_ITEMS_OF_REMOVED = 5;

function shownChange(change: FieldChange, { effect }: Previewed): JsonObject {
  const { before } = change;
  const isLong = effect === "removes" && Array.isArray(before) && before.length > MAX_ITEMS_OF_REMOVED;
  return isLong ? { ...change, before: `${before.length} items` } : { ...change };
}

/** The changes, field by field. A hidden field that is written counts as changed, whatever its values. */
function fieldsOf(previewed: Previewed, present: Json): FieldChange[] {
  const { value, show } = marked(present, previewed.mask);
  const fields = difference(settled(value), settled(outcomeOf(previewed, value)), { show });
  return fields.filter(
    (change) =>
      !previewed.keeps.includes(change.field) && (previewed.setByOkta === undefined || !stays(change, previewed)),
  );
}

/** The answer to a call with `dry_run`. */
export function previewOf(previewed: Previewed): JsonObject {
  const { request, state, wouldBeLost, impact, mask } = previewed;
  const unknown = "unknown" in state ? [`The present state is not known: ${state.unknown}.`] : [];
  const warnings = [...unknown, ...previewed.unchecked];
  const fields = request === undefined || !("value" in state) ? undefined : fieldsOf(previewed, state.value);
  const name = "value" in state && state.value !== null ? nameOf(mask(state.value)) : undefined;
  const target = impact ? { ...impact.target } : name === undefined ? undefined : { name };
  return {
    dry_run: true,
    request: request === undefined ? null : shownRequest(request, mask),
    ...(target === undefined ? {} : { target }),
    ...(fields === undefined ? {} : { difference: fields.map((field) => shownChange(field, previewed)) }),
    ...(wouldBeLost.length > 0 ? { would_be_lost: [...wouldBeLost] } : {}),
    ...(previewed.sideEffects.length === 0 ? {} : { side_effects: [...previewed.sideEffects] }),
    ...(previewed.kept.told.length > 0 ? { kept_hidden: [...previewed.kept.told] } : {}),
    ...(impact === undefined ? {} : { needs_confirmation: { details: impact.details } }),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
