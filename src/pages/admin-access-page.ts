import { html } from "hono/html";
import { ADMIN_SECTIONS, type AdminFrame, adminPage, clientPath, personPath } from "./admin-frame.js";
import { SESSION_KINDS } from "./admin-person-page.js";
import type { Markup } from "./layout.js";
import {
  buttonForm,
  chip,
  dataTable,
  emptyList,
  facts,
  type ListPages,
  moment,
  pager,
  type Shown,
} from "./page-parts.js";
import { shown } from "./page-text.js";

/** How a client came here, in words. */
const CLIENT_KINDS = {
  static: "listed in serve.json",
  cimd: "describes itself by a document",
  dcr: "has registered itself",
} as const;

export interface AccessClient {
  id: string;
  kind: keyof typeof CLIENT_KINDS;
  name: string;
  createdAtMs: number | undefined;
  usedAtMs: number | undefined;
  blockedAtMs: number | undefined;
  /** The people for whom it may act. */
  people: number;
}

export interface AccessPage {
  clients: readonly AccessClient[];
  pages: ListPages;
  /** Where clients get their tokens, where that is not here. */
  tokensFrom: string | undefined;
  done: string | undefined;
}

const maybe = (ms: number | undefined, nowMs: number, none: string): Shown =>
  ms === undefined ? html`<span class="soft">${none}</span>` : moment(ms, nowMs);

const stateOf = (blockedAtMs: number | undefined) =>
  blockedAtMs === undefined ? chip("let in", "ok") : chip("blocked", "bad");

/** The two lists of the section. */
function lists(at: "clients" | "browsers"): Markup {
  const link = (name: "clients" | "browsers", path: string, words: string) =>
    name === at ? html`<a href="${path}" aria-current="page">${words}</a>` : html`<a href="${path}">${words}</a>`;
  const { path } = ADMIN_SECTIONS.access;
  return html`<nav class="lists" aria-label="Lists">${link("clients", path, "Clients")}${link("browsers", `${path}/browsers`, "Browsers")}</nav>`;
}

/** The clients that are known here. */
export function adminAccessPage(frame: AdminFrame, { clients, pages, tokensFrom, done }: AccessPage): Markup {
  const { nowMs } = frame;
  const table = dataTable({
    caption: "Clients that are known here, the last one to come first",
    columns: ["Client", "State", "How it came", "People", "Came", "Last token"],
    rows: clients.map((client) => [
      html`<a href="${clientPath(client.id)}">${shown(client.name)}</a>${client.name === client.id ? "" : html`<br><span class="soft">${shown(client.id)}</span>`}`,
      stateOf(client.blockedAtMs),
      CLIENT_KINDS[client.kind],
      client.people,
      maybe(client.createdAtMs, nowMs, "not used yet"),
      maybe(client.usedAtMs, nowMs, "never"),
    ]),
  });
  const none =
    tokensFrom === undefined
      ? emptyList(
          "No client has come yet.",
          "Have somebody add the address of this server to their assistant. It appears here with its first request.",
        )
      : emptyList(
          "Clients do not sign in here.",
          html`They get their tokens from <strong>${shown(tokensFrom)}</strong>: end or block one there, or take its id out of tokens.clients in serve.json.`,
        );
  return adminPage(frame, {
    section: "access",
    title: "Sessions and clients",
    done,
    body: html`${lists("clients")}${clients.length === 0 ? none : html`${table}${pager(pages)}`}`,
  });
}

/** What somebody has allowed a client. */
export interface ClientGrant {
  person: string;
  label: string;
  redirectHosts: readonly string[];
  sinceMs: number;
  usedAtMs: number | undefined;
}

export interface ClientPage extends AccessClient {
  grants: readonly ClientGrant[];
  pages: ListPages;
  done: string | undefined;
  /** Of the form that ends one grant. */
  csrf: string;
}

