import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { DEFAULT_BRAND_ID } from "../../../sandbox/state/brand-store.js";
import type { connect } from "../../support/client.js";
import { png } from "../../support/images.js";

export type JsonObject = { [key: string]: unknown };
export type Connected = Awaited<ReturnType<typeof connect>>;

/** One call of a tool that writes, against an org that was made ready for it. */
export interface Scenario {
  /** Makes the org ready; the arguments of the call, and a way to look at what the call changes. */
  arrange(org: Connected): Promise<{ args: JsonObject; look: () => Promise<unknown> }>;
  /** How it is taken back: as it was, as it was but for ids, or not at all. */
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

/** A value without what changes by itself, and without ids where these are to be new. */
export function still(value: unknown, alsoIds = false): unknown {
  if (Array.isArray(value)) return value.map((item) => still(item, alsoIds));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !VOLATILE.has(key) && !(alsoIds && key === "id"));
  return Object.fromEntries(kept.map(([key, inner]) => [key, still(inner, alsoIds)]));
}

/** What a tool answers; its error's code where it fails. */
export const looking =
  ({ call }: Connected, tool: string, args: JsonObject = {}) =>
  async () => {
    const { data, error } = await call(tool, args);
    return error?.code ?? data;
  };

/** The id of what a call made. */
export const idOf = async ({ get }: Connected, tool: string, args: JsonObject) => String((await get(tool, args)).id);

/** An image inside the folder that the scenario's client may read. */
export const images = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-undo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "a.png"), png(64));
  return folder;
};

/** The brand that is written to. */
export const brand_id = DEFAULT_BRAND_ID;

/** The scenarios of some tools, by the tool; several of one by what tells them apart. */
export type Scenarios = Readonly<Record<string, Scenario | Readonly<Record<string, Scenario>>>>;

/** Something active that is deactivated, or the other way round. `make` gives the arguments that say where it is. */
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
