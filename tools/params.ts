import * as z from "zod";
import type { Json } from "../src/tool.js";

/** Characters that would leave the path segment an id stands in, and those that nobody can see. */
const UNSAFE_IN_ID = /[/\\?#%\s\p{Cc}\p{Cf}\p{Cs}]/u;

/**
 * An id as it goes into a path. A rule of safety: `.` and `..` are not escaped by URLs, so that
 * deleting "." below a collection would delete the collection.
 */
export function id(description: string) {
  return z
    .string()
    .min(1)
    .max(512)
    .refine((value) => value !== "." && value !== ".." && !UNSAFE_IN_ID.test(value), {
      message: "is not an id: no slash, ?, #, %, white space or control characters",
    })
    .describe(description);
}

export type JsonObject = { [key: string]: Json };

/** A JSON object that goes to Okta as it is, whatever its fields. */
export function jsonObject(description: string) {
  return z
    .custom<JsonObject>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
      message: "has to be an object",
    })
    .meta({ type: "object", description });
}

export const userId = id("Id from list_users, or the login.");
export const groupId = id("Id from list_groups.");
export const appId = id("Id from list_applications.");

export const after = z.string().min(1).optional().describe("The next_cursor of the answer before.");
export const fetchAll = z.boolean().default(false).describe("Follow all pages.");

/** A page size within what Okta takes. */
export function limit(max: number, byDefault: number) {
  return z.number().int().min(1).max(max).optional().describe(`Items a page; Okta's default is ${byDefault}.`);
}

export const filter = (properties: string) =>
  z.string().optional().describe(`Okta filter on ${properties}, e.g. status eq "ACTIVE".`);
export const sortBy = z.string().min(1).optional().describe("One property; only with search.");
export const sortOrder = z.enum(["asc", "desc"]).optional().describe("Only with sort_by.");

/** What `Date.parse` alone would let through goes far beyond ISO 8601. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** An ISO 8601 point in time. */
export function time(description: string) {
  return z
    .string()
    .refine((value) => ISO_TIME.test(value) && !Number.isNaN(Date.parse(value)), {
      message: "has to be an ISO 8601 time, e.g. 2026-01-31T08:00:00Z",
    })
    .optional()
    .describe(description);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object at a key of Okta's JSON; empty where there is none. */
export function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

/** The string at a path of Okta's JSON; empty where there is none. */
export function textAt(value: Json | undefined, ...path: string[]): string {
  const key = path.at(-1) ?? "";
  const holder = path.slice(0, -1).reduce<Json | undefined>(objectAt, value);
  const text = isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
  return typeof text === "string" ? text : "";
}

/** "3 apps", "1 app", "more than 1000 apps". */
export function counted(
  found: { items: readonly unknown[]; complete: boolean },
  one: string,
  many = `${one}s`,
): string {
  const { length } = found.items;
  return `${found.complete ? "" : "more than "}${length} ${length === 1 && found.complete ? one : many}`;
}
