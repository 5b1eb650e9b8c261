/** The parts that all pages share: their frame, style and figures. Pages load nothing from the network. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Figure, plainFigure } from "../figures/figure";
import { DEFAULT_SIZE, figureToPng } from "../figures/static-image";
import { escapeHtml } from "../files/escape-html";
import { DRAW_FIGURES } from "./draw-figures";
import { formulaStyle } from "./formulas";
import { PAGE_STYLE } from "./page-style";

/** The name of the script that pages with interactive figures load from their own folder. */
export const PLOTLY_FILE = "plotly.js";

/**
 * A figure on a page. The figure is interactive if Plotly runs; otherwise, and on paper, the figure is a
 * picture.
 */
export interface PageFigure {
  /** The figure as plain JSON. */
  readonly figure: unknown;
  /** The picture of the figure, as PNG in base64. */
  readonly png?: string;
  /** A description of the picture for readers who cannot see it. */
  readonly name: string;
}

/** Returns the HTML element that holds a figure on a page. */
export function figureHtml({ figure, png, name }: PageFigure): string {
  // If "<" is written as a JSON escape, it cannot end the script element.
  const json = JSON.stringify(figure).replace(/</g, "\\u003c");
  const picture = png ? `<img src="data:image/png;base64,${escapeHtml(png)}" alt="${escapeHtml(name)}">` : "";
  return `<div class="figure">${picture}<script type="application/json">${json}</script></div>`;
}

/** Draws the picture of a figure, and returns the HTML element that holds the figure on a page. */
export async function drawnFigureHtml(figure: Figure): Promise<string> {
  const plain = plainFigure(figure);
  const sized = { data: plain.data, layout: { height: DEFAULT_SIZE.height, ...plain.layout } };
  const png = await figureToPng(sized);
  const title = sized.layout.title;
  const name = typeof title === "object" ? (title.text ?? "") : "";
  return figureHtml({ figure: sized, png: png.toString("base64"), name });
}

/**
 * Returns a whole page.
 *
 * @param body - the content of the page, as HTML
 * @param plotly - the location of the script that draws figures: beside the page, inside the page (2.5 MB), or
 *   nowhere if the page does not need it
 * @param style - an extra style sheet, on top of the style sheet shared by all pages
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

/** Returns the code of Plotly, compressed and written as text, which takes a quarter of the size of the code. */
function packedPlotly(): string {
  packed ??= gzipSync(readFileSync(require.resolve("plotly.js-dist")), { level: 9 }).toString("base64");
  return packed;
}
