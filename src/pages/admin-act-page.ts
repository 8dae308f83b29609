import { html } from "hono/html";
import { type AdminFrame, type AdminSection, adminPage } from "./admin-frame.js";
import type { Shown } from "./page-parts.js";
import { shown } from "./page-text.js";

export interface ActPage {
  section: AdminSection;
  /** The question as a heading. */
  title: string;
  /** What follows from a yes, a sentence each. */
  effects: readonly Shown[];
  /** The words of the button. */
  yes: string;
  /** False for what takes nothing away. */
  isDanger: boolean;
  /** What the admin has to type before it is done, and what that is. */
  typed?: { value: string; what: string } | undefined;
  /** Further fields of the form. */
  fields?: Shown | undefined;
  /** The page to go back to. */
  back: { path: string; name: string };
  action: string;
  csrf: string;
}

/** The question before something dangerous. */
export function adminActPage(frame: AdminFrame, page: ActPage) {
  const { section, title, effects, yes, isDanger, typed, fields, back, action, csrf } = page;
  return adminPage(frame, {
    section,
    title,
    above: html`<a href="${back.path}">Back to ${back.name}</a>`,
    body: html`<div class="panel">
<ul class="plain">${effects.map((effect) => html`<li>${effect}</li>`)}</ul>
<form method="post" action="${action}"><input type="hidden" name="csrf" value="${csrf}">
${fields ?? ""}
${
  typed === undefined
    ? ""
    : html`<div class="field"><label for="typed">To go on, type ${typed.what}: <strong>${shown(typed.value)}</strong></label><input id="typed" name="typed" required autocomplete="off" autocapitalize="off" spellcheck="false"></div>`
}
<div class="choice"><button class="${isDanger ? "danger" : "main"}">${yes}</button><a class="button" href="${back.path}">Cancel</a></div>
</form>
</div>`,
  });
}
