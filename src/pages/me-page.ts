import { html } from "hono/html";
import { layout, type Markup } from "./layout.js";
import { shown } from "./page-text.js";

/** A client that may act for the person. */
export interface OwnClient {
  id: string;
  name: string;
  redirectHost: string;
  /** Epoch milliseconds. */
  sinceMs: number;
  lastUsedAtMs: number | undefined;
}

export interface MePage {
  org: string;
  login: string;
  roles: readonly string[];
  clients: readonly OwnClient[];
  csrf: string;
}

const day = (ms: number | undefined) => (ms === undefined ? "never" : new Date(ms).toISOString().slice(0, 10));

/** A person's own roles and clients, and the way to end what they allowed. */
export function mePage({ org, login, roles, clients, csrf }: MePage): Markup {
  const row = ({ id, name, redirectHost, sinceMs, lastUsedAtMs }: OwnClient) => html`<tr>
<td>${shown(name)}<br><span class="soft">${shown(redirectHost)}</span></td>
<td><span class="soft">since</span> ${day(sinceMs)}</td>
<td><span class="soft">last used</span> ${day(lastUsedAtMs)}</td>
<td><form method="post" action="/me/revoke"><input type="hidden" name="csrf" value="${csrf}"><input type="hidden" name="client" value="${id}"><button>End access</button></form></td>
</tr>`;
  return layout({
    title: "Your access",
    org,
    login,
    body: html`<h1>Your access</h1>
<p>Your roles: ${roles.length === 0 ? "none" : roles.join(", ")}.</p>
<h2>Programs that may act for you</h2>
${
  clients.length === 0
    ? html`<p>None.</p>`
    : html`<table><thead><tr><th>Program</th><th>Since</th><th>Last used</th><th></th></tr></thead><tbody>${clients.map(row)}</tbody></table>`
}
<form method="post" action="/me/sign-out"><input type="hidden" name="csrf" value="${csrf}"><button>Sign out everywhere</button></form>`,
  });
}
