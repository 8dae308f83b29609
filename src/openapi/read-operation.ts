import { isObject, type Json, textAt } from "../json/json.js";
import { quoteOkta } from "../text/quote.js";
import type { ApiOperation, ApiParameter, SecurityAlternative } from "./api-document.js";
import { DocumentFault } from "./document-fault.js";
import type { Located } from "./document-place.js";
import { readBody } from "./read-body.js";
import { readParameter } from "./read-parameter.js";
import type { References } from "./references.js";

export interface OperationSource {
  /** The document itself. */
  root: Located;
  /** The "Path Item Object". */
  item: Located;
  /** The "Operation Object". */
  operation: Located;
  /** As the document writes it. */
  method: string;
  path: string;
  references: References;
}

/**
 * Reads an operation with its parameters, its body and what it asks of callers.
 * @throws DocumentFault where no request could be made
 */
export function readOperation(source: OperationSource): Omit<ApiOperation, "id" | "isIdMade"> {
  const { operation, method, path, references } = source;
  if (!isObject(operation.value)) throw new DocumentFault(operation, "an operation has to be an object.");
  const notes: string[] = [];
  const segments = templateOf(path, operation);
  const parameters = parametersOf(source, segments.names, notes);
  const body = references.member(operation, "requestBody");
  const tags = operation.value.tags;
  return {
    method: method.toUpperCase(),
    path,
    summary: textAt(operation.value, "summary") || textAt(source.item.value, "summary"),
    description: textAt(operation.value, "description") || textAt(source.item.value, "description"),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
    isDeprecated: operation.value.deprecated === true,
    parameters,
    body: body === undefined ? undefined : readBody(body, method, references, notes),
    security: securityOf(source),
    notes,
  };
}

/**
 * The names in a path's template.
 * @throws DocumentFault where what is filled in would not stay in its place
 */
function templateOf(path: string, place: Located): { names: string[] } {
  if (!path.startsWith("/")) throw new DocumentFault(place, `the path ${quoteOkta(path)} does not begin with "/".`);
  const literal = path.replaceAll(/\{[^{}/?#]+\}/g, "x");
  if (/[{}]/.test(literal))
    throw new DocumentFault(place, `the path ${quoteOkta(path)} has braces that are no parameter.`);
  if (/[?#\\\s\p{Cc}]/u.test(literal))
    throw new DocumentFault(place, `the path ${quoteOkta(path)} holds a character that does not belong into a path.`);
  if (literal.split("/").some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    throw new DocumentFault(place, `the path ${quoteOkta(path)} has a segment that leads to another path.`);
  return { names: [...new Set([...path.matchAll(/\{([^{}/?#]+)\}/g)].map(([, name = ""]) => name))] };
}

function parametersOf(
  { item, operation, references }: OperationSource,
  inPath: string[],
  notes: string[],
): ApiParameter[] {
  const byPlace = new Map<string, ApiParameter>();
  for (const holder of [item, operation]) {
    const list = references.member(holder, "parameters");
    if (list === undefined || list.value === null) continue;
    if (!Array.isArray(list.value)) throw new DocumentFault(list, "parameters have to be a list.");
    for (const index of list.value.keys()) {
      const entry = references.member(list, index);
      const parameter = entry && readParameter(entry, references, notes);
      if (parameter === undefined) continue;
      if (parameter.in === "path" && !inPath.includes(parameter.name)) {
        notes.push(`The path has no place for the parameter ${quoteOkta(parameter.name)}, which is left out.`);
        continue;
      }
      // Headers have no case (RFC 9110, section 5.1), so two spellings are one header.
      const name = parameter.in === "header" ? parameter.name.toLowerCase() : parameter.name;
      byPlace.set(`${parameter.in} ${name}`, parameter);
    }
  }
  for (const name of inPath) {
    if (byPlace.has(`path ${name}`)) continue;
    notes.push(`The path's parameter ${quoteOkta(name)} is described nowhere; it is taken as text.`);
    byPlace.set(`path ${name}`, undescribed(name));
  }
  return [...byPlace.values()];
}

function undescribed(name: string): ApiParameter {
  return {
    name,
    in: "path",
    isRequired: true,
    isDeprecated: false,
    description: "",
    schema: undefined,
    style: "simple",
    explode: false,
    allowReserved: false,
    mediaType: undefined,
  };
}

/** The operation's own `security`, or the document's (OpenAPI, "Security Requirement Object"). */
function securityOf({ root, operation, references }: OperationSource): SecurityAlternative[] {
  const list = references.member(operation, "security") ?? references.member(root, "security");
  if (list === undefined) return [];
  if (!Array.isArray(list.value)) throw new DocumentFault(list, "security has to be a list.");
  return list.value.map((alternative) => {
    if (!isObject(alternative)) throw new DocumentFault(list, "each alternative of security has to be an object.");
    return Object.entries(alternative).map(([scheme, scopes]) => {
      const type = typeOf(root, scheme, references);
      const hasScopes = type === "oauth2" || type === "openIdConnect";
      return { scheme, type, scopes: hasScopes ? textsIn(scopes) : [] };
    });
  });
}

function typeOf(root: Located, scheme: string, references: References): string {
  const schemes = ["components", "securitySchemes", scheme].reduce<Located | undefined>(
    (at, key) => at && references.member(at, key),
    root,
  );
  if (schemes === undefined) return "unknown";
  try {
    return textAt(references.follow(schemes).value, "type") || "unknown";
  } catch (error) {
    if (error instanceof DocumentFault) return "unknown";
    throw error;
  }
}

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
