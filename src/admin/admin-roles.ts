import type { Allowance } from "../guard/rules.js";
import type { EffectiveRights } from "../operator/who.js";
import { ADMIN_SECTIONS } from "../pages/admin-frame.js";
import { adminRolesPage, type SeenBy, type ShownRole } from "../pages/admin-roles-page.js";
import type { Role } from "../people/roles.js";
import type { PageRoutes } from "../web/web-server.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { addAdminPage, textIn } from "./admin-routes.js";

/** Adds the page about roles. */
export function addAdminRoles(app: PageRoutes, options: AdminPagesOptions): void {
  const { roles, admins, tools, toolsOf, rightsOf } = options;
  addAdminPage(app, options, ADMIN_SECTIONS.roles.path, async (frame, { context }) => {
    const asked = textIn(context.req.query("login"), 200);
    const all = roles();
    const allowed = new Map(all.map((role) => [role.name, toolsOf(role)]));
    return adminRolesPage(frame, {
      roles: all.map(shownRole),
      tools: tools.map(({ name, effect, scope }) => ({
        name,
        effect,
        scope,
        roles: new Set(all.flatMap((role) => (allowed.get(role.name)?.has(name) === true ? [role.name] : []))),
      })),
      adminGroups: admins()?.groups ?? [],
      asked,
      seen: asked === undefined ? [] : (await rightsOf(asked)).map(seenBy),
    });
  });
}

function shownRole({ name, groups, actAs, scopes, choice, guard, mayUndo }: Role): ShownRole {
  return {
    name,
    groups: [...groups],
    actAs: actAs === "user" ? "the person" : "its service app",
    scopes,
    limits: [
      ...(choice.readOnly === undefined ? [] : ["only reads"]),
      ...inWords("writes", guard.limits.writes),
      ...inWords("removals", guard.limits.removals),
      ...(guard.file === undefined ? [] : ["a guard file"]),
    ],
    mayUndo: mayUndo === "all" ? "everybody’s changes" : "own changes",
  };
}

function inWords(what: string, { perMinute, perDay, perSession }: Allowance): string[] {
  return [
    ...(perMinute === undefined ? [] : [`${perMinute} ${what} a minute`]),
    ...(perDay === undefined ? [] : [`${perDay} ${what} a day`]),
    ...(perSession === undefined ? [] : [`${perSession} ${what} since the start of the server`]),
  ];
}

function seenBy(rights: EffectiveRights): SeenBy {
  const { login, id, status, groups, groups_from, roles, tools, missing_tools, notes } = rights;
  const from = { okta: "as Okta has them now", last_sign_in: "as of the last sign-in", nowhere: "not known" };
  return {
    login,
    id,
    standing: status === "never_signed_in" ? "has never signed in here" : status,
    groups: groups_from === "nowhere" ? from.nowhere : `${groups.join(", ") || "none"} (${from[groups_from]})`,
    roles: roles.map(({ name, by_groups, act_as, not_granted }) => ({
      name,
      byGroups: by_groups,
      actAs: act_as === "user" ? "the person" : "a service app",
      notGranted: not_granted ?? [],
    })),
    tools,
    missing: missing_tools,
    notes,
  };
}
