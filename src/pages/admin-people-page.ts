import { html } from "hono/html";
import { ADMIN_SECTIONS, type AdminFrame, adminPage, personPath } from "./admin-frame.js";
import type { Markup } from "./layout.js";
import { chip, dataTable, emptyList, filterForm, type ListPages, moment, pager, type Shown } from "./page-parts.js";
import { shown } from "./page-text.js";

/** How somebody stands, in a word. */
export type Standing = "active" | "blocked" | "gone";

/** A role that somebody has, and by which of their groups. */
export interface RoleReason {
  name: string;
  groups: readonly string[];
}

export interface ListedPerson {
  id: string;
  label: string;
  name: string | undefined;
  standing: Standing;
  isAdmin: boolean;
  roles: readonly RoleReason[];
  /** The clients that may act for them. */
  clients: number;
  /** Epoch milliseconds. */
  seenAtMs: number;
}

export interface PeoplePage {
  people: readonly ListedPerson[];
  filters: { begins: string | undefined; standing: string | undefined; role: string | undefined };
  roleNames: readonly string[];
  pages: ListPages;
  done: string | undefined;
}

const STANDINGS: Readonly<Record<Standing, Markup>> = {
  active: chip("active", "ok"),
  blocked: chip("blocked", "bad"),
  gone: chip("gone at Okta", "off"),
};

/** How somebody stands. */
export const standingChip = (standing: Standing): Markup => STANDINGS[standing];

/** The roles of somebody, each with the groups that give it. */
export function rolesAndWhy(roles: readonly RoleReason[], isAdmin: boolean): Shown {
  if (roles.length === 0 && !isAdmin) return html`<span class="soft">no role: none of their groups gives one</span>`;
  return html`${isAdmin ? html`<div>${chip("admin of this server", "ok")}</div>` : ""}${roles.map(
    ({ name, groups }) => html`<div>${chip(name)} <span class="soft">by ${groups.join(", ")}</span></div>`,
  )}`;
}

/** Everybody who has signed in, and what they may do. */
export function adminPeoplePage(frame: AdminFrame, { people, filters, roleNames, pages, done }: PeoplePage): Markup {
  const { begins, standing, role } = filters;
  const isNarrowed = begins !== undefined || standing !== undefined || role !== undefined;
  const form = filterForm(ADMIN_SECTIONS.people.path, [
    { name: "begins", label: "Login or name begins with", value: begins },
    {
      name: "status",
      label: "Status",
      value: standing,
      choices: [
        ["", "any"],
        ["active", "active"],
        ["blocked", "blocked"],
        ["gone", "gone at Okta"],
      ],
    },
    {
      name: "role",
      label: "Role",
      value: role,
      choices: [["", "any"], [ADMIN_ROLE, "admin of this server"], ...roleNames.map((name) => [name, name] as const)],
    },
  ]);
  const table = dataTable({
    caption: "People who have signed in to this server",
    columns: ["Person", "Status", "Roles and why", "Programs", "Last sign-in"],
    rows: people.map((person) => [
      html`<a href="${personPath(person.id)}">${shown(person.label)}</a>${person.name === undefined ? "" : html`<br><span class="soft">${shown(person.name)}</span>`}`,
      standingChip(person.standing),
      rolesAndWhy(person.roles, person.isAdmin),
      person.clients,
      moment(person.seenAtMs, frame.nowMs),
    ]),
  });
  const nobody = isNarrowed
    ? emptyList(
        "Nobody fits.",
        html`Look for the beginning of a login or name, or <a href="${ADMIN_SECTIONS.people.path}">show everybody</a>. Somebody who has never signed in here is not in this list; <a href="${ADMIN_SECTIONS.roles.path}">Roles</a> tells what they would see.`,
      )
    : emptyList(
        "Nobody has signed in yet.",
        "Give people the address of this server for their assistant. They appear here after their first sign-in.",
      );
  return adminPage(frame, {
    section: "people",
    title: "People",
    done,
    body: html`<p class="above"><a href="${ADMIN_SECTIONS.people.invitations}">Invitations</a></p>
${form}${people.length === 0 ? nobody : html`${table}${pager(pages)}`}`,
  });
}

/** The choice of the filter that is no role of serve.json: names of roles have no asterisk. */
export const ADMIN_ROLE = "*admin";
