/** The whole style sheet of the pages; its hash stands in their content security policy. */
export const ACTIVATE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f8; --card: #ffffff; --line: #d9dce6; --ink: #1a1d29; --soft: #565c70;
  --accent: #3d4fd1; --accent-ink: #ffffff; --accent-hover: #2f3fb3;
  --note: #fff4d6; --note-ink: #5c4300; --note-line: #e8cf8b;
  --good: #1b7a46; --bad: #b3261e; --chip: #eef0f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12141c; --card: #1b1e2a; --line: #343a4d; --ink: #eceef6; --soft: #a9b0c6;
    --accent: #93a1ff; --accent-ink: #10131f; --accent-hover: #b0baff;
    --note: #33290f; --note-ink: #f3d98f; --note-line: #5f4d1c;
    --good: #6fd39b; --bad: #ff9a92; --chip: #262b3b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  display: flex; flex-direction: column; overflow-wrap: anywhere;
}
.note {
  margin: 0; padding: .55rem 1rem; text-align: center; font-size: .875rem;
  background: var(--note); color: var(--note-ink); border-bottom: 1px solid var(--note-line);
}
main { width: 100%; max-width: 36rem; margin: auto; padding: 1.5rem 1rem 2.5rem; }
.org { display: flex; gap: .625rem; align-items: center; margin: 0 0 1rem; color: var(--soft); font-weight: 600; }
.org svg { width: 1.75rem; height: 1.75rem; color: var(--accent); flex: none; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.75rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / 5%), 0 8px 24px rgb(0 0 0 / 6%);
}
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .5rem; text-wrap: balance; }
h2 { display: flex; gap: .5rem; align-items: center; font-size: .9375rem; margin: 1.5rem 0 .375rem; }
h2 svg { width: 1.125rem; height: 1.125rem; color: var(--accent); flex: none; }
p { margin: 0 0 1rem; }
p:last-child { margin-bottom: 0; }
.soft { color: var(--soft); }
.code {
  margin: 1.25rem 0; padding: .875rem 1rem; border-radius: 10px; background: var(--chip); text-align: center;
}
.code strong {
  display: block; font: 600 1.625rem/1.3 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .08em;
}
.code span { display: block; text-wrap: balance; font-size: .875rem; color: var(--soft); }
.who { display: flex; gap: .75rem; align-items: center; margin: 0 0 .25rem; }
.who b { display: block; line-height: 1.3; }
.who span { display: block; font-size: .875rem; line-height: 1.4; color: var(--soft); }
.face {
  width: 2.5rem; height: 2.5rem; border-radius: 50%; background: var(--accent); color: var(--accent-ink);
  display: grid; place-items: center; font-weight: 600; flex: none;
}
ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
li {
  display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; align-items: baseline;
  padding: .4375rem 0; border-bottom: 1px solid var(--line); line-height: 1.35;
}
li code { font: .8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--soft); }
form { margin: 0; }
.choice { display: flex; gap: .75rem; margin-top: 1.5rem; }
.choice button { flex: 1; }
button {
  font: inherit; font-weight: 600; min-height: 3rem; padding: .625rem 1.25rem; border-radius: 10px; cursor: pointer;
  border: 1px solid var(--line); background: var(--card); color: var(--ink);
}
button:hover { background: var(--chip); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button.main:hover { background: var(--accent-hover); border-color: var(--accent-hover); }
label { display: block; font-weight: 600; margin-bottom: .375rem; }
input {
  width: 100%; min-height: 3.25rem; padding: .5rem .875rem; border-radius: 10px; border: 1px solid var(--soft);
  background: var(--card); color: var(--ink); text-transform: uppercase;
  font: 600 1.375rem/1.3 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .08em;
}
input::placeholder { color: var(--soft); opacity: .65; font-weight: 400; }
input[aria-invalid] { border-color: var(--bad); }
.wrong { color: var(--bad); font-weight: 600; margin: 0 0 1rem; }
input.plain { text-transform: none; letter-spacing: normal; font: inherit; }
.people { display: grid; gap: .5rem; margin: 0 0 1.5rem; }
.people button { display: flex; gap: .75rem; align-items: center; width: 100%; text-align: left; font-weight: 400; }
.people span span { display: block; font-size: .875rem; line-height: 1.4; color: var(--soft); overflow-wrap: anywhere; }
.enter button { width: 100%; margin-top: 1rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.mark { width: 3rem; height: 3rem; margin-bottom: .75rem; }
.mark.good { color: var(--good); }
.mark.bad { color: var(--bad); }
@media (max-width: 26rem) {
  main { padding: 1rem .75rem 2rem; }
  .card { padding: 1.25rem; }
  .choice { flex-direction: column; }
  li code { flex-basis: 100%; }
}
@media (forced-colors: active) { .face { border: 1px solid; } }
`;
