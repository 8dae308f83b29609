import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DEFAULT_BRAND_ID } from "../../../sandbox/state/brand-store.js";
import type { connect } from "../../support/client.js";
import { png } from "../../support/images.js";

export type JsonObject = { [key: string]: unknown };
export type Connected = Awaited<ReturnType<typeof connect>>;

/** A call of a tool that writes, with the preparation of its org. */
export interface Scenario {
  /** Prepares the org. Returns the arguments of the call, and a function that reads what the call changes. */
  arrange(org: Connected): Promise<{ args: JsonObject; look: () => Promise<unknown> }>;
  /** The result of an undo: the old state, the old state with new ids, or a refusal whose text matches. */
  undo: "back" | "with new ids" | RegExp;
}

const VOLATILE = new Set([
  "lastUpdated",
  "lastUpdate",
  "lastMembershipUpdated",
  "statusChanged",
  "created",
  "createdDate",
]);

/** A value without the fields that change by themselves, and without ids if `alsoIds`. */
export function still(value: unknown, alsoIds = false): unknown {
  if (Array.isArray(value)) return value.map((item) => still(item, alsoIds));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !VOLATILE.has(key) && !(alsoIds && key === "id"));
  return Object.fromEntries(kept.map(([key, inner]) => [key, still(inner, alsoIds)]));
}

/** Returns a function that calls a tool, and returns its result or the code of its error. */
export const looking =
  ({ call }: Connected, tool: string, args: JsonObject = {}) =>
  async () => {
    const { data, error } = await call(tool, args);
    return error?.code ?? data;
  };

/** The id of the object that a call makes. */
export const idOf = async ({ get }: Connected, tool: string, args: JsonObject) => String((await get(tool, args)).id);

/** Makes a folder with an image, which the scenario's client may read, and returns its path. */
export const images = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-undo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "a.png"), png(64));
  return folder;
};

/** The id of the brand that the scenarios change. */
export const brand_id = DEFAULT_BRAND_ID;

/** Scenarios by the name of their tool. If a tool has several, each has a name of its own. */
export type Scenarios = Readonly<Record<string, Scenario | Readonly<Record<string, Scenario>>>>;

/** A scenario of a tool that activates or deactivates. `make` makes the object and returns the arguments for it. */
export function switches(
  to: "activate" | "deactivate",
  getTool: string,
  make: (org: Connected, more: { activate: boolean }) => Promise<JsonObject>,
): Scenario {
  return {
    async arrange(org) {
      const args = await make(org, { activate: to === "deactivate" });
      return { args, look: looking(org, getTool, args) };
    },
    undo: "back",
  };
}
