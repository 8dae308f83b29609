import { html } from "hono/html";
import { momentInWords } from "../text/moment.js";
import type { Markup } from "./layout.js";

/** What a cell or a value shows. Text is escaped. */
export type Shown = Markup | string | number;

export interface DataTable {
  /** What the table lists, for those who do not see it. */
  caption: string;
  /** The heads of the columns. The first one names the row. */
  columns: readonly string[];
  /** A cell for each column. */
  rows: readonly (readonly Shown[])[];
}

/**
 * A table that becomes a list of cards on a small screen, where each value stands beside the head of its column. The
 * roles keep it a table for assistive technology, whatever the style sheet makes of it.
 */
export function dataTable({ caption, columns, rows }: DataTable): Markup {
  const cell = (value: Shown, index: number) =>
    index === 0
      ? html`<th scope="row" role="rowheader">${value}</th>`
      : html`<td role="cell" data-head="${columns[index] ?? ""}">${value}</td>`;
  return html`<table class="data" role="table"><caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map(cell)}</tr>`)}</tbody></table>`;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** A moment in UTC, as `27 Nov 2026, 08:15 UTC`. @param ms epoch milliseconds */
export function utc(ms: number): string {
  const at = new Date(ms);
  return `${DAY.format(at)}, ${at.toISOString().slice(11, 16)} UTC`;
}

/** A moment in UTC, and how long ago it is or how soon it comes. Both are epoch milliseconds. */
export function moment(ms: number, nowMs: number): Markup {
  return html`<time datetime="${new Date(ms).toISOString()}">${utc(ms)} <span class="soft">${momentInWords(ms, nowMs)}</span></time>`;
}

/** Names and values in two columns, one below the other on a small screen. */
export function facts(rows: readonly (readonly [name: string, value: Shown])[]): Markup {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** What stands in the place of a list in which there is nothing: that it is empty, and what to do. */
export function emptyList(what: string, todo: Shown): Markup {
  return html`<div class="empty"><p><strong>${what}</strong></p><p>${todo}</p></div>`;
}
