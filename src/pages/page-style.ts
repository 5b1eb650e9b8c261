/**
 * The style sheet of the pages: one column, system fonts, and a light or dark theme according to the preference of
 * the reader's system.
 */
export const PAGE_STYLE: string = `
:root {
  --ground: #ffffff; --text: #1f2328; --quiet: #667078; --line: #d9dee3; --code: #f6f8fa;
  --link: #0b5cad; --error: #b3261e; --error-ground: #fdf1f0; --warning-ground: #fdf8ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181d; --text: #dfe4e9; --quiet: #8f99a3; --line: #323941; --code: #1c2229;
    --link: #78b4f0; --error: #ff8a80; --error-ground: #2b1a1a; --warning-ground: #272316;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1.25rem 5rem; }
nav { font-size: 0.85rem; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.15em; }
sub, sup { line-height: 0; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2.2em 0 0.6em; font-weight: 650; }
h1 { font-size: 2rem; margin-top: 0.8em; }
h2 { font-size: 1.45rem; }
h3 { font-size: 1.15rem; }
p, ul, ol, blockquote, table { margin: 0.9em 0; }
section { margin: 0.9rem 0; }
section.code { margin: 1.4rem 0; }
section.text img, .picture img, .figure img { max-width: 100%; height: auto; }
blockquote { border-left: 3px solid var(--line); padding-left: 1rem; color: var(--quiet); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { font-size: 0.82rem; line-height: 1.5; margin: 0; padding: 0.8rem 1rem; overflow: auto; border-radius: 6px; }
:not(pre) > code { font-size: 0.88em; background: var(--code); border-radius: 4px; padding: 0.1em 0.3em; }
pre.source, section.text pre { position: relative; background: var(--code); border: 1px solid var(--line); }
pre code.hljs { padding: 0; background: none; display: block; overflow: visible; color: inherit; }
.count {
  position: absolute; top: 0.35rem; right: 0.6rem; color: var(--quiet); font-size: 0.7rem; user-select: none;
}
.output { margin: 0.6rem 0; overflow: auto; }
pre.output { max-height: 36rem; border-left: 3px solid var(--line); border-radius: 0; padding: 0.3rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.stderr { background: var(--warning-ground); }
pre.error { border-color: var(--error); background: var(--error-ground); color: var(--error); padding-block: 0.8rem; }
.figure, .picture { margin: 0.9rem 0; overflow-x: auto; }
.figure { background: #ffffff; border: 1px solid var(--line); border-radius: 6px; padding: 0.4rem; }
.figure img { display: block; width: 760px; margin: 0 auto; }
.figure.drawn img { display: none; }
@media (prefers-color-scheme: dark) { .figure.drawn { background: var(--ground); } }
table { border-collapse: collapse; font-size: 0.88rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.5em; font-weight: 600; }
th, td { padding: 0.35em 0.9em; border-bottom: 1px solid var(--line); text-align: left; }
thead th { border-bottom-width: 2px; font-weight: 600; }
section.text table { display: block; overflow-x: auto; }
tr.differs { background: var(--warning-ground); }
.configuration { width: 100%; table-layout: fixed; }
.configuration code { font-size: 0.78rem; background: none; padding: 0; overflow-wrap: anywhere; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
.katex { font-size: 1.1em; }
.katex-display { margin: 0.7em 0; }
.katex-display > .katex { white-space: normal; }
.katex-display > .katex > .katex-html > .base { margin-block: 0.2em; }
.katex-block { overflow-x: auto; overflow-y: hidden; padding: 0.2em 0; }
.katex-error, .failed { color: var(--error); }
.notebooks { list-style: none; padding: 0; }
.notebooks li {
  display: grid; grid-template-columns: 15rem 1fr; gap: 1.4rem; align-items: start;
  padding: 1.2rem 0; border-top: 1px solid var(--line);
}
.notebooks img { width: 100%; background: #ffffff; border: 1px solid var(--line); border-radius: 6px; padding: 0.3rem; }
.notebooks h2 { margin: 0; font-size: 1.2rem; }
.notebooks p { margin: 0.4rem 0; }
@media (max-width: 40rem) { .notebooks li { grid-template-columns: 1fr; } }
.file { font-size: 0.8rem; color: var(--quiet); }
@media (max-width: 40rem) {
  body { font-size: 16px; }
  main { padding-inline: 0.9rem; }
  h1 { font-size: 1.6rem; }
  .output table { font-size: 0.72rem; }
  .output th, .output td { padding: 0.3em 0.25em; }
  .output td[style*="right"] { white-space: nowrap; }
  .figure { padding: 0.2rem; }
}
@media print {
  :root {
    --ground: #ffffff; --text: #000000; --quiet: #555555; --line: #cccccc; --code: #f6f8fa; --link: #0b5cad;
  }
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  h1, h2, h3, h4 { break-after: avoid; break-inside: avoid; }
  pre.output { max-height: none; } .output { overflow: visible; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  tr, .figure, .picture { break-inside: avoid; }
  .figure, .picture { margin: 0.5em 0; }
  .figure img, .picture img { width: auto; max-height: 82mm; }
  .output table { font-size: 8.5pt; }
  .output th, .output td { padding: 0.25em 0.6em; }
  .output code, .configuration code { overflow-wrap: anywhere; }
  .figure { border: 0; padding: 0; background: none; }
  .figure.drawn img { display: block; }
  .figure .plot { display: none; }
}
`;
