import type { ApiDocument, ApiOperation, ApiParameter, ParameterPlace } from "./api-document.js";
import type { Located } from "./document-place.js";
import { asSentence, documentWords } from "./document-words.js";
import { filePropertiesOf } from "./file-parts.js";
import { plainSchema } from "./plain-schema.js";
import type { PlainSchema } from "./schema-types.js";
import { FILE_WORDS, type JsonText, type ShownSchema, shownSchema } from "./shown-schema.js";

/** An argument of a tool that calls an operation. */
export interface ApiArgument {
  /** As callers give it. */
  name: string;
  place: ParameterPlace | "body";
  /** The name in the document; `body` for the body. */
  parameter: string;
  isRequired: boolean;
  /** One or two sentences: the document's words, then bounds and form. It stands in `schema` too. */
  description: string;
  /** What is shown of its schema. */
  schema: ShownSchema;
  /** Where text that is JSON may stand for a value. */
  jsonTexts: readonly JsonText[];
  /** Its schema in the document; undefined where it takes anything. */
  located: Located | undefined;
}

export interface ApiArguments {
  list: readonly ApiArgument[];
  /** What is not understood of the schemas, one sentence each. It is not checked, and the API judges it. */
  notes: readonly string[];
}

export interface ArgumentNames {
  /** Names that mean something else to a tool. A parameter of such a name has its place in front. */
  reserved: ReadonlySet<string>;
}

/** The longest description of an argument, in the document's words. */
const MAX_WORDS = 200;

/** The name of the argument that holds the body. */
export const BODY = "body";

/** What providers of models take as the name of a property. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/**
 * The arguments of an operation: each parameter by its own name, the body as one. A parameter whose name is taken, by
 * another place or a reserved word, has its place in front (`query_fields`), with a number where that is taken as well.
 */
export function apiArguments(
  document: ApiDocument,
  operation: ApiOperation,
  { reserved }: ArgumentNames,
): ApiArguments {
  const names = namesOf(operation.parameters, reserved);
  const notes: string[] = [];
  const list = operation.parameters.map((parameter): ApiArgument => {
    const plain = plainSchema(parameter.schema, document.references);
    notes.push(...plain.notes);
    return parameterArgument(parameter, names.get(parameter) ?? parameter.name, plain);
  });
  if (operation.body !== undefined) {
    const plain = plainSchema(operation.body.schema, document.references);
    notes.push(...plain.notes);
    list.push(bodyArgument(operation.body, plain));
  }
  return { list, notes: [...new Set(notes)] };
}

function namesOf(parameters: readonly ApiParameter[], reserved: ReadonlySet<string>): Map<ApiParameter, string> {
  const counts = new Map<string, number>();
  for (const { name } of parameters) counts.set(name, (counts.get(name) ?? 0) + 1);
  const isFree = (name: string) =>
    PLAIN_NAME.test(name) && !reserved.has(name) && name !== BODY && name !== "__proto__";
  const names = new Map<ApiParameter, string>();
  const taken = new Set<string>();
  for (const parameter of parameters) {
    if (!isFree(parameter.name) || (counts.get(parameter.name) ?? 0) > 1) continue;
    names.set(parameter, parameter.name);
    taken.add(parameter.name);
  }
  for (const parameter of parameters) {
    if (names.has(parameter)) continue;
    // `filter[name]` and other names that no property can have become words.
    const plain = parameter.name
      .replaceAll(/[^A-Za-z0-9_.-]+/g, "_")
      .replaceAll(/^_+|_+$/g, "")
      .slice(0, 50);
    const isOnlyForeign = !PLAIN_NAME.test(parameter.name) && isFree(plain) && !taken.has(plain);
    const wanted = isOnlyForeign ? plain : `${parameter.in}_${plain}`;
    let name = wanted;
    for (let number = 2; taken.has(name) || !isFree(name); number += 1) name = `${wanted}_${number}`;
    names.set(parameter, name);
    taken.add(name);
  }
  return names;
}

function parameterArgument(parameter: ApiParameter, name: string, plain: PlainSchema): ApiArgument {
  const { schema, jsonTexts } =
    parameter.schema === undefined ? { schema: { type: "string" } as ShownSchema, jsonTexts: [] } : shownSchema(plain);
  const own = parameter.description === "" ? {} : { own: parameter.description };
  const said = described(schema, own, [
    name === parameter.name ? "" : `Sent as ${documentWords(parameter.name, 60)}.`,
    parameter.isDeprecated ? "Deprecated." : "",
  ]);
  return {
    name,
    place: parameter.in,
    parameter: parameter.name,
    isRequired: parameter.isRequired,
    ...said,
    jsonTexts,
    located: parameter.schema,
  };
}

function bodyArgument(body: NonNullable<ApiOperation["body"]>, plain: PlainSchema): ApiArgument {
  const base = {
    name: BODY,
    place: "body",
    parameter: BODY,
    isRequired: body.isRequired,
    located: body.schema,
  } as const;
  const own = body.description === "" ? {} : { own: body.description };
  if (body.kind === "binary" || body.kind === "text") {
    const words = body.kind === "binary" ? FILE_WORDS : `Text of type ${documentWords(body.mediaType, 60)}.`;
    return { ...base, ...described({ type: "string" }, own, [words]), jsonTexts: [], located: undefined };
  }
  const files = body.kind === "multipart" ? filePropertiesOf(plain, body.encoding) : new Set<string>();
  const { schema, jsonTexts } = shownSchema(plain, { files });
  return { ...base, ...described(schema, own, []), jsonTexts };
}

/** The words of the parameter or body itself take the place of those of its schema, and bounds stay. */
function described(
  schema: ShownSchema,
  { own }: { own?: string },
  further: readonly string[],
): Pick<ApiArgument, "description" | "schema"> {
  const words = [
    own === undefined ? "" : asSentence(documentWords(own, MAX_WORDS)),
    schema.description ?? "",
    ...further,
  ];
  const description = [...new Set(words.filter((text) => text !== ""))].join(" ");
  return { description, schema: description === "" ? schema : { ...schema, description } };
}
