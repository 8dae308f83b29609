import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import { stringifyJson } from "../json/exact-json.js";
import type { FieldChange } from "../json/field-change.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { idsIn } from "../okta/objects.js";
import { withTool } from "../okta/purpose.js";
import { difference, hiddenIn, sameButHidden, settled } from "../results/difference.js";
import type { Arguments, Done, ToolContext, Undo, UndoStep } from "../tool.js";
import type { Reading } from "./agreed.js";
import type { Change } from "./change.js";
import { fillMasked, type Masking } from "./masking.js";
import { readState, type State, toJson } from "./state.js";

/** The plan of an undo, from the present state of the org. */
export interface UndoPlan {
  change: Change;
  undo: Exclude<Undo, { cannot: string }>;
  /** The present state of the object. */
  present: State;
  /** A sentence for everything that will not be as it was. */
  notes: string[];
}

export interface Planning {
  catalogue: Catalogue;
  mask: Masking;
  context: ToolContext;
  /** True to go on although the object has changed since. */
  force: boolean;
  /** The reason why the session may not see the change; undefined where it may. */
  withheld: string | undefined;
  /** The change in the form in which it may be shown. */
  shown: Change;
}

function cannot({ id, tool }: Change, why: string, fix: string): OktaMcpError {
  return new OktaMcpError("conflict", `Nothing was changed. Change ${id} (${tool}) cannot be undone: ${why}`, { fix });
}

function changedSince({ id, tool }: Change, why: string, fields?: readonly FieldChange[]): OktaMcpError {
  return new OktaMcpError("conflict", `Nothing was changed. Change ${id} (${tool}) is not undone: ${why}`, {
    fix: "Look at the object and decide; with `force: true` it is undone all the same.",
    ...(fields === undefined ? {} : { data: { changed_since: fields.slice(0, 20) } }),
  });
}

/**
 * @param looking the tool that shows a change, as a part of a sentence
 * @throws OktaMcpError conflict where the change had no effect, or has been undone
 */
function refuseIfSettled(change: Change, force: boolean, looking: string): void {
  const { outcome, undone_by: by } = change;
  if (outcome === "refused" || outcome === "failed") throw cannot(change, "it changed nothing.", "Nothing to do.");
  if (by !== undefined) {
    // The first of several calls is the one on which the others depend.
    throw cannot(
      change,
      "it has been undone already, or that was begun.",
      `Look at ${by[0] ?? ""}${looking}; to go back again undo that.`,
    );
  }
  if (outcome === "unknown" && !force) {
    throw changedSince(change, "nobody knows whether it happened, since no answer of Okta's was recorded.");
  }
}

/**
 * Plans an undo.
 * @throws OktaMcpError conflict where the change cannot be taken back, or the object has changed since and `force` is
 * not set; the error of reading the object
 */
export async function planUndo(change: Change, planning: Planning): Promise<UndoPlan> {
  const { catalogue, mask, context, force, withheld, shown } = planning;
  const looking = withTool(context.toolFor, "show change");
  const byHand = `Look at it${looking}; what it holds helps to put things right by hand.`;
  const no = (why: string) => cannot(change, why, byHand);
  refuseIfSettled(change, force, looking);
  const tool = catalogue.get(change.tool);
  if (!tool) throw no(`the tool ${change.tool} is not on here.`);
  if (withheld !== undefined) throw no(`${withheld}.`);
  const undo = tool.change?.undo ?? (tool.replaces ? putBack : "this tool names no way back.");
  if (typeof undo === "string") throw no(undo);
  const { arguments: args, before } = change;
  if (!isObject(args) || before === undefined) {
    throw no(`what was there before is not known. ${shown.notes?.join(" ") ?? ""}`.trim());
  }
  const present = await presentState(tool, context, args, change.after);
  if (!force) refuseIfChanged(shown, present, mask);
  const { value, masked } = fillMasked(before, "value" in present ? present.value : undefined);
  const now = "value" in present ? mask(present.value) : undefined;
  const done: Done = { args, before: value, after: change.after ?? null, present: now };
  const how = undo(done, change.tool);
  if ("cannot" in how) throw no(how.cannot);
  const off = how.steps.find((step) => catalogue.get(step.tool) === undefined);
  if (off) throw no(`that takes the tool ${off.tool}, which is not on here.`);
  const stays = masked.length > 0 ? [`Masked in the journal, so it stays as it is now: ${masked.join(", ")}.`] : [];
  const back = hiddenIn(shown.before, mask(value)).filter((path) => !masked.includes(path));
  const restored = back.length > 0 ? [`Hidden, and put back as it was where it is written: ${back.join(", ")}.`] : [];
  const steps = how.steps.map((step) => ({ ...step, keeps: masked }));
  return { change: shown, undo: { ...how, steps }, present, notes: [...(how.notes ?? []), ...stays, ...restored] };
}

/** The present state of the object that a tool's writes change. */
export function presentState(
  tool: CatalogueEntry,
  context: ToolContext,
  args: Arguments,
  made: Json | undefined,
): Promise<State> {
  const read = tool.change?.state ?? tool.replaces?.current;
  return readState(read && (async () => read(context, args, made)));
}

