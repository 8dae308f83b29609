import type { ApiAuth } from "../apis/api-auth.js";
import { scopeState, toolsOn } from "../catalogue/active-tools.js";
import type { CatalogueEntry } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import type { Allowance } from "../guard/rules.js";
import { itemsAt, textAt } from "../json/json.js";
import { allGuards, type Role, rolesOf } from "../people/roles.js";
import type { Store } from "../store/open-store.js";
import type { KnownPerson } from "../store/stored-people.js";
import { type CheckContext, DIRECTORY_SCOPES, directoryApp } from "./check-context.js";

/** A role of a person, and why they have it. */
export interface HeldRole {
  name: string;
  /** The ids of the person's groups that give it. */
  by_groups: string[];
  act_as: Role["actAs"];
  scopes: readonly string[];
  /** The scopes of the role that the person has not granted at Okta; undefined where that does not matter. */
  not_granted?: string[];
  may_undo: Role["mayUndo"];
}

/** A tool that a person can call. */
export interface UsableTool {
  name: string;
  /** The role under which a call runs: the first one that allows it. */
  role: string;
  act_as: Role["actAs"];
  scope: string | null;
  /** The company's API that it calls. */
  api?: string;
}

/** Somebody's effective rights, and why. */
export interface EffectiveRights {
  login: string;
  /** Our own id; undefined for somebody who never signed in here. */
  id: string | undefined;
  issuer: string | undefined;
  status: KnownPerson["status"] | "never_signed_in";
  groups: string[];
  groups_from: "okta" | "last_sign_in" | "nowhere";
  /** ISO 8601; the time of the sign-in from which the groups are. */
  groups_at: string | undefined;
  roles: HeldRole[];
  /** The names of the roles that no group of theirs gives. */
  roles_not_held: string[];
  tools: UsableTool[];
  missing_tools: { name: string; why: string }[];
  /** The company's APIs that their roles name; `linked` where each person grants access, and undefined where not. */
  apis: { name: string; kind: ApiAuth["kind"]; roles: string[]; linked?: boolean }[];
  guard_files: string[];
  limits: { writes: Allowance; removals: Allowance } | undefined;
  /** Sentences about what keeps them from calling at all. */
  notes: string[];
}

/** The groups of somebody, and where they are known from. */
type Groups = Pick<EffectiveRights, "groups" | "groups_from" | "groups_at">;

/**
 * Tells what somebody may do and why. Several people can have had one login; each is told.
 * @param store undefined where the server has never started
 * @returns nobody where neither the store nor Okta knows the login
 */
export async function rightsOf(
  context: CheckContext,
  store: Store | undefined,
  login: string,
): Promise<EffectiveRights[]> {
  const known = (await store?.people.findByLogin(login)) ?? [];
  const atOkta = await groupsAtOkta(context, login);
  if (known.length === 0) {
    if (atOkta === undefined) return [];
    return [rights(context, { login, person: undefined, groups: atOkta, granted: undefined, linked: [] })];
  }
  return Promise.all(
    known.map(async (person) => {
      const granted = (await store?.upstream.find(person.id, "org"))?.scopes;
      const linked = ((await store?.upstream.apisOf(person.id)) ?? []).map(({ api }) => api);
      const groups = atOkta ?? asOfSignIn(person);
      return rights(context, { login: person.login ?? login, person, groups, granted, linked });
    }),
  );
}

function asOfSignIn({ groups, groupsAtMs }: KnownPerson): Groups {
  return {
    groups: [...groups],
    groups_from: groupsAtMs === undefined ? "nowhere" : "last_sign_in",
    groups_at: groupsAtMs === undefined ? undefined : new Date(groupsAtMs).toISOString(),
  };
}

/** The groups as Okta has them at the moment; undefined where nobody may ask, or Okta knows no such login. */
async function groupsAtOkta(context: CheckContext, login: string): Promise<Groups | undefined> {
  const app = directoryApp(context);
  if (app === undefined) return undefined;
  const { session, operations } = context.openApp(app, DIRECTORY_SCOPES);
  try {
    const groups = await operations.users.listUserGroups({ userId: login });
    const ids = itemsAt(groups).map((group) => textAt(group, "id"));
    return { groups: ids.filter((id) => id !== ""), groups_from: "okta", groups_at: undefined };
  } catch (error) {
    if (error instanceof OktaMcpError) return undefined;
    throw error;
  } finally {
    session.close();
  }
}

interface Subject {
  login: string;
  person: KnownPerson | undefined;
  groups: Groups;
  /** What the person has granted at Okta; undefined where they have granted nothing. */
  granted: readonly string[] | undefined;
  /** The APIs that the person has linked. */
  linked: readonly string[];
}

