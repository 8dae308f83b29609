import { html } from "hono/html";
import { type Markup, wholePage } from "./layout.js";

/** The parts of the admin pages, in the order of the navigation. */
export const ADMIN_SECTIONS = {
  overview: { path: "/admin", name: "Overview" },
  people: { path: "/admin/people", name: "People", invitations: "/admin/invitations" },
  access: { path: "/admin/access", name: "Sessions and clients" },
  roles: { path: "/admin/roles", name: "Roles" },
  approvals: { path: "/admin/approvals", name: "Approvals" },
  audit: { path: "/admin/audit", name: "Audit" },
  changes: { path: "/admin/changes", name: "Changes" },
} as const;

/** The page about somebody. @param id our own id */
export const personPath = (id: string): string => `${ADMIN_SECTIONS.people.path}/${encodeURIComponent(id)}`;

/** The page about a client. Its id may be an address, so it is no part of the path. */
export const clientPath = (id: string): string => `${ADMIN_SECTIONS.access.path}/client?id=${encodeURIComponent(id)}`;

export type AdminSection = keyof typeof ADMIN_SECTIONS;

/** What surrounds every admin page. */
export interface AdminFrame {
  org: string;
  /** The admin, for people. */
  login: string;
  /** True where the admin came in by a link of the machine. */
  isBreakGlass: boolean;
  /** The token of the form that signs out. */
  signOutCsrf: string;
  /** Epoch milliseconds. */
  nowMs: number;
}

export interface AdminPageParts {
  section: AdminSection;
  /** The title and the heading, without markup. */
  title: string;
  /** What stands above the heading, e.g. the way back. */
  above?: Markup | undefined;
  /** What was just done, in a sentence. */
  done?: string | undefined;
  body: Markup;
}

function navigation(at: AdminSection): Markup {
  const links = Object.entries(ADMIN_SECTIONS).map(([section, { path, name }]) =>
    section === at
      ? html`<li><a href="${path}" aria-current="page">${name}</a></li>`
      : html`<li><a href="${path}">${name}</a></li>`,
  );
  return html`<nav class="sections" aria-label="Administration"><ul>${links}</ul></nav>`;
}

/** An admin page with its navigation. */
export function adminPage(frame: AdminFrame, { section, title, above, done, body }: AdminPageParts): Markup {
  const { org, login, isBreakGlass, signOutCsrf } = frame;
  const { name } = ADMIN_SECTIONS[section];
  return wholePage({
    title: title === name ? `${title} - Administration` : `${title} - ${name} - Administration`,
    org,
    login,
    kind: "admin",
    inHeader: html`<form method="post" action="/admin/sign-out"><input type="hidden" name="csrf" value="${signOutCsrf}"><button class="small">Sign out</button></form>`,
    body: html`${navigation(section)}
<main id="content" tabindex="-1">
${isBreakGlass ? html`<p class="note warn" role="note">You came in by a link of the server’s own machine. Everything you do is on record under that link.</p>` : ""}
${done === undefined ? "" : html`<p class="note ok" role="status">${done}</p>`}
${above === undefined ? "" : html`<p class="above">${above}</p>`}
<h1>${title}</h1>
${body}
</main>`,
  });
}
