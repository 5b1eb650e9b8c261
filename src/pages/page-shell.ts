/** What all pages have in common: their frame, style and figures. Nothing is loaded from the network. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Figure, plainFigure } from "../figures/figure";
import { DEFAULT_SIZE, figureToPng } from "../figures/static-image";
import { escapeHtml } from "../files/escape-html";
import { DRAW_FIGURES } from "./draw-figures";
import { formulaStyle } from "./formulas";
import { PAGE_STYLE } from "./page-style";

/** Name of the script that pages with interactive figures load from their own folder. */
export const PLOTLY_FILE = "plotly.js";

/** A figure of a page: interactive where Plotly runs, and a picture elsewhere and on paper. */
export interface PageFigure {
  /** The figure as plain JSON. */
  readonly figure: unknown;
  /** Its picture, as PNG in base64. */
  readonly png?: string;
  /** What the picture shows, for readers who cannot see it. */
  readonly name: string;
}

/** The place of a figure in a page. */
export function figureHtml({ figure, png, name }: PageFigure): string {
  // "<" cannot end the script element when it is written as a JSON escape.
  const json = JSON.stringify(figure).replace(/</g, "\\u003c");
  const picture = png ? `<img src="data:image/png;base64,${escapeHtml(png)}" alt="${escapeHtml(name)}">` : "";
  return `<div class="figure">${picture}<script type="application/json">${json}</script></div>`;
}

/** The place of a figure that has no picture yet; the picture is drawn, too. */
export async function drawnFigureHtml(figure: Figure): Promise<string> {
  const plain = plainFigure(figure);
  const sized = { data: plain.data, layout: { height: DEFAULT_SIZE.height, ...plain.layout } };
  const png = await figureToPng(sized);
  const title = sized.layout.title;
  const name = typeof title === "object" ? (title.text ?? "") : "";
  return figureHtml({ figure: sized, png: png.toString("base64"), name });
}

/**
 * A whole page.
 *
 * @param body its content, as HTML
 * @param plotly where the script that draws figures is: beside the page, inside of it (2.5 MB), or not needed
 * @param style a style sheet on top of the one shared by all pages
 */
export function htmlPage(
  title: string,
  body: string,
  plotly: "beside" | "inside" | "none",
  style: string = "",
): string {
  const scripts = {
    none: "",
    beside: `<script defer src="${PLOTLY_FILE}"></script>\n<script>${DRAW_FIGURES}</script>\n`,
    inside: `<script>${DRAW_FIGURES}</script>\n`,
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}${formulaStyle(body)}${PAGE_STYLE}</style>
${scripts[plotly]}</head>
<body>
<main>
${body}
</main>
${plotly === "inside" ? `<script type="application/gzip" id="plotly">${packedPlotly()}</script>\n` : ""}</body>
</html>
`;
}

let packed: string | undefined;

/** Plotly, compressed to a quarter of its size, even when written as text. */
function packedPlotly(): string {
  packed ??= gzipSync(readFileSync(require.resolve("plotly.js-dist")), { level: 9 }).toString("base64");
  return packed;
}
