import type { KnownPerson } from "../store/stored-people.js";
import type { GroupSync } from "../upstream/group-sync.js";
import type { AuditRecorder } from "../web/client-requests.js";

/**
 * Reads somebody's groups at Okta now, and keeps that on record.
 * @returns the person as of now, and the ids of the groups that are new or gone
 * @throws SignInFailure where Okta does not answer: nothing has changed then
 */
export async function syncGroups(
  groupSync: Pick<GroupSync, "sync">,
  person: KnownPerson,
  record: AuditRecorder,
): Promise<{ now: KnownPerson; added: string[]; removed: string[] }> {
  const now = await groupSync.sync(person);
  const added = now.groups.filter((id) => !person.groups.includes(id));
  const removed = person.groups.filter((id) => !now.groups.includes(id));
  const detail = { groups: now.groups.length, added: added.length, removed: removed.length };
  await record({ action: "sync_groups", target: person.id, outcome: "done", detail });
  return { now, added, removed };
}