function rights(context: CheckContext, { login, person, groups, granted, linked }: Subject): EffectiveRights {
  const held = rolesOf(context.roles, groups.groups);
  const guard = held.length === 0 ? undefined : allGuards(held);
  const tools = usableTools(context, held, granted);
  return {
    login,
    id: person?.id,
    issuer: person?.issuer,
    status: person?.status ?? "never_signed_in",
    ...groups,
    roles: held.map((role) => heldRole(role, groups.groups, granted)),
    roles_not_held: context.roles.filter((role) => !held.includes(role)).map(({ name }) => name),
    tools,
    missing_tools: missingTools(context, held, new Set(tools.map(({ name }) => name)), granted),
    apis: apisOf(context, held, linked),
    guard_files: [...new Set(held.flatMap((role) => role.guard.file?.split(", ") ?? []))],
    limits: guard?.limits,
    notes: notesOf(person, groups, held),
  };
}

function apisOf({ apis }: CheckContext, held: readonly Role[], linked: readonly string[]): EffectiveRights["apis"] {
  return apis.of(held).map(({ api, roles }) => ({
    name: api.name,
    kind: api.auth.kind,
    roles: held.map(({ name }) => name).filter((name) => roles.has(name)),
    ...(api.auth.kind === "user_grant" && { linked: linked.includes(api.name) }),
  }));
}

function heldRole(role: Role, groups: readonly string[], granted: readonly string[] | undefined): HeldRole {
  const missing = role.actAs === "user" ? role.scopes.filter((scope) => !(granted ?? []).includes(scope)) : undefined;
  return {
    name: role.name,
    by_groups: groups.filter((id) => role.groups.has(id)),
    act_as: role.actAs,
    scopes: role.scopes,
    ...(missing === undefined ? {} : { not_granted: missing }),
    may_undo: role.mayUndo,
  };
}

/** The scopes that decide in a role. What a person has not granted yet is asked for with the next sign-in. */
function viewOf(role: Role, granted: readonly string[] | undefined) {
  const isUser = role.actAs === "user" && granted !== undefined;
  return { configured: new Set<string>(role.scopes), granted: isUser ? new Set(granted) : undefined };
}

function usableTools(
  context: CheckContext,
  held: readonly Role[],
  granted: readonly string[] | undefined,
): UsableTool[] {
  const found = new Map<string, UsableTool>();
  for (const role of held) {
    for (const { name, scope, api } of toolsOn(context.catalogueOf(role), viewOf(role, granted))) {
      if (found.has(name)) continue;
      found.set(name, { name, role: role.name, act_as: role.actAs, scope, ...(api && { api: api.name }) });
    }
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Why each tool that the person has not is missing, role by role. */
function missingTools(
  context: CheckContext,
  held: readonly Role[],
  usable: ReadonlySet<string>,
  granted: readonly string[] | undefined,
): EffectiveRights["missing_tools"] {
  const reasons = new Map<string, string[]>();
  const add = (name: string, why: string) => reasons.set(name, [...(reasons.get(name) ?? []), why]);
  for (const role of held) {
    const catalogue = context.catalogueOf(role);
    for (const { tool, why } of catalogue.leftOut) add(tool.name, why);
    for (const tool of catalogue.entries) add(tool.name, whyNot(tool, role, granted));
  }
  return [...reasons]
    .filter(([name]) => !usable.has(name))
    .map(([name, why]) => ({ name, why: why.join("; ") }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function whyNot(tool: CatalogueEntry, role: Role, granted: readonly string[] | undefined): string {
  const state = scopeState(tool.scope, viewOf(role, granted));
  if (state === "not_configured") return `role ${role.name}: scopes has no ${tool.scope}`;
  if (state === "not_granted") return `role ${role.name}: the person has not granted ${tool.scope} at Okta`;
  return `role ${role.name}: no tool is on that it is about`;
}

function notesOf(person: KnownPerson | undefined, groups: Groups, held: readonly Role[]): string[] {
  const notes: string[] = [];
  if (person === undefined) notes.push("They have never signed in here.");
  if (person?.status === "blocked") notes.push("They are blocked here: every call is refused.");
  if (person?.status === "gone") notes.push("They are gone at Okta: every call is refused.");
  if (groups.groups_from === "nowhere") {
    notes.push("No sign-in of theirs told their groups, and there is no directory app: they have no role.");
  } else if (held.length === 0) notes.push("None of their groups gives a role: sign-in is refused with no_role.");
  return notes;
}
