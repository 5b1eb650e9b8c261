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
import { escapeHtml } from "../files/escape-html";
import { textOf, type CellOutput, type MultilineText, type Notebook } from "../kernel/notebook-file";
import { figureHtml, htmlPage } from "./page-shell";

export { PLOTLY_FILE } from "./page-shell";

const LANGUAGES = { bash, json, typescript };
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

const PLOTLY_MIME = "application/vnd.plotly.v1+json";

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
  const title = notebookTitle(notebook) ?? name;
  return htmlPage(title, navigation + cells.join("\n"), hasFigures ? "beside" : "none", codeStyle());
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

/** The first paragraph below a notebook's title, as HTML: by custom one sentence that says what it shows. */
export function notebookSummary(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "markdown") continue;
    const tokens = markdown.parse(textOf(cell.source), {});
    const heading = tokens.findIndex((token) => token.type === "heading_open");
    const paragraph = tokens.findIndex((token, i) => i > heading && token.type === "paragraph_open");
    if (heading < 0 || paragraph < 0) continue;
    return markdown.renderer.render([tokens[paragraph + 1]], markdown.options, {});
  }
  return undefined;
}

/** What the list of notebooks says of one. */
export interface IndexEntry {
  title: string;
  /** File name of the notebook; its page has the same with the ending html. */
  file: string;
  /** What it shows, as HTML. */
  summary?: string;
  /** A picture from it, PNG in base64. */
  picture?: string;
  /** Whether a cell failed. */
  failed: boolean;
}

/** The page that lists all notebooks of a folder, each with a picture and a sentence. */
export function indexPage(entries: IndexEntry[]): string {
  const items = entries.map(({ title, file, summary, picture, failed }) => {
    const page = escapeHtml(pageName(encodeURIComponent(file)));
    const image = picture
      ? `<a href="${page}" tabindex="-1"><img src="data:image/png;base64,${escapeHtml(picture)}" alt=""></a>`
      : "<span></span>";
    const note = failed ? ` <span class="failed">stopped by an error</span>` : "";
    const source = `<a class="file" href="${escapeHtml(encodeURIComponent(file))}">${escapeHtml(file)}</a>`;
    return `<li>${image}<div><h2><a href="${page}">${escapeHtml(title)}</a>${note}</h2><p>${summary ?? ""}</p>${source}</div></li>`;
  });
  return htmlPage(
    "Notebooks",
    `<h1>Notebooks</h1>\n<ol class="notebooks">\n${items.join("\n")}\n</ol>`,
    "none",
  );
}

/** File name of the page of a notebook. */
export function pageName(notebookFile: string): string {
  return notebookFile.replace(/\.ipynb$/, "") + ".html";
}

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
    const png = text("image/png")?.replace(/\s/g, "");
    return figureHtml({ figure: data[PLOTLY_MIME], png, name: text("text/plain") ?? "" });
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

function codeStyle(): string {
  return `${codeTheme("github")}\n@media (prefers-color-scheme: dark) {${codeTheme("github-dark")}}\n`;
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
