/** Executed notebooks as web pages that need nothing from the network. */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { stripVTControlCharacters } from "node:util";
import katex from "@vscode/markdown-it-katex";
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import MarkdownIt from "markdown-it";
import { escapeHtml } from "./escape-html";
import { textOf, type CellOutput, type MultilineText, type Notebook } from "./notebook-file";
import { PAGE_STYLE } from "./page-style";

const LANGUAGES = { bash, json, typescript };
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** Name of the script that pages with interactive figures load from their own folder. */
export const PLOTLY_FILE = "plotly.js";

/**
 * The page of an executed notebook. Interactive figures are drawn by the script PLOTLY_FILE beside the page; without
 * it, their pictures stay. Formulas are MathML, which browsers draw themselves.
 *
 * Raw HTML in text cells and in outputs goes into the page as it is: a page is to be trusted as far as its notebook.
 *
 * @param name title of the page when the notebook has no heading
 * @param base the notebook's folder as seen from the page's, for links and images of the text cells
 */
export function notebookPage(notebook: Notebook, name: string, base: string = "."): string {
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type === "markdown") return section("text", markdown.render(textOf(cell.source), { base }));
    if (cell.cell_type === "raw") return section("raw", preformatted("", textOf(cell.source)));
    if (textOf(cell.source).trim() === "") return "";
    const count = cell.execution_count === null ? "" : `<span class="count">${cell.execution_count}</span>`;
    const code = `<pre class="source">${count}<code class="hljs">${highlight(textOf(cell.source), "typescript")}</code></pre>`;
    return section("code", code + cell.outputs.map(renderOutput).join("\n"));
  });
  const hasFigures = cells.some((cell) => cell.includes('<div class="figure">'));
  const navigation = `<nav><a href="index.html">All notebooks</a></nav>`;
  return page(notebookTitle(notebook) ?? name, navigation + cells.join("\n"), hasFigures);
}

/** The text of a notebook's first heading, if it has one. */
export function notebookTitle(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "markdown") continue;
    const tokens = markdown.parse(textOf(cell.source), {});
    const heading = tokens.findIndex((token) => token.type === "heading_open");
    if (heading < 0) continue;
    const html = markdown.renderer.render([tokens[heading + 1]], markdown.options, {});
    // A formula holds its own source as an annotation.
    const text = html.replace(/<annotation.*?<\/annotation>/gs, "").replace(/<[^>]*>/g, "");
    return markdown.utils.unescapeAll(text).trim();
  }
  return undefined;
}

/** One line of the list of notebooks. */
export interface IndexEntry {
  title: string;
  /** File name of the notebook; its page has the same with the ending html. */
  file: string;
  /** Whether a cell failed. */
  failed: boolean;
}

/** The page that lists all notebooks of a folder. */
export function indexPage(entries: IndexEntry[]): string {
  const items = entries.map(({ title, file, failed }) => {
    const link = `<a href="${escapeHtml(pageName(encodeURIComponent(file)))}">${escapeHtml(title)}</a>`;
    const note = failed ? ` <span class="failed">stopped by an error</span>` : "";
    return `<li>${link}${note}<br><a class="file" href="${escapeHtml(encodeURIComponent(file))}">${escapeHtml(file)}</a></li>`;
  });
  return page("Notebooks", `<h1>Notebooks</h1>\n<ol class="notebooks">\n${items.join("\n")}\n</ol>`, false);
}

/** File name of the page of a notebook. */
export function pageName(notebookFile: string): string {
  return notebookFile.replace(/\.ipynb$/, "") + ".html";
}

