/** The style of the admin pages: wide, with a navigation, and with tables that become cards on a small screen. */
export const ADMIN_STYLE = `
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.admin { display: grid; grid-template: auto 1fr / 15rem minmax(0, 1fr); }
.admin > header { grid-column: 1 / -1; align-items: center; }
.admin > header form { flex: none; }
.sections { border-right: 1px solid var(--line); background: var(--card); padding: 1.25rem .75rem; }
.sections ul { list-style: none; margin: 0; padding: 0; position: sticky; top: 1.25rem; }
.sections a {
  display: block; padding: .5rem .875rem; border-radius: 8px; color: var(--ink); text-decoration: none; font-weight: 500;
}
.sections a:hover { background: var(--chip); }
.sections a[aria-current] { background: var(--chip); color: var(--accent); font-weight: 650; }
.admin > main { max-width: 74rem; margin: 0; padding: 2rem 2.5rem 4rem; }
.admin h1 { font-size: 1.625rem; margin-bottom: 1.25rem; }
.admin h2 { font-size: 1.125rem; margin: 2.5rem 0 .75rem; }
.above { margin: 0 0 .25rem; font-size: .875rem; }
.note.ok { background: var(--good-chip); color: var(--good); border-color: currentcolor; }
.note { margin: 0 0 1.25rem; }
.lead { color: var(--soft); max-width: 46rem; }
button.small, .button.small { min-height: 2.25rem; padding: .25rem .875rem; font-size: .9375rem; }
.chip { overflow-wrap: break-word; }
.chip.bad { background: none; color: var(--bad); border: 1px solid currentcolor; }
.chip.off { background: none; border: 1px solid var(--edge); color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; list-style: none; margin: 0 0 1rem; padding: 0; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem; }
.tiles .number { display: block; font-size: 1.75rem; line-height: 1.2; font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.tiles a { text-decoration: none; font-weight: 600; }
.tiles a:hover { text-decoration: underline; }
.facts { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 0 1.25rem; }
.facts > div { grid-template-columns: 13rem minmax(0, 1fr); }
.facts > div:last-child { border-bottom: 0; }
.facts dd { font-weight: 500; }
.facts dd > div { display: block; padding: 0; border: 0; }
.data { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: clip; font-size: .9375rem; }
.data th, .data td { text-align: left; vertical-align: top; padding: .625rem 1rem; border-bottom: 1px solid var(--line); }
.data thead th { position: sticky; top: 0; font-size: .8125rem; font-weight: 600; color: var(--soft); background: var(--ground); white-space: nowrap; }
.data tbody tr:last-child > * { border-bottom: 0; }
.data tbody th { font-weight: 600; min-width: 8rem; }
details > .data { margin-top: .75rem; }
.data + details { margin-top: 1rem; }
.data td { font-variant-numeric: tabular-nums; }
.data time .soft, .data .soft { font-size: .875rem; font-weight: 400; }
.data time .soft { display: block; }
.data form { display: inline; }
.empty { background: var(--card); border: 1px dashed var(--edge); border-radius: 12px; padding: 1.5rem; }
.empty p:last-child { margin: 0; color: var(--soft); }
.filters { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .75rem 1rem; align-items: end; margin: 0 0 1.25rem; }
.filters > div, .field { display: flex; flex-direction: column; gap: .25rem; min-width: 0; }
.filters > .go { flex-direction: row; gap: .75rem; }
.whole { white-space: nowrap; }
label, .label { font-size: .875rem; font-weight: 600; color: var(--soft); }
input, select {
  font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 10px;
  min-height: 2.75rem; padding: .375rem .75rem; width: 100%;
}
.hint { font-size: .875rem; color: var(--soft); margin: 0; }
.acts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.pages { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; justify-content: space-between; margin: 1rem 0 0; }
.pages p { margin: 0; color: var(--soft); font-size: .9375rem; }
.chips { display: flex; flex-wrap: wrap; gap: .25rem .375rem; }
.plain { list-style: none; padding: 0; }
.plain li + li { margin-top: .5rem; }
.ids code { display: inline-block; margin: 0 .25rem .25rem 0; }
.acts form { margin: 0; }
.lists { display: flex; gap: .25rem; margin: 0 0 1.25rem; border-bottom: 1px solid var(--line); }
.lists a { padding: .5rem .875rem; text-decoration: none; color: var(--soft); font-weight: 600; border-bottom: 2px solid transparent; margin-bottom: -1px; }
.lists a:hover { color: var(--ink); }
.lists a[aria-current] { color: var(--accent); border-color: currentcolor; }
.admin h3 { font-size: 1rem; margin: 1.5rem 0 .75rem; }
.admin h4 { font-size: .9375rem; margin: 1.5rem 0 .5rem; }
.panel { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem; max-width: 40rem; }
.panel .choice { margin-top: 1.25rem; }
@media (min-width: 75rem) {
  .data time, .data .chip { white-space: nowrap; }
}
@media (max-width: 56rem) {
  .admin { display: block; }
  .sections { border-right: 0; border-bottom: 1px solid var(--line); padding: .5rem .75rem; }
  .sections ul { display: flex; flex-wrap: wrap; gap: .125rem; position: static; }
  .sections a { padding: .375rem .625rem; font-size: .9375rem; }
  .admin > main { padding: 1.25rem 1rem 3rem; }
}
@media (max-width: 48rem) {
  .data, .data tbody, .data tr, .data th, .data td { display: block; }
  .data { background: none; border: 0; border-radius: 0; overflow: visible; }
  .data thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .data tbody tr { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .5rem 0; margin: 0 0 .75rem; }
  .data tbody th, .data tbody td { border-bottom: 0; padding: .25rem 1rem; }
  .data td { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .75rem; }
  .data td::before { content: attr(data-head); color: var(--soft); font-size: .875rem; }
  .data td > div { min-width: 0; }
  .data td:empty { display: none; }
  .facts > div { grid-template-columns: 1fr; }
}
`;
