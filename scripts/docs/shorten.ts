import { isObject } from "../../src/json/json.js";

const MAX_TEXT_CHARS = 90;
const MAX_FIELDS = 10;
const MAX_WORDS = 4;
const MAX_DEPTH = 4;
const WIDTH = 110;

/** A value as a reader needs it: the first of many items, the beginning of long texts, "…" for the rest. */
export function shorten(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return value.length > MAX_TEXT_CHARS ? `${value.slice(0, MAX_TEXT_CHARS)}…` : value;
  if (Array.isArray(value)) {
    const shown = value.slice(0, value.some((item) => typeof item === "object") ? 2 : MAX_WORDS);
    const left = value.length - shown.length;
    return [...shown.map((item) => shorten(item, depth + 1)), ...(left > 0 ? [`… ${left} more`] : [])];
  }
  if (!isObject(value)) return value;
  const fields = Object.entries(value);
  if (fields.length > 0 && depth >= MAX_DEPTH) return "…";
  const shown = fields.slice(0, MAX_FIELDS).map(([key, inner]) => [key, shorten(inner, depth + 1)] as const);
  const left = fields.length - shown.length;
  return Object.fromEntries(left > 0 ? [...shown, ["…", `${left} more`] as const] : shown);
}

/** JSON in which whatever fits on a line stands on one. */
export function pretty(value: unknown, indent = ""): string {
  const line = oneLine(value);
  if (indent.length + line.length <= WIDTH || typeof value !== "object" || value === null) return line;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((item) => deeper + pretty(item, deeper)).join(",\n")}\n${indent}]`;
  const fields = Object.entries(value).map(
    ([key, inner]) => `${deeper}${JSON.stringify(key)}: ${pretty(inner, deeper)}`,
  );
  return `{\n${fields.join(",\n")}\n${indent}}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${oneLine(inner)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}
