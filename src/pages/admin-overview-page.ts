import { html } from "hono/html";
import { type AdminFrame, adminPage } from "./admin-frame.js";
import type { Markup } from "./layout.js";
import { dataTable, emptyList, facts, moment, type Shown } from "./page-parts.js";
import { shown } from "./page-text.js";

/** What is left of a rate limit of Okta's. */
export interface RateRoom {
  endpoint: string;
  left: number;
  limit: number;
  /** Epoch milliseconds. */
  resetMs: number;
}

export interface OverviewPage {
  /** What there is to look at, as numbers that lead to their pages. */
  tiles: readonly { number: number; name: string; path: string; note?: string | undefined }[];
  /** What the server is made of, and how it stands. */
  state: readonly (readonly [name: string, value: Shown])[];
  rooms: readonly RateRoom[];
  /** A sentence about the settings, for whoever runs the server. */
  warning: string | undefined;
}

function roomsOf(rooms: readonly RateRoom[], nowMs: number): Markup {
  if (rooms.length === 0) {
    return emptyList(
      "No limit is known at the moment.",
      "Okta tells one with each answer to a call; it counts until its window ends.",
    );
  }
  return dataTable({
    caption: "Rate limits of Okta in their present window, as this instance knows them",
    columns: ["Endpoint", "Left", "Of", "Begins anew"],
    rows: rooms.map(({ endpoint, left, limit, resetMs }) => [
      html`<code>${shown(endpoint)}</code>`,
      html`<meter min="0" max="${limit}" value="${left}" low="${limit / 4}" optimum="${limit}" aria-label="Left of the limit of ${shown(endpoint)}"></meter> ${left}`,
      limit,
      moment(resetMs, nowMs),
    ]),
  });
}

/** How the server stands, at a glance. */
export function adminOverviewPage(frame: AdminFrame, { tiles, state, rooms, warning }: OverviewPage): Markup {
  return adminPage(frame, {
    section: "overview",
    title: "Overview",
    body: html`${warning === undefined ? "" : html`<p class="note warn" role="note">${warning}</p>`}
<ul class="tiles">${tiles.map(
      ({ number, name, path, note }) =>
        html`<li><span class="number">${number}</span><a href="${path}">${name}</a>${note === undefined ? "" : html`<br><span class="soft">${note}</span>`}</li>`,
    )}</ul>
<h2>This server</h2>
${facts(state)}
<h2>Room in Okta’s rate limits</h2>
${roomsOf(rooms, frame.nowMs)}`,
  });
}
