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
      : html`<td role="cell" data-head="${columns[index] ?? ""}">${value === "" ? "" : html`<div>${value}</div>`}</td>`;
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

const JUST_NOW_MS = 5_000;

/** A moment in UTC, and how long ago it is or how soon it comes. Both are epoch milliseconds. */
export function moment(ms: number, nowMs: number): Markup {
  const words = Math.abs(ms - nowMs) < JUST_NOW_MS ? "just now" : momentInWords(ms, nowMs);
  return html`<time datetime="${new Date(ms).toISOString()}">${utc(ms)} <span class="soft">${words}</span></time>`;
}

/** Names and values in two columns, one below the other on a small screen. */
export function facts(rows: readonly (readonly [name: string, value: Shown])[]): Markup {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** What stands in the place of a list in which there is nothing: that it is empty, and what to do. */
export function emptyList(what: string, todo: Shown): Markup {
  return html`<div class="empty"><p><strong>${what}</strong></p><p>${todo}</p></div>`;
}

/** A part of a list that has its own words for its state. */
export function chip(text: string, kind: "" | "ok" | "bad" | "off" = ""): Markup {
  return html`<span class="chip ${kind}">${text}</span>`;
}

/** Several things in one place, with room between them. */
export function chips(all: readonly Shown[]): Markup {
  return html`<span class="chips">${all}</span>`;
}

/** A form of one button. */
export function buttonForm({
  action,
  csrf,
  text,
  label,
  fields = {},
}: {
  action: string;
  csrf: string;
  text: string;
  /** What the button does, for those who do not see what stands around it. */
  label?: string;
  fields?: Readonly<Record<string, string>>;
}): Markup {
  const hidden = Object.entries({ csrf, ...fields });
  return html`<form method="post" action="${action}">${hidden.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="small"${label === undefined ? "" : html` aria-label="${label}"`}>${text}</button></form>`;
}

/** Where the rest of a list is. */
export interface ListPages {
  /** The address of the list with its filters, without a place in it. */
  address: string;
  /** Whether this is the first page. */
  isFirst: boolean;
  /** The place of the next page; undefined where there is none. */
  next: string | undefined;
  /** The number of rows on this page. */
  count: number;
}

/** An address with further parameters. */
export function withParameters(address: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const [path = "", query = ""] = address.split("?", 2);
  const all = new URLSearchParams(query);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) all.set(name, value);
  const text = all.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** The way through a list of several pages; nothing for one that has a single page. */
export function pager({ address, isFirst, next, count }: ListPages): Markup | "" {
  if (isFirst && next === undefined)
    return html`<div class="pages"><p>${count === 1 ? "1 entry" : `${count} entries`}</p></div>`;
  return html`<nav class="pages" aria-label="Pages of this list"><p>${count} on this page${next === undefined ? ", which is the last one" : ""}</p><span class="acts">
${isFirst ? "" : html`<a class="button small" href="${address}">First page</a>`}
${next === undefined ? "" : html`<a class="button small" href="${withParameters(address, { after: next })}" rel="next">Next page</a>`}</span></nav>`;
}

/** A field of a form of filters. */
export interface FilterField {
  name: string;
  label: string;
  value: string | undefined;
  /** The choices, each a value with its words; undefined for a field to type in. */
  choices?: readonly (readonly [value: string, words: string])[];
  type?: "text" | "date";
}

/** A form that narrows a list. It changes nothing, so its fields stand in the address. */
export function filterForm(action: string, fields: readonly FilterField[]): Markup {
  const isNarrowed = fields.some(({ value }) => value !== undefined);
  return html`<form class="filters" method="get" action="${action}" role="search" aria-label="Narrow this list">${fields.map(
    ({ name, label, value = "", choices, type = "text" }) =>
      html`<div><label for="filter-${name}">${label}</label>${
        choices === undefined
          ? html`<input id="filter-${name}" name="${name}" type="${type}" value="${value}" autocomplete="off" spellcheck="false">`
          : html`<select id="filter-${name}" name="${name}">${choices.map(([choice, words]) => html`<option value="${choice}"${choice === value ? html` selected` : ""}>${words}</option>`)}</select>`
      }</div>`,
  )}<div class="go"><button>Show</button>${isNarrowed ? html`<a class="button" href="${action}">Show all</a>` : ""}</div></form>`;
}
