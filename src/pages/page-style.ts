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
a { color: var(--accent); }
.alert { padding: .7rem .9rem; color: var(--warn); border: 1px solid currentColor; border-radius: 8px; }
pre { padding: 1rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
article { margin: 0 0 1.5rem; padding: 0 0 .5rem; border-bottom: 1px solid var(--line); }
code { overflow-wrap: anywhere; }
@media (max-width: 34rem) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; } }
`;
