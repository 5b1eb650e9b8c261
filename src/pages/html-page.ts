/** Turns executed notebooks into self-contained web pages that work offline. */
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
import {
  textOf,
  type CellOutput,
  type MarkdownCell,
  type MultilineText,
  type Notebook,
} from "../kernel/notebook-file";
import type { FrontPage } from "./front-page";
import { figureHtml, htmlPage } from "./page-shell";

export { PLOTLY_FILE } from "./page-shell";

const LANGUAGES = { bash, json, typescript };
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** Maps a link or an image of a text cell to its new target in the page; undefined removes the target. */
export type LinkRule = (target: string, kind: "href" | "src") => string | undefined;

/**
 * Returns the page of an executed notebook, as one of several pages. The script PLOTLY_FILE in the same folder draws
 * interactive figures; without this script, the page shows pictures of the figures. The page contains formulas with
 * their fonts.
 *
 * Raw HTML in text cells and in outputs is copied into the page unchanged, so trust a page only as far as you trust
 * its notebook.
 *
 * @param name - the title of the page if the notebook has no heading
 * @param base - the notebook's folder relative to the page's folder, for links and images in text cells
 */
export function notebookPage(notebook: Notebook, name: string, base: string = "."): string {
  const cells = renderCells(notebook, (target) => linkFromPage(target, base));
  const navigation = `<nav><a href="index.html">All notebooks</a></nav>`;
  const plotly = hasFigures(cells) ? "beside" : "none";
  return htmlPage(notebookTitle(notebook) ?? name, navigation + cells, plotly, codeStyle());
}

/**
 * Returns a standalone page for an executed notebook: a single file that contains everything, including interactive
 * figures.
 *
 * @param name - the title of the page if the notebook has no heading
 * @param links - the rule for rewriting links and images, because the files beside the notebook are not beside the
 *   page
 */
export function singlePage(notebook: Notebook, name: string, links: LinkRule): string {
  const cells = renderCells(notebook, links);
  return htmlPage(notebookTitle(notebook) ?? name, cells, hasFigures(cells) ? "inside" : "none", codeStyle());
}

function hasFigures(html: string): boolean {
  return html.includes('<div class="figure">');
}

function renderCells(notebook: Notebook, links: LinkRule): string {
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type === "markdown") {
      const attached: LinkRule = (target, kind) =>
        attachment(target, cell.attachments) ?? links(target, kind);
      return section("text", markdown.render(textOf(cell.source), { links: attached }));
    }
    if (cell.cell_type === "raw") return section("raw", preformatted("", textOf(cell.source)));
    if (textOf(cell.source).trim() === "") return "";
    const count = cell.execution_count === null ? "" : `<span class="count">${cell.execution_count}</span>`;
    const code = `<pre class="source">${count}<code class="hljs">${highlight(textOf(cell.source), "typescript")}</code></pre>`;
    return section("code", code + cell.outputs.map(renderOutput).join("\n"));
  });
  return cells.join("\n");
}

/** Decodes the characters that a link writes as %XX. A text with another % is returned as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Returns the picture that is attached to a text cell under a given name. Jupyter attaches pictures that are pasted
 * into a cell.
 */
function attachment(target: string, attachments: MarkdownCell["attachments"]): string | undefined {
  if (!target.startsWith("attachment:")) return undefined;
  const name = decoded(target.slice("attachment:".length));
  const bundle = attachments && Object.hasOwn(attachments, name) ? attachments[name] : {};
  const [mime, data] = Object.entries(bundle)[0] ?? [];
  return mime?.startsWith("image/")
    ? `data:${mime};base64,${textOf(data ?? "").replace(/\s/g, "")}`
    : undefined;
}

/** Returns the text of a notebook's first heading, if there is one. */
export function notebookTitle(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "markdown") continue;
    const tokens = plainMarkdown.parse(textOf(cell.source), {});
    const heading = tokens.findIndex((token) => token.type === "heading_open");
    if (heading < 0) continue;
    const html = plainMarkdown.renderer.render([tokens[heading + 1]], plainMarkdown.options, {});
    // A formula contains its own source as an annotation.
    const text = html.replace(/<annotation.*?<\/annotation>/gs, "").replace(/<[^>]*>/g, "");
    return plainMarkdown.utils.unescapeAll(text).trim();
  }
  return undefined;
}

/**
 * Returns the first paragraph below a notebook's title, as HTML. By convention, this paragraph is one sentence that
 * says what the notebook shows. A link to a file becomes plain text, because it leads elsewhere from another folder.
 */
export function notebookSummary(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "markdown") continue;
    const tokens = markdown.parse(textOf(cell.source), { links: linkFromAnywhere });
    const heading = tokens.findIndex((token) => token.type === "heading_open");
    const paragraph = tokens.findIndex((token, i) => i > heading && token.type === "paragraph_open");
    if (heading < 0 || paragraph < 0) continue;
    return markdown.renderer.render([tokens[paragraph + 1]], markdown.options, {});
  }
  return undefined;
}