function page(title: string, body: string, hasFigures: boolean): string {
  const plotly = `<script defer src="${PLOTLY_FILE}"></script>\n<script>${DRAW_FIGURES}</script>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${codeTheme("github")}
@media (prefers-color-scheme: dark) {${codeTheme("github-dark")}}
${PAGE_STYLE}</style>
${hasFigures ? plotly : ""}</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

/** Puts the interactive figure in the place of its picture; where Plotly is missing or fails, the picture stays. */
const DRAW_FIGURES = `
document.addEventListener("DOMContentLoaded", async () => {
  if (typeof Plotly === "undefined") return;
  for (const box of document.querySelectorAll(".figure")) {
    const picture = box.querySelector("img");
    const place = document.createElement("div");
    if (picture) picture.replaceWith(place);
    else box.append(place);
    try {
      const { data, layout } = JSON.parse(box.querySelector("script").textContent);
      await Plotly.newPlot(place, data, layout, { responsive: true, displaylogo: false });
    } catch (error) {
      if (picture) place.replaceWith(picture);
      console.error(error);
    }
  }
});`;

function section(kind: string, content: string): string {
  return `<section class="${kind}">\n${content}\n</section>`;
}

function preformatted(kind: string, text: string): string {
  return `<pre class="output ${kind}">${escapeHtml(stripVTControlCharacters(text))}</pre>`;
}

function renderOutput(output: CellOutput): string {
  if (output.output_type === "stream") return preformatted(output.name, textOf(output.text));
  if (output.output_type === "error") {
    const { ename, evalue, traceback } = output;
    const stack = traceback.join("\n");
    return preformatted(
      "error",
      stack.includes(evalue) ? `${stack}` : `${ename}: ${evalue}\n${stack}`.trim(),
    );
  }
  return renderBundle(output.data);
}

/** The richest form of a display that a page can show. */
function renderBundle(data: Record<string, unknown>): string {
  const text = (mime: string): string | undefined => {
    const value = data[mime];
    return typeof value === "string" || Array.isArray(value) ? textOf(value as MultilineText) : undefined;
  };
  const name = escapeHtml(text("text/plain") ?? "");
  const image = (mime: string): string | undefined => {
    const base64 = text(mime)?.replace(/\s/g, "");
    return base64 && `<img src="data:${mime};base64,${escapeHtml(base64)}" alt="${name}">`;
  };

  if (data[PLOTLY_MIME] !== undefined) {
    // "<" cannot end the script element when it is written as an escape of JSON.
    const figure = JSON.stringify(data[PLOTLY_MIME]).replace(/</g, "\\u003c");
    const picture = image("image/png") ?? "";
    return `<div class="figure">${picture}<script type="application/json">${figure}</script></div>`;
  }
  const html = text("text/html");
  if (html !== undefined) return `<div class="output html">${html}</div>`;
  const svg = text("image/svg+xml");
  if (svg !== undefined) {
    const base64 = Buffer.from(svg).toString("base64");
    return `<p class="picture"><img src="data:image/svg+xml;base64,${base64}" alt="${name}"></p>`;
  }
  const picture = image("image/png") ?? image("image/jpeg") ?? image("image/gif");
  if (picture !== undefined) return `<p class="picture">${picture}</p>`;
  const prose = text("text/markdown") ?? text("text/latex");
  if (prose !== undefined) return `<div class="output text">${markdown.render(prose)}</div>`;
  if (data["application/json"] !== undefined) {
    return preformatted("", JSON.stringify(data["application/json"], null, 2));
  }
  return preformatted("", text("text/plain") ?? `[output of type ${Object.keys(data).join(", ")}]`);
}

function highlight(source: string, language: string): string {
  return hljs.getLanguage(language) ? hljs.highlight(source, { language }).value : escapeHtml(source);
}

function codeTheme(name: string): string {
  return readFileSync(require.resolve(`highlight.js/styles/${name}.min.css`), "utf8");
}

const markdown = createMarkdown();

function createMarkdown(): MarkdownIt.MarkdownIt {
  const md = new MarkdownIt({ html: true, linkify: false, typographer: false, highlight });
  const mathml = {
    output: "mathml",
    throwOnError: false,
    enableBareBlocks: true,
    enableMathBlockInHtml: true,
  };
  md.use(katex, mathml);
  md.core.ruler.push("relative_links", (state) => {
    for (const token of state.tokens.flatMap((block) => block.children ?? [])) {
      for (const name of ["href", "src"]) {
        const target = token.attrGet(name);
        if (typeof target === "string")
          token.attrSet(name, linkFromPage(target, String(state.env.base ?? ".")));
      }
    }
  });
  return md;
}

/** A link in a notebook as it must be in its page: to the pages of other notebooks, to other files where they are. */
function linkFromPage(target: string, base: string): string {
  if (/^([a-z][a-z0-9+.-]*:|[/#?])/i.test(target)) return target;
  if (/^[^/]+\.ipynb(#.*)?$/.test(target)) return target.replace(".ipynb", ".html");
  return posix.join(base, target);
}
