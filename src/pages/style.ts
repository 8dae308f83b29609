import { ADMIN_STYLE } from "./admin-style.js";

/** The style sheet of all pages. It fits 320 px, both colour schemes and forced colours. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ground: #f3f4f7; --card: #fff; --line: #d9dde6; --edge: #868da0; --ink: #161a26; --soft: #545c71;
  --accent: #0a58a6; --accent-ink: #fff; --accent-hover: #084681; --chip: #edf0f5;
  --warn: #fff5da; --warn-ink: #533c00; --warn-line: #e3bf5a;
  --bad: #a81c14; --bad-ink: #fff; --bad-hover: #86150f; --good: #146b3a; --good-chip: #e3f4ea;
  --shadow: 0 1px 2px rgb(22 26 38 / 6%), 0 8px 24px rgb(22 26 38 / 6%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1218; --card: #181c26; --line: #2d3444; --edge: #78819a; --ink: #eceff6; --soft: #a9b1c6;
    --accent: #8fc1ff; --accent-ink: #0a1220; --accent-hover: #b3d6ff; --chip: #262c3a;
    --warn: #2e260d; --warn-ink: #f3dc98; --warn-line: #6f5a1c;
    --bad: #ff9d95; --bad-ink: #230704; --bad-hover: #ffbdb7; --good: #76d79f; --good-chip: #16301f;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header {
  display: flex; flex-wrap: wrap; gap: .125rem .625rem; align-items: baseline; padding: .875rem 1.25rem;
  border-bottom: 1px solid var(--line); background: var(--card);
}
.name { font-weight: 700; letter-spacing: -.01em; }
.who { margin-left: auto; font-size: .875rem; }
.soft, .fine, .kicker { color: var(--soft); }
.fine { font-size: .875rem; margin: 1.25rem 0 0; }
.kicker { font-size: .875rem; font-weight: 600; margin: 0 0 .25rem; }
main { width: 100%; max-width: 38rem; margin: 0 auto; padding: 2.5rem 1rem 3rem; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 2rem; box-shadow: var(--shadow);
}
h1 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.015em; margin: 0 0 1rem; text-wrap: balance; }
h1 em { font-style: normal; color: var(--accent); }
h2 { font-size: 1.0625rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); text-underline-offset: .15em; }
dl { margin: 0 0 1.25rem; border-top: 1px solid var(--line); }
dl > div { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0 1rem; padding: .625rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; }
dd + dd { grid-column: 2; margin-top: .25rem; }
dd .soft, dd a { font-weight: 400; }
ul { margin: 0 0 1rem; padding-left: 1.25rem; }
.effects { list-style: none; padding: 0; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.effects li { padding: .625rem 1rem; }
.effects li + li, .rows .row + .row { border-top: 1px solid var(--line); }
.rows { list-style: none; padding: 0; margin: 0; border-block: 1px solid var(--line); }
.row { display: flex; gap: .5rem 1rem; align-items: center; justify-content: space-between; padding: .75rem 0; }
.row div { min-width: 0; }
.row .soft { font-size: .875rem; }
.row form { flex: none; }
code, pre { font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--chip); border-radius: 4px; padding: .1em .35em; }
pre { background: var(--chip); border-radius: 8px; padding: .75rem 1rem; white-space: pre-wrap; margin: .5rem 0 0; max-height: 20rem; overflow: auto; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; color: var(--soft); }
.chip { display: inline-block; background: var(--chip); color: var(--ink); border-radius: 99px; padding: 0 .625rem; font-size: .8125rem; font-weight: 600; }
.chip.ok { background: var(--good-chip); color: var(--good); }
.note { border-radius: 10px; padding: .75rem 1rem; border: 1px solid transparent; }
.warn { background: var(--warn); color: var(--warn-ink); border-color: var(--warn-line); }
h1.bad { color: var(--bad); }
.good { color: var(--good); }
form { margin: 0; }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0; }
.choice > * { flex: 1 1 9rem; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; min-height: 2.75rem; padding: .5rem 1.25rem;
  border-radius: 10px; border: 1px solid var(--edge); background: var(--card); color: var(--ink); cursor: pointer;
}
button:hover, .button:hover { background: var(--chip); }
button.main, .button.main { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button.main:hover, .button.main:hover { background: var(--accent-hover); border-color: var(--accent-hover); }
button.danger { background: var(--bad); border-color: var(--bad); color: var(--bad-ink); }
button.danger:hover { background: var(--bad-hover); border-color: var(--bad-hover); }
button.quiet { flex-basis: 100%; border-color: transparent; background: none; color: var(--accent); font-weight: 500; }
button.quiet:hover { text-decoration: underline; }
.row button, .row .button { min-height: 2.25rem; padding: .25rem .875rem; font-size: .9375rem; white-space: nowrap; }
.skip {
  position: absolute; left: 1rem; top: -4rem; z-index: 1; background: var(--card); color: var(--accent); padding: .5rem 1rem;
  border-radius: 0 0 10px 10px; font-weight: 600;
}
.skip:focus { top: 0; }
#content:focus { outline: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) {
  header { padding: .75rem 1rem; }
  .who { margin-left: 0; flex-basis: 100%; }
  main { padding: 1rem .5rem 2rem; }
  .card { padding: 1.25rem 1rem; border-radius: 12px; }
  dl > div { grid-template-columns: 1fr; }
  dd + dd { grid-column: 1; }
  .row { flex-direction: column; align-items: stretch; }
  .choice { flex-direction: column; }
  .choice > * { flex: none; }
}
${ADMIN_STYLE}@media (forced-colors: active) { .card, button, .button, .note, .chip { border: 1px solid; } }
`;
