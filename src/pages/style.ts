/** The style sheet of all pages. It fits 320 px, both colour schemes and forced colours. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #fff; --line: #d5d9e2; --ink: #171a24; --soft: #535a6e;
  --accent: #0b5cad; --accent-ink: #fff; --accent-hover: #084a8c; --chip: #edf0f5;
  --warn: #fff3d4; --warn-ink: #543d00; --bad: #ad1f17; --good: #17703e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10131a; --card: #191d27; --line: #333a4a; --ink: #eceff6; --soft: #a8b0c4;
    --accent: #8cc0ff; --accent-ink: #0b1320; --accent-hover: #aed3ff; --chip: #242a37;
    --warn: #322809; --warn-ink: #f2d88c; --bad: #ff9c94; --good: #72d59c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header {
  display: flex; flex-wrap: wrap; gap: 0 .5rem; align-items: baseline; padding: .75rem 1rem;
  border-bottom: 1px solid var(--line); background: var(--card);
}
.name { font-weight: 700; }
.who { margin-left: auto; color: var(--soft); font-size: .875rem; }
.soft { color: var(--soft); }
main { width: 100%; max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 .75rem; text-wrap: balance; }
h2 { font-size: 1.0625rem; margin: 1.5rem 0 .5rem; }
p { margin: 0 0 1rem; }
dl { margin: 0 0 1rem; }
dt { font-size: .875rem; color: var(--soft); }
dd { margin: 0 0 .625rem; font-weight: 600; }
ul { margin: 0 0 1rem; padding-left: 1.25rem; }
code, pre { font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--chip); border-radius: 4px; padding: .1em .3em; }
pre { background: var(--chip); border-radius: 8px; padding: .75rem 1rem; white-space: pre-wrap; margin: 0 0 1rem; }
.warn { background: var(--warn); color: var(--warn-ink); border-radius: 8px; padding: .75rem 1rem; }
.bad { color: var(--bad); }
.good { color: var(--good); }
table { width: 100%; border-collapse: collapse; margin: 0 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .5rem .5rem 0; border-bottom: 1px solid var(--line); }
th { font-size: .875rem; color: var(--soft); }
form { margin: 0; }
.choice { display: flex; gap: .75rem; margin-top: 1.25rem; }
.choice form { flex: 1; }
button {
  font: inherit; font-weight: 600; width: 100%; min-height: 2.75rem; padding: .5rem 1rem; border-radius: 8px;
  border: 1px solid var(--line); background: var(--card); color: var(--ink); cursor: pointer;
}
button:hover { background: var(--chip); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button.main:hover { background: var(--accent-hover); border-color: var(--accent-hover); }
td button { width: auto; min-height: 2.25rem; padding: .25rem .75rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) {
  main { padding: 1rem .5rem 2rem; }
  .card { padding: 1rem; border-radius: 8px; }
  .choice { flex-direction: column; }
  table, tbody, tr, td { display: block; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  td { border: 0; padding: .125rem 0; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
}
@media (forced-colors: active) { .card, button { border: 1px solid; } }
`;
