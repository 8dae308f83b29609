import assert from "node:assert/strict";
import type { Outcome } from "../../support/server-process.js";
import type { Act } from "../scenario.js";

/**
 * A call that the faults are played on. The checks depend on its kind: a read must not lose data, and a write must not
 * be doubled.
 */
export interface Kind {
  /** The name in the table. */
  name: string;
  method: string;
  /** The path of the request that the fault applies to, in the form that the fault script takes. */
  path: string;
  call(act: Act): Promise<Outcome>;
  /** Returns how often the org has done the write. Undefined for a read. */
  done?: (act: Act) => number;
}

const GROUPS = "/api/v1/groups";
const GROUP = "/api/v1/groups/{id}";
/** The mark that the writes leave in the org. */
const MARK = "made in spite of faults";

export const READ: Kind = {
  name: "a read",
  method: "GET",
  path: GROUPS,
  call: ({ server }) => server.call("list_groups"),
};

/** A replace may be sent again, because doing it twice has the same result. */
export const REPLACE: Kind = {
  name: "a repeatable write",
  method: "PUT",
  path: GROUP,
  call: ({ server, groupId }) =>
    server.call("update_group", { group_id: groupId, profile: { name: "Pilot", description: MARK } }),
  done: ({ sandbox, groupId }) => Number(sandbox.org.groups.get(groupId)?.profile.description === MARK),
};

/** A creation must not be sent again, because it would make a second object. */
export const CREATE: Kind = {
  name: "a one-time write",
  method: "POST",
  path: GROUPS,
  call: ({ server }) => server.call("create_group", { profile: { name: MARK, description: MARK } }),
  done: ({ sandbox }) => sandbox.org.groups.all().filter(({ profile }) => profile.name === MARK).length,
};

/** Returns the outcome of the last write in the journal, or "none" if the journal has no write. */
export async function lastChange({ server }: Pick<Act, "server">): Promise<unknown> {
  const { sees, message, data } = await server.call("list_changes", { limit: 1 });
  assert.equal(sees, "ok", message);
  const [last] = data.items as { outcome?: unknown }[];
  return last?.outcome ?? "none";
}

const idsOfGroups = ({ sandbox }: Act) => sandbox.org.groups.all().map(({ id }) => id);

const MAY_BE_DONE = /may have been made all the same/;

/**
 * Asserts that nothing was lost and nothing was doubled. A read returned every item. A write that succeeded is in the
 * org once. If a write is in the org after an error, the error said that this may be so.
 */
export function findInOrg(kind: Kind, act: Act, { sees, message, data }: Outcome): void {
  if (kind.done === undefined) {
    const ids = (data.items as { id: string }[] | undefined)?.map(({ id }) => id);
    if (sees === "ok") assert.deepEqual(ids, idsOfGroups(act), "what was read is whole");
    return;
  }
  const times = kind.done(act);
  if (sees === "ok") assert.equal(times, 1, "what was done is in the org, once");
  else if (times > 0) {
    assert.equal(times, 1, "what was done in spite of an error is in the org, once");
    assert.match(message, MAY_BE_DONE, "the error says that the change may have been made");
  }
}

/** Asserts the same as `findInOrg`. It also asserts that the journal and the caller agree about a write. */
export async function accountFor(kind: Kind, act: Act, ended: Outcome): Promise<void> {
  findInOrg(kind, act, ended);
  const { sees, message } = ended;
  if (kind.done === undefined) return;
  const outcome = await lastChange(act);
  if (sees === "ok") assert.equal(outcome, "done", "the journal has the write as done");
  else if (MAY_BE_DONE.test(message)) assert.equal(outcome, "unknown", "the journal does not know either");
  else assert.match(String(outcome), /^(?:failed|refused)$/, "the journal does not have the write as made");
}
