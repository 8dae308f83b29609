import { html } from "hono/html";
import { type AdminFrame, adminPage } from "./admin-frame.js";
import { facts, type Shown } from "./admin-parts.js";
import type { Markup } from "./layout.js";

export interface OverviewPage {
  /** What there is to look at, as numbers that lead to their pages. */
  tiles: readonly { number: number; name: string; path?: string; note?: string | undefined }[];
  /** What the server is made of, and how it stands. */
  state: readonly (readonly [name: string, value: Shown])[];
  /** A sentence about the settings, for whoever runs the server. */
  warning: string | undefined;
}

/** How the server stands, at a glance. */
export function adminOverviewPage(frame: AdminFrame, { tiles, state, warning }: OverviewPage): Markup {
  return adminPage(frame, {
    section: "overview",
    title: "Overview",
    body: html`${warning === undefined ? "" : html`<p class="note warn" role="note">${warning}</p>`}
<ul class="tiles">${tiles.map(
      ({ number, name, path, note }) =>
        html`<li><span class="number">${number}</span>${path === undefined ? name : html`<a href="${path}">${name}</a>`}${note === undefined ? "" : html`<br><span class="soft">${note}</span>`}</li>`,
    )}</ul>
<h2>This server</h2>
${facts(state)}`,
  });
}
