import * as z from "zod";

/** Longer than anybody keeps records, and short enough for a date. */
const MAX_DAYS = 36_500;

const days = (least: number, why: string, description: string) =>
  z.int().min(least, `is less than ${least}: ${why}`).max(MAX_DAYS).optional().describe(description);

/** How long the two records are kept. */
export function retentionSchema() {
  return z
    .strictObject({
      journal_days: days(
        7,
        "a change can be undone only as long as it is in the journal",
        "Days for which the journal of changes is kept, at least 7. Without it, for ever. A change that has left the journal cannot be undone.",
      ),
      audit_days: days(
        30,
        "whoever looks into an incident needs what happened before it was noticed",
        "Days for which the record of accesses is kept, at least 30. Without it, for ever.",
      ),
    })
    .prefault({});
}
