import { OktaMcpError } from "../errors/index.js";
import { toOktaMcpError } from "../errors/render.js";
import { isObject, type Json } from "../json/json.js";
import type { UndoStep } from "../tool.js";
import type { UndoMark } from "./change.js";
import type { Masking } from "./masking.js";
import { newChangeId } from "./recorder.js";
import { toJson } from "./state.js";
import { laterSteps, type UndoPlan } from "./undo-plan.js";

/** The outcome of one call of an undo. */
export interface Performed {
  /** The answer to the call, as it came from Okta. */
  value: Json;
  /** The change that the call made; undefined in a preview. */
  changeId: string | undefined;
}

/** Makes one call of an undo on the path of every other call. In a preview it previews the call. */
export type PerformStep = (step: UndoStep, mark: UndoMark) => Promise<Performed>;

/** The number of calls that the second part of an undo makes at once. */
const AT_ONCE = 6;

/** A call in the form in which it may be shown. */
function shownStep({ tool, args, body }: UndoStep, mask: Masking): Json {
  return mask(toJson({ tool, arguments: args, ...(body === undefined ? {} : { body }) }));
}

export interface Undoing {
  perform: PerformStep;
  mask: Masking;
  /** Epoch milliseconds. */
  now: () => number;
}

/**
 * Carries out a plan. Calls that depend on a new object are made even if some of them fail. The answer names those that
 * failed.
 * @throws OktaMcpError of a call, with the steps that were done
 */
export async function runUndo(plan: UndoPlan, { perform, mask, now }: Undoing): Promise<Json> {
  const { change, undo, notes } = plan;
  const mark: UndoMark = { of: change.id, run: newChangeId(now()) };
  const done: Performed[] = [];
  for (const [index, step] of undo.steps.entries()) {
    try {
      const performed = await perform(step, mark);
      if (performed.changeId === undefined) return previewed(plan, performed.value, mask);
      done.push(performed);
    } catch (thrown) {
      const error = toOktaMcpError(thrown);
      if (index === 0) throw error;
      throw partly(
        error,
        done,
        undo.steps.slice(index).map((left) => shownStep(left, mask)),
      );
    }
  }
  const made = done[0]?.value ?? null;
  const { changes, failed } = await performAll(undo.afterwards?.(made) ?? [], (step) => perform(step, mark), mask);
  const newId = undo.afterwards !== undefined && isObject(made) ? made.id : undefined;
  return {
    undone: change.id,
    changes: [...done.flatMap(({ changeId }) => changeId ?? []), ...changes],
    ...(typeof newId === "string" ? { new_id: newId } : {}),
    ...(failed.length > 0 ? { failed } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function previewed(plan: UndoPlan, first: Json, mask: Masking): Json {
  const later = laterSteps(plan).map((step) => shownStep(step, mask));
  const { change, notes } = plan;
  const tool = plan.undo.steps[0]?.tool ?? "";
  const preview = isObject(first) ? first : { value: first };
  return {
    dry_run: true,
    undoes: change.id,
    calls: [{ tool, ...preview }, ...later],
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function partly(error: OktaMcpError, done: readonly Performed[], left: readonly Json[]): OktaMcpError {
  return new OktaMcpError(
    error.code,
    `The undo came only half-way: ${done.length} of its calls were made. ${error.message}`,
    {
      fix: `Make the calls that are left (below) by hand. ${error.fix}`,
      data: { changes: done.map(({ changeId }) => changeId), left: [...left] },
      maybeDone: true,
      cause: error,
    },
  );
}

async function performAll(
  steps: readonly UndoStep[],
  perform: (step: UndoStep) => Promise<Performed>,
  mask: Masking,
): Promise<{ changes: string[]; failed: Json[] }> {
  const waiting = [...steps];
  const changes: string[] = [];
  const failed: Json[] = [];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      try {
        const { changeId } = await perform(step);
        if (changeId !== undefined) changes.push(changeId);
      } catch (thrown) {
        const { code, message } = toOktaMcpError(thrown);
        failed.push({ call: shownStep(step, mask), error: { code, message } });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { changes, failed };
}
