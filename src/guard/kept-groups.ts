import type { Session } from "../auth/session.js";
import { scopeState, scopeView } from "../catalogue/active-tools.js";
import type { OktaMcpError } from "../errors/index.js";
import { type Json, textAt } from "../json/json.js";
import type { Target } from "../okta/targets.js";
import { ifReadable } from "../okta/tolerate.js";
import { visible } from "../text/quote.js";
import { refused } from "./refused.js";
import type { TargetReader, WriteKind } from "./target-reader.js";

/** True where a write removes a group as a whole, rather than its members. */
function isRemovalOfGroup(targets: readonly Target[], kind: WriteKind): boolean {
  return kind === "removes" && targets.every(({ type }) => type === "group");
}

/**
 * Refuses writes to groups whose members and profile the org does not decide. Okta accepts such changes for the type
 * OKTA_GROUP alone (operations `assignUserToGroup`, `unassignUserFromGroup` and `replaceGroup`). An imported group can
 * be deleted (`deleteGroup`), a built-in one cannot.
 * @param targets all objects that one write touches
 * @throws OktaMcpError protected, with the source of the group; the error of reading the group, except for an addition,
 * which Okta judges itself
 */
export async function checkGroups(
  targets: readonly Target[],
  kind: WriteKind,
  reader: TargetReader,
  session: Session,
): Promise<void> {
  // The assignment of an app to a group changes neither members nor profile.
  const isAssignment = targets.some(({ type }) => type === "app");
  for (const target of targets) {
    if (target.type !== "group" || (isAssignment && kind === "adds")) continue;
    const group = await (kind === "adds" ? ifReadable(reader.read(target)) : reader.read(target));
    const type = textAt(group, "type");
    if (type === "BUILT_IN") throw builtIn(target);
    const isOfOthers = type !== "" && type !== "OKTA_GROUP";
    if (isOfOthers && !isAssignment && !isRemovalOfGroup(targets, kind)) {
      throw imported(target, group, await sourceOf(group, reader, session));
    }
  }
}

/** The name of the app or directory that a group comes from; undefined where it is not known. */
async function sourceOf(group: Json | undefined, reader: TargetReader, session: Session): Promise<string | undefined> {
  const href = textAt(group, "_links", "source", "href");
  const id = textAt(group, "source", "id") || (/\/apps\/([\w-]{1,100})$/.exec(href)?.[1] ?? "");
  if (id === "" || scopeState("okta.apps.read", scopeView(session)) !== "on") return undefined;
  return textAt(await ifReadable(reader.read({ type: "app", id })), "label") || undefined;
}

function builtIn({ id }: Target): OktaMcpError {
  return refused("built in: Everyone", "Okta's built-in groups, such as Everyone, are always protected.", {
    fix: "Choose another group; Okta itself keeps the members of this one.",
    data: { target: { type: "group", id } },
  });
}

function imported({ id }: Target, group: Json | undefined, source: string | undefined): OktaMcpError {
  const type = visible(textAt(group, "type"));
  const name = visible(textAt(group, "profile", "name")) || id;
  const from = source === undefined ? "another system" : visible(source);
  const where = source === undefined ? "in the app or directory that it comes from" : `in ${visible(source)}`;
  return refused(
    "built in: imported group",
    `The group ${name} (type ${type}) comes from ${from}, which alone decides on its members and its profile.`,
    {
      fix: `Make the change ${where}, from which Okta imports it, or choose a group of the type OKTA_GROUP.`,
      data: { target: { type: "group", id }, ...(source === undefined ? {} : { source }) },
    },
  );
}
