import type { Json } from "../../src/json/json.js";
import { compileFilter, type FilterRules, valuesAt } from "../filter.js";
import { isObject } from "../json.js";
import { invalid, notFound, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import type { SandboxRequest } from "../route.js";
import { clientParty, userParty } from "../state/log-event.js";
import type { App, Doer, Group, JsonObject, User } from "../state/model.js";

/** @throws OktaRefusal 404, in Okta's words */
export function userOf(org: Org, request: SandboxRequest, parameter = "id"): User {
  const wanted = request.params[parameter] ?? "";
  const found = wanted === "me" ? org.users.get(request.caller?.subject ?? "") : org.users.find(wanted);
  if (found === undefined) throw notFound(wanted, "User");
  return found;
}

/** @throws OktaRefusal 404, in Okta's words */
export function groupOf(org: Org, request: SandboxRequest): Group {
  const id = request.params.groupId ?? "";
  const found = org.groups.get(id);
  if (found === undefined) throw notFound(id, "UserGroup");
  return found;
}

/** @throws OktaRefusal 404, in Okta's words */
export function appOf(org: Org, request: SandboxRequest): App {
  const id = request.params.appId ?? "";
  const found = org.apps.get(id);
  if (found === undefined) throw notFound(id, "AppInstance");
  return found;
}

/** The caller for the system log: the person who signed in, or the service app. */
export function doerOf(org: Org, request: SandboxRequest): Doer {
  const { subject, clientId } = request.caller ?? { subject: "unknown", clientId: "unknown" };
  const user = org.users.get(subject);
  const actor = user === undefined ? clientParty(clientId, org.apps.get(clientId)?.label ?? clientId) : userParty(user);
  return {
    actor,
    client: {
      userAgent: { rawUserAgent: request.headers.get("user-agent") ?? "", os: "Unknown", browser: "UNKNOWN" },
      zone: "null",
      device: "Unknown",
      id: clientId,
      ipAddress: "127.0.0.1",
      geographicalContext: null,
    },
  };
}

/** The request's body, which must be a JSON object. @throws OktaRefusal 400 E0000003 */
export function bodyOf(request: SandboxRequest): JsonObject {
  if (!isObject(request.json)) throw refusal(400, "E0000003", "The request body was not well-formed.");
  return request.json;
}

/** A property of a body that must be an object where it is given. @throws OktaRefusal 400 E0000003 */
export function objectIn(body: JsonObject, name: string): JsonObject | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw refusal(400, "E0000003", "The request body was not well-formed.");
  return value;
}

/** A property of a body that must be text and not empty. @throws OktaRefusal 400 E0000001 */
export function textIn(body: JsonObject, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value.trim() === "") throw invalid(name, `${name}: The field cannot be left blank`);
  return value;
}

/** A name of a host or a domain (RFC 1123, section 2.1), of two labels at least. */
const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/i;

/** A property of a body that must be the name of a host. @throws OktaRefusal 400 E0000001 */
export function hostIn(body: JsonObject, name: string): string {
  const value = textIn(body, name);
  if (!HOST.test(value)) throw invalid(name, `${name}: The value must be a domain name.`);
  return value;
}

/** A query parameter that is `true` or `false`. @throws OktaRefusal 400 E0000001 for anything else */
export function flagOf(request: SandboxRequest, name: string, byDefault: boolean): boolean {
  const value = request.query.get(name);
  if (value === null) return byDefault;
  if (value !== "true" && value !== "false") throw invalid(name, `${name}: The value must be true or false.`);
  return value === "true";
}

/** The words of a parameter, from repeated parameters or separated by commas. */
export function wordsOf(request: SandboxRequest, name: string): string[] {
  return request.query.getAll(name).flatMap((value) => value.split(",").map((word) => word.trim()));
}

/** The `items` that match the expression in the query parameter `name`; all where it is not given. */
export function filtered<T>(request: SandboxRequest, name: string, items: T[], rules: FilterRules): T[] {
  const expression = request.query.get(name);
  return expression === null ? items : items.filter(compileFilter(expression, rules));
}

/**
 * The rules of a list's `search`: the attributes of `own` and of the profile, without `ne` and `ew`, and `co` on the
 * attributes of `inside` only.
 */
export function searchRules(own: readonly string[], inside: readonly string[]): NonNullable<FilterRules["allows"]> {
  return (operator, attribute) =>
    operator === "not" ||
    ((own.includes(attribute) || /^profile\.[^.]/.test(attribute)) &&
      operator !== "ne" &&
      operator !== "ew" &&
      (operator !== "co" || inside.includes(attribute)));
}

/** The `items` in the order of `sortBy` and `sortOrder`, ties by id. Without `sortBy` they stay as they are. */
export function sorted<T extends { id: string }>(request: SandboxRequest, items: T[]): T[] {
  const sortBy = request.query.get("sortBy");
  if (sortBy === null) return items;
  const order = request.query.get("sortOrder")?.toLowerCase() ?? "asc";
  if (order !== "asc" && order !== "desc") throw invalid("sortOrder", "sortOrder: The value must be asc or desc.");
  const sign = order === "asc" ? 1 : -1;
  const path = sortBy.split(".");
  const keyed = items.map((item) => ({ item, key: valuesAt(item, path)[0] }));
  keyed.sort((a, b) => sign * (compare(a.key, b.key) || compare(a.item.id, b.item.id)));
  return keyed.map(({ item }) => item);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a ?? "").toLowerCase(), String(b ?? "").toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** True when `text` begins with `q`, without regard to case. */
export function startsWith(text: Json | undefined, q: string): boolean {
  return typeof text === "string" && text.toLowerCase().startsWith(q.toLowerCase());
}

/** A link of Okta's kind (schema `HrefObject`). */
export function href(org: Org, path: string, method?: string): JsonObject {
  return { href: `${org.origin}${path}`, ...(method !== undefined && { method }) };
}
