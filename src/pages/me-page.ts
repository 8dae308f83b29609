import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";
import { questionTitle, shown } from "./page-text.js";
import { signOutForm } from "./sign-in-page.js";

/** A client that may act for the person. */
export interface OwnClient {
  id: string;
  name: string;
  redirectHost: string;
  /** Epoch milliseconds. */
  sinceMs: number;
  lastUsedAtMs: number | undefined;
}

/** A change that waits for the person's answer. */
export interface OpenQuestion {
  id: string;
  title: string;
  client: string;
}

/** One of the company's APIs. */
export interface OwnApi {
  name: string;
  /** Epoch milliseconds; undefined where it is not linked. */
  linkedSinceMs: number | undefined;
}

export interface MePage {
  org: string;
  login: string;
  roles: readonly string[];
  clients: readonly OwnClient[];
  questions: readonly OpenQuestion[];
  /** Whether this server may act for the person at Okta; undefined where no role of theirs needs it. */
  mayActAtOkta: boolean | undefined;
  /** The company's APIs that the person may link, or has linked. */
  apis: readonly OwnApi[];
  csrf: string;
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

function clientRow({ id, name, redirectHost, sinceMs, lastUsedAtMs }: OwnClient, hidden: Markup): Markup {
  const used = lastUsedAtMs === undefined ? "not used yet" : `last used ${day(lastUsedAtMs)}`;
  return html`<li class="row">
<div><strong>${shown(name)}</strong><br><span class="soft">${shown(redirectHost)} · since ${day(sinceMs)} · ${used}</span></div>
<form method="post" action="/me/revoke">${hidden}<input type="hidden" name="client" value="${id}"><button aria-label="End access of ${shown(name)}">End access</button></form>
</li>`;
}

function apiRow({ name, linkedSinceMs }: OwnApi): Markup {
  const state = linkedSinceMs === undefined ? "not linked" : `this server may act for you since ${day(linkedSinceMs)}`;
  return html`<li class="row"><div><strong>${shown(name)}</strong><br><span class="soft">${state}</span></div><a class="button" href="/connect/${name}">${linkedSinceMs === undefined ? "Link it" : "Look at it"}</a></li>`;
}

/** A person's own roles and clients, and the way to end what they allowed. */
export function mePage({ org, login, roles, clients, questions, mayActAtOkta, apis, csrf }: MePage): Markup {
  const hidden = html`<input type="hidden" name="csrf" value="${csrf}">`;
  return layout({
    title: "Your access",
    org,
    login,
    body: html`<h1>Your access</h1>
<dl>
<div><dt>Roles</dt><dd>${roles.length === 0 ? "none" : roles.map((role) => html`<span class="chip">${role}</span> `)}</dd></div>
${
  mayActAtOkta === undefined
    ? ""
    : html`<div><dt>At Okta</dt><dd>${mayActAtOkta ? "this server may act for you" : "not granted, or something is missing"} · <a href="/connect/okta">${mayActAtOkta ? "See what" : "Grant it"}</a></dd></div>`
}
</dl>
${
  questions.length === 0
    ? ""
    : html`<h2>Waiting for your answer</h2>
<ul class="rows">${questions.map(({ id, title, client }) => html`<li class="row"><div><strong>${questionTitle(title)}</strong><br><span class="soft">${shown(client)}</span></div><a class="button" href="/approve/${id}">Look at it</a></li>`)}</ul>`
}
${
  apis.length === 0
    ? ""
    : html`<h2>Your company's APIs</h2>
<ul class="rows">${apis.map(apiRow)}</ul>`
}
<h2>Programs that may act for you</h2>
${
  clients.length === 0
    ? html`<p class="soft">None. Add this server to an assistant, and it asks you here.</p>`
    : html`<ul class="rows">${clients.map((client) => clientRow(client, hidden))}</ul>`
}
<h2>Sign out</h2>
${signOutForm({ action: "/me/sign-out", csrf })}`,
  });
}
