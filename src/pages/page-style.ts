/** The one stylesheet of all pages. */
export const pageStyle = `:root {
  color-scheme: light dark;
  --ink: #1c2430;
  --quiet: #5b6675;
  --paper: #f4f5f7;
  --card: #ffffff;
  --line: #d5dae1;
  --accent: #1f5fbf;
  --on-accent: #ffffff;
  --warn: #a3261b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e7ebf0;
    --quiet: #9aa6b5;
    --paper: #12161c;
    --card: #1b212a;
    --line: #333c49;
    --accent: #7db0ff;
    --on-accent: #0c1420;
    --warn: #ff8f85;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 30rem; margin: 8vh auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
main:has(article) { max-width: 52rem; }
@media (min-width: 34rem) { main:has(#console:not([hidden])) { max-width: min(80rem, 100% - 2rem); } }
.brand { margin: 0 0 1.5rem; color: var(--quiet); font-weight: 600; letter-spacing: .02em; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 0 0 .5rem; font-size: 1.15rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
form { margin: 0 0 1.25rem; }
.quiet { color: var(--quiet); font-size: .9rem; }
label { display: block; margin: 0 0 .35rem; font-weight: 600; }
input { width: 100%; margin: 0 0 1rem; padding: .65rem .75rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label.check { display: flex; gap: .5rem; align-items: center; margin-bottom: 1rem; font-weight: 400; }
label.check input { width: auto; margin: 0; }
button { padding: .7rem 1.2rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; }
button.plain { color: var(--accent); background: none; border: 1px solid currentColor; }
button:disabled { opacity: .5; cursor: default; }
[aria-busy=true] button { cursor: progress; }
a { color: var(--accent); }
.alert { padding: .7rem .9rem; color: var(--warn); border: 1px solid currentColor; border-radius: 8px; }
pre { padding: 1rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
article { margin: 0 0 1.5rem; padding: 0 0 .5rem; border-bottom: 1px solid var(--line); }
code { overflow-wrap: anywhere; }
[hidden] { display: none !important; }
#status:empty { margin: 0; }
#status:not(:empty) { padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 8px; overflow-wrap: anywhere; }
#problem, #status { position: sticky; top: .5rem; z-index: 1; background: var(--card); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1.25rem; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
table { width: 100%; margin: 0 0 1.25rem; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .6rem .75rem .6rem 0; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
td:first-child { overflow-wrap: anywhere; }
td bdi { display: block; }
time, td button, td:not(:first-child) bdi { white-space: nowrap; }
td:last-child { padding-inline-end: 0; text-align: end; }
td button { padding: .4rem .9rem; }
@media (max-width: 72rem) {
  table, tbody, tr, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .75rem 0; border-bottom: 1px solid var(--line); }
  td { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .75rem; padding: .2rem 0; border: 0; }
  td::before { content: attr(data-label); color: var(--quiet); font-weight: 600; }
  td:last-child { text-align: start; }
  td button { justify-self: start; }
}
@media (max-width: 34rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; } }
`;