function refuseIfChanged(change: Change, present: State, mask: Masking): void {
  if (change.after === undefined) throw changedSince(change, "how the object was left is not known.");
  if ("unknown" in present)
    throw changedSince(change, `whether the object has changed since is not known: ${present.unknown}.`);
  const now = present.value === null ? null : mask(present.value);
  if (now === null && change.after !== null) throw changedSince(change, "the object is not there any more.");
  const fields = difference(settled(change.after), settled(now), { same: sameButHidden });
  if (fields.length === 0) return;
  throw changedSince(
    change,
    `the object has changed since: ${fields
      .slice(0, 10)
      .map(({ field }) => field)
      .join(", ")}.`,
    fields,
  );
}

/** Takes back a full replace with another one of the same tool. Its body is the object as it was. */
export function putBack({ args, before }: Done, tool: string): Undo {
  if (!isObject(before)) {
    return { cannot: "there was no such object before." };
  }
  const { _embedded, ...body } = before;
  return { steps: [{ tool, args: idsIn(args), body }] };
}

/** The arguments that tell the content of a new object. */
function withoutIds(args: Arguments): Json {
  const places = Object.keys(idsIn(args));
  return toJson(Object.fromEntries(Object.entries(args).filter(([name]) => !places.includes(name))));
}

/** The most differences in one question. */
const MAX_TOLD = 20;

function inWords(value: Json | undefined): string {
  return value === undefined ? "nothing" : stringifyJson(value);
}

function stepInWords({ tool, args }: UndoStep): string {
  const ids = Object.entries(idsIn(args)).map(([name, value]) => `${name} ${String(value)}`);
  return `${tool}${ids.length > 0 ? ` (${ids.join(", ")})` : ""}`;
}

/** The calls in their order. Consecutive calls of one tool are told by their number. */
function stepsInWords(steps: readonly UndoStep[]): string {
  const runs: UndoStep[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run?.[0]?.tool === step.tool) run.push(step);
    else runs.push([step]);
  }
  const [one, ...more] = runs.flatMap(([step, ...others]) =>
    step === undefined ? [] : others.length === 0 ? stepInWords(step) : `${step.tool} ${others.length + 1} times`,
  );
  return [one, ...more].join(", then ");
}

/** The arguments with their defaults, in the form in which the tool gets them. */
export function withDefaults(tool: CatalogueEntry, { args, body }: Pick<UndoStep, "args" | "body">): Arguments {
  const parsed = (body === undefined ? tool.input : tool.input.partial()).safeParse(args);
  return parsed.success ? parsed.data : args;
}

/** The placeholder for the id of an object that does not exist yet. */
const NEW_ID = "new-id";

/** The calls after the first step, as far as they are known before it. */
export function laterSteps({ undo }: UndoPlan): UndoStep[] {
  return [...undo.steps.slice(1), ...(undo.afterwards?.({ id: NEW_ID }) ?? [])];
}

/** All calls in their order, as far as they are known before the first. */
export function allSteps(plan: UndoPlan): UndoStep[] {
  return [...plan.undo.steps.slice(0, 1), ...laterSteps(plan)];
}

/** The changed fields in the form for a person. */
function fieldsToTell({ change: { before }, undo, present }: UndoPlan, mask: Masking): FieldChange[] {
  if (before === undefined || !("value" in present)) return [];
  const now = present.value;
  const [first] = undo.steps;
  // A new object has the values of the call. The id and similar fields of the old one do not come back.
  const wanted = now === null && first ? (first.body ?? withoutIds(first.args)) : before;
  const sides = [settled(now === null ? null : mask(now)), settled(mask(wanted))] as const;
  const fields = difference(...sides, { same: sameButHidden });
  const stays = first?.keeps ?? [];
  // A person sees no difference between an empty field and a missing one.
  return fields.filter((field) => !stays.includes(field.field) && (field.before ?? null) !== (field.after ?? null));
}

/**
 * The question before a change is taken back.
 * @param first the losses of the first call
 */
export function describePlan(
  plan: UndoPlan,
  mask: Masking,
  first: Reading | undefined,
): { target: { type: string; name: string; id: string }; details: string[]; state: Json } {
  const { change, undo, present, notes } = plan;
  const impact = first?.impact;
  const now = "value" in present ? present.value : undefined;
  const fields = fieldsToTell(plan, mask);
  // The description of a removal tells a person more than its fields.
  const isGone = impact !== undefined && undo.steps[0]?.body === undefined;
  const told = fields
    .slice(0, MAX_TOLD)
    .map((field) => `${field.field}: ${inWords(field.before)} becomes ${inWords(field.after)}`);
  const details = [
    `made ${change.at} by ${change.actor.user ?? change.actor.client_id ?? "whoever holds the access token"}`,
    `by ${stepsInWords(allSteps(plan))}`,
    ...(impact?.details ?? []),
    ...(isGone ? [] : told),
    ...(!isGone && fields.length > MAX_TOLD ? [`and ${fields.length - MAX_TOLD} more fields`] : []),
    ...notes,
  ];
  const state: JsonObject = { change: change.id, present: now ?? null, impact: impact?.state ?? null };
  return {
    target: { type: "change", name: `${change.tool} ${change.target ?? ""}`.trim(), id: change.id },
    details,
    state,
  };
}
