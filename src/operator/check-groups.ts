import { OktaMcpError } from "../errors/index.js";
import { textAt } from "../json/json.js";
import type { Operations } from "../okta/operations.js";
import type { Store } from "../store/open-store.js";
import { quoteOkta } from "../text/quote.js";
import { type CheckContext, DIRECTORY_SCOPES, directoryApp, type OpenedApp } from "./check-context.js";
import { about, type Finding } from "./finding.js";

/** Checks where people's groups come from, and that the groups of roles and admins are there. */
export async function checkGroups(context: CheckContext, store: Store | undefined): Promise<Finding[]> {
  const opened = groupReader(context);
  const seen = await store?.people.groupsSeen();
  try {
    const source = checkSource(context, seen);
    return [...source, ...(await checkIds(context, opened?.operations, seen?.groups))];
  } finally {
    opened?.session.close();
  }
}

type Seen = Awaited<ReturnType<Store["people"]["groupsSeen"]>>;

/** An app that may read groups: the directory's, or that of a role. */
function groupReader({ openApp, roles, ...context }: CheckContext): OpenedApp | undefined {
  const directory = directoryApp(context);
  if (directory !== undefined) return openApp(directory, DIRECTORY_SCOPES);
  const scopes = ["okta.groups.read", "okta.groups.manage"] as const;
  for (const { service, scopes: held } of roles) {
    const scope = scopes.find((one) => (held as readonly string[]).includes(one));
    if (service !== undefined && scope !== undefined) return openApp(service, [scope]);
  }
  return undefined;
}

function checkSource({ content }: CheckContext, seen: Seen | undefined): Finding[] {
  const { ok, wrong, unknown } = about("groups of people");
  const claim = content.sign_in === "proxy" ? "groups" : content.tokens?.groups_claim;
  if (seen !== undefined && seen.withGroups > 0) {
    return [ok(`${seen.withGroups} of ${seen.people} people who have signed in came with their groups.`)];
  }
  if (content.directory !== undefined) {
    return [ok("Where a token does not tell a person's groups, the directory app reads them.")];
  }
  const fix = `Add the claim: Applications > the app > Sign On > OpenID Connect ID Token > Groups claim, with the name ${claim ?? "groups"} and the ids of the groups. Or add a directory app (directory), which reads them from Okta.`;
  if (seen !== undefined && seen.people > 0) {
    return [
      wrong(
        `None of the ${seen.people} people who have signed in came with groups: the groups claim is missing.`,
        fix,
        "groups_claim_missing",
      ),
    ];
  }
  if (claim === undefined) {
    return [
      wrong(
        "Nothing tells a person's groups: there is neither tokens.groups_claim nor a directory app.",
        fix,
        "groups_claim_missing",
      ),
    ];
  }
  return [
    unknown(
      `Whether Okta tells people's groups, as ids, in the claim ${claim} shows with the first sign-in.`,
      `${fix} After the first sign-in this check tells.`,
    ),
  ];
}

async function checkIds(
  { roles, content: { admins } }: CheckContext,
  operations: Operations | undefined,
  seen: ReadonlySet<string> | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const lists: [what: string, groups: Iterable<string>][] = [
    ...roles.map(({ name, groups }): [string, Iterable<string>] => [`groups of role ${name}`, groups]),
    ...(admins === undefined ? [] : [["groups of admins", admins.groups] as [string, Iterable<string>]]),
  ];
  for (const [what, groups] of lists) {
    const { ok, wrong, unknown } = about(what);
    const names: string[] = [];
    const missing: string[] = [];
    const open: string[] = [];
    for (const id of groups) {
      const found = operations === undefined ? undefined : await groupName(operations, id);
      if (found instanceof OktaMcpError) {
        if (found.code === "not_found") missing.push(id);
        else open.push(id);
      } else if (found !== undefined) names.push(`${id} is ${found}`);
      else if (seen?.has(id)) names.push(`${id} was seen with a person`);
      else open.push(id);
    }
    if (missing.length > 0) {
      findings.push(
        wrong(
          `Okta has no group with the id ${missing.join(", ")}.`,
          "Copy the id from the address of the group's page in the Admin Console: Directory > Groups > the group.",
          "no_such_group",
        ),
      );
    } else if (open.length > 0) {
      findings.push(
        unknown(
          `Nothing here may ask Okta for the group ${open.join(", ")}.`,
          "Compare it with the address of the group's page. A directory app (directory) makes this check possible.",
        ),
      );
    } else findings.push(ok(`${names.join(", ")}.`));
  }
  return findings;
}

async function groupName(operations: Operations, groupId: string): Promise<string | OktaMcpError> {
  try {
    const group = await operations.groups.getGroup({ groupId });
    return quoteOkta(textAt(group, "profile", "name"), 100);
  } catch (error) {
    if (error instanceof OktaMcpError) return error;
    throw error;
  }
}
