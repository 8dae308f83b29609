import assert from "node:assert/strict";
import type { Outcome } from "../../support/server-process.js";
import type { Act } from "../scenario.js";

/** A call that faults happen to, and what is lost or doubled when it goes wrong. */
export interface Kind {
  /** How the table calls it. */
  name: string;
  method: string;
  /** The path of the request that the fault is for, as the fault script takes it. */
  path: string;
  call(act: Act): Promise<Outcome>;
  /** How often the org has done what was asked for; undefined for a read. */
  done?: (act: Act) => number;
}

const GROUPS = "/api/v1/groups";
const GROUP = "/api/v1/groups/{id}";
/** What the writes leave behind in the org. */
const MARK = "made in spite of faults";

export const READ: Kind = {
  name: "a read",
  method: "GET",
  path: GROUPS,
  call: ({ server }) => server.call("list_groups"),
};

/** A replace may be sent again: twice is the same as once. */
export const REPLACE: Kind = {
  name: "a repeatable write",
  method: "PUT",
  path: GROUP,
  call: ({ server, groupId }) =>
    server.call("update_group", { group_id: groupId, profile: { name: "Pilot", description: MARK } }),
  done: ({ sandbox, groupId }) => Number(sandbox.org.groups.get(groupId)?.profile.description === MARK),
};

/** A creation must not be sent again: twice would make two. */
export const CREATE: Kind = {
  name: "a one-time write",
  method: "POST",
  path: GROUPS,
  call: ({ server }) => server.call("create_group", { profile: { name: MARK, description: MARK } }),
  done: ({ sandbox }) => sandbox.org.groups.all().filter(({ profile }) => profile.name === MARK).length,
};

/** How the journal says that the last write ended; "none" where it has none. */
export async function lastChange({ server }: Pick<Act, "server">): Promise<unknown> {
  const { sees, message, data } = await server.call("list_changes", { limit: 1 });
  assert.equal(sees, "ok", message);
  const [last] = data.items as { outcome?: unknown }[];
  return last?.outcome ?? "none";
}

const idsOfGroups = ({ sandbox }: Act) => sandbox.org.groups.all().map(({ id }) => id);

const MAY_BE_DONE = /may have been made all the same/;

/**
 * That nothing was lost and nothing doubled: what was read is whole, what the caller was told was
 * done is there once, and what is there after an error was said to be possible.
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

/** The same, and that the journal says of a write what the caller heard. */
export async function accountFor(kind: Kind, act: Act, ended: Outcome): Promise<void> {
  findInOrg(kind, act, ended);
  const { sees, message } = ended;
  if (kind.done === undefined) return;
  const outcome = await lastChange(act);
  if (sees === "ok") assert.equal(outcome, "done", "the journal has the write as done");
  else if (MAY_BE_DONE.test(message)) assert.equal(outcome, "unknown", "the journal does not know either");
  else assert.match(String(outcome), /^(?:failed|refused)$/, "the journal does not have the write as made");
}
