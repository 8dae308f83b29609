import assert from "node:assert/strict";
import type { Act } from "../scenario.js";
import type { Outcome } from "../server-process.js";

/** A call that faults happen to, and what is lost or doubled when it goes wrong. */
export interface Kind {
  /** How the table calls it. */
  name: string;
  method: string;
  /** The path of the request that the fault is for, as the fault script takes it. */
  path: string;
  /** What reaches the org besides, before that request. */
  before: string;
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
  before: "",
  call: ({ server }) => server.call("list_groups"),
};

/** A replace may be sent again: twice is the same as once. */
export const REPLACE: Kind = {
  name: "a repeatable write",
  method: "PUT",
  path: GROUP,
  before: "1 GET, ",
  call: ({ server, groupId }) =>
    server.call("update_group", { group_id: groupId, profile: { name: "Pilot", description: MARK } }),
  done: ({ sandbox, groupId }) => Number(sandbox.org.groups.get(groupId)?.profile.description === MARK),
};

/** A creation must not be sent again: twice would make two. */
export const CREATE: Kind = {
  name: "a one-time write",
  method: "POST",
  path: GROUPS,
  before: "",
  call: ({ server }) => server.call("create_group", { profile: { name: MARK, description: MARK } }),
  done: ({ sandbox }) => sandbox.org.groups.all().filter(({ profile }) => profile.name === MARK).length,
};

/**
 * That nothing was lost and nothing doubled: what the caller was told was done is there once, and
 * what is there after an error was said to be possible.
 */
export function accountFor(kind: Kind, act: Act, { sees, message }: Outcome): void {
  if (kind.done === undefined) return;
  const times = kind.done(act);
  if (sees === "ok") assert.equal(times, 1, "what was done is in the org, once");
  else if (times > 0) {
    assert.equal(times, 1, "what was done in spite of an error is in the org, once");
    assert.match(message, /may have been made all the same/, "the error says that the change may have been made");
  }
}