/** The entry of a notebook in the list of notebooks. */
export interface IndexEntry {
  title: string;
  /** The file name of the notebook. Its page has the same name with the extension html. */
  file: string;
  /** What the notebook shows, as HTML. */
  summary?: string;
  /** A picture from the notebook, as PNG in base64. */
  picture?: string;
  /** Whether a cell failed. */
  failed: boolean;
}

/**
 * Returns the page that lists all notebooks of a folder, each with a picture and a sentence.
 *
 * @param front - the beginning of the page; by default only a heading
 */
export function indexPage(entries: IndexEntry[], front?: FrontPage): string {
  const items = entries.map(({ title, file, summary, picture, failed }) => {
    const page = escapeHtml(pageName(encodeURIComponent(file)));
    const image = picture
      ? `<a href="${page}" tabindex="-1"><img src="data:image/png;base64,${escapeHtml(picture)}" alt="a figure of ${escapeHtml(title)}"></a>`
      : "<span></span>";
    const note = failed ? ` <span class="failed">stopped by an error</span>` : "";
    const source = `<a class="file" href="${escapeHtml(encodeURIComponent(file))}">${escapeHtml(file)}</a>`;
    return `<li>${image}<div><h2><a href="${page}">${escapeHtml(title)}</a>${note}</h2><p>${summary ?? ""}</p>${source}</div></li>`;
  });
  const list = `<ol class="notebooks">\n${items.join("\n")}\n</ol>`;
  return front
    ? htmlPage(front.title, `${front.body}\n<h2>Notebooks</h2>\n${list}`, "inside", front.style)
    : htmlPage("Notebooks", `<h1>Notebooks</h1>\n${list}`, "none");
}

/** Returns the file name of a notebook's page. */
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

/** Renders a display in the richest of its formats that a page can show. */
function renderBundle(data: Record<string, unknown>): string {
  const text = (mime: string): string | undefined => {
    const value = data[mime];
    return typeof value === "string" || Array.isArray(value) ? textOf(value as MultilineText) : undefined;
  };
  const name = escapeHtml(text("text/plain") ?? "a picture");
  const image = (mime: string): string | undefined => {
    const base64 = text(mime)?.replace(/\s/g, "");
    return base64 && `<img src="data:${mime};base64,${escapeHtml(base64)}" alt="${name}">`;
  };

  if (data[PLOTLY_MIME] !== undefined) {
    const png = text("image/png")?.replace(/\s/g, "");
    return figureHtml({ figure: data[PLOTLY_MIME], png, name: text("text/plain") ?? "a figure" });
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
  return `${codeTheme("github")}\n@media screen and (prefers-color-scheme: dark) {${codeTheme("github-dark")}}\n`;
}

function codeTheme(name: string): string {
  return readFileSync(require.resolve(`highlight.js/styles/${name}.min.css`), "utf8");
}

/** The Markdown renderer for pages, which typesets formulas and adds MathML for screen readers. */
const markdown = createMarkdown("htmlAndMathml");

/** The Markdown renderer for titles, of which only the text is used. */
const plainMarkdown = createMarkdown("mathml");

function createMarkdown(output: "htmlAndMathml" | "mathml"): MarkdownIt.MarkdownIt {
  const md = new MarkdownIt({ html: true, linkify: false, typographer: false, highlight });
  const formulas = {
    output,
    throwOnError: false,
    enableBareBlocks: true,
    enableMathBlockInHtml: true,
  };
  md.use(katex, formulas);
  md.core.ruler.push("links", (state) => {
    const links = state.env.links as LinkRule | undefined;
    if (!links) return;
    for (const token of state.tokens.flatMap((block) => [block, ...(block.children ?? [])])) {
      if (token.type.startsWith("html_")) token.content = linksInHtml(token.content, links);
      for (const kind of ["href", "src"] as const) {
        const target = token.attrGet(kind);
        if (typeof target !== "string") continue;
        const changed = links(target, kind);
        if (changed !== undefined) token.attrSet(kind, changed);
        else token.attrs = (token.attrs ?? []).filter(([name]) => name !== kind);
      }
    }
  });
  return md;
}

/** Rewrites the links and images in HTML according to a rule. */
function linksInHtml(html: string, links: LinkRule): string {
  return html.replace(
    /(<(?:a|img)\b[^>]*?\s)(href|src)=(?:"([^"]*)"|'([^']*)')/gi,
    (_all, before: string, kind: string, double?: string, single?: string) => {
      const target = markdown.utils.unescapeAll(double ?? single ?? "");
      const changed = links(target, kind.toLowerCase() as "href" | "src");
      return changed === undefined ? before : `${before}${kind}="${escapeHtml(changed)}"`;
    },
  );
}

function linkFromAnywhere(target: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:/i.test(target) ? target : undefined;
}

/**
 * Rewrites a link in a notebook for the notebook's page. A link to another notebook leads to the page of that
 * notebook, and a link to any other file leads to the location of that file.
 */
function linkFromPage(target: string, base: string): string {
  if (/^([a-z][a-z0-9+.-]*:|[/#?])/i.test(target)) return target;
  if (/^[^/]+\.ipynb(#.*)?$/.test(target)) return target.replace(".ipynb", ".html");
  return posix.join(base, target);
}