/** One client: who has allowed it what, and what can be done about it. */
export function adminClientPage(frame: AdminFrame, page: ClientPage): Markup {
  const { id, name, kind, createdAtMs, usedAtMs, blockedAtMs, people, grants, pages, done, csrf } = page;
  const { nowMs } = frame;
  const act = (path: string) => `${ADMIN_SECTIONS.access.path}/${path}?id=${encodeURIComponent(id)}`;
  const table = dataTable({
    caption: "People for whom this client may act",
    columns: ["Person", "Its answers go to", "Allowed", "Last token", "End it"],
    rows: grants.map((grant) => [
      html`<a href="${personPath(grant.person)}">${shown(grant.label)}</a>`,
      grant.redirectHosts.map(shown).join(", ") || "not known",
      moment(grant.sinceMs, nowMs),
      maybe(grant.usedAtMs, nowMs, "not lately"),
      buttonForm({
        action: `${ADMIN_SECTIONS.access.path}/revoke`,
        csrf,
        text: "End access",
        label: `End access for ${shown(grant.label)}`,
        fields: { client: id, person: grant.person },
      }),
    ]),
  });
  return adminPage(frame, {
    section: "access",
    title: shown(name),
    above: html`<a href="${ADMIN_SECTIONS.access.path}">Sessions and clients</a>`,
    done,
    body: html`${facts([
      [
        "State",
        blockedAtMs === undefined ? stateOf(undefined) : html`${stateOf(blockedAtMs)} ${moment(blockedAtMs, nowMs)}`,
      ],
      ["Id", html`<code>${shown(id)}</code>`],
      ["How it came", CLIENT_KINDS[kind]],
      ["Name", kind === "static" ? "of serve.json" : "chosen by the client; nobody has verified it"],
      ["Came", maybe(createdAtMs, nowMs, "not used yet")],
      ["Last token", maybe(usedAtMs, nowMs, "never")],
      ["May act for", people === 1 ? "1 person" : `${people} people`],
    ])}
<div class="acts">
${people === 0 ? "" : html`<a class="button small" href="${act("revoke-all")}">End all its access…</a>`}
${blockedAtMs === undefined ? html`<a class="button small" href="${act("block")}">Block…</a>` : html`<a class="button small" href="${act("unblock")}">Lift the block…</a>`}
</div>
<h2>People</h2>
${grants.length === 0 ? emptyList("It may act for nobody.", "People let a client in on the page that asks them.") : html`${table}${pager(pages)}`}`,
  });
}

export interface BrowserRow {
  handle: string;
  person: string;
  label: string;
  kind: string;
  signedInAtMs: number;
  idleEndsAtMs: number;
  endsAtMs: number;
}

export interface BrowsersPage {
  browsers: readonly BrowserRow[];
  pages: ListPages;
  done: string | undefined;
  csrf: string;
}

/** The browsers in which somebody is signed in to pages of this server. */
export function adminBrowsersPage(frame: AdminFrame, { browsers, pages, done, csrf }: BrowsersPage): Markup {
  const { nowMs } = frame;
  const path = `${ADMIN_SECTIONS.access.path}/browsers`;
  const table = dataTable({
    caption: "Browsers that are signed in to pages of this server, the last one first",
    columns: ["Person", "For", "Signed in", "Ends at the latest", "End it"],
    rows: browsers.map((browser) => [
      html`<a href="${personPath(browser.person)}">${shown(browser.label)}</a>`,
      SESSION_KINDS[browser.kind] ?? shown(browser.kind),
      moment(browser.signedInAtMs, nowMs),
      moment(browser.endsAtMs, nowMs),
      buttonForm({
        action: `${path}/end`,
        csrf,
        text: "Sign out",
        label: `Sign out the browser of ${shown(browser.label)}`,
        fields: { handle: browser.handle, person: browser.person },
      }),
    ]),
  });
  return adminPage(frame, {
    section: "access",
    title: "Sessions and clients",
    done,
    body: html`${lists("browsers")}${browsers.length === 0 ? emptyList("No browser is signed in.", "Programs are on the list of clients.") : html`${table}${pager(pages)}`}`,
  });
}
