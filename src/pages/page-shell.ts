/** What the pages have in common: their frame, their style and their figures. Nothing comes from the network. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { escapeHtml } from "../files/escape-html";
import { PAGE_STYLE } from "./page-style";

/** Name of the script that pages with interactive figures load from their own folder. */
export const PLOTLY_FILE = "plotly.js";

/** A figure of a page: interactive where Plotly runs, and a picture on paper and elsewhere. */
export interface PageFigure {
  /** The figure as plain JSON. */
  readonly figure: unknown;
  /** Its picture, PNG in base64. */
  readonly png?: string;
  /** What the picture shows, for those who do not see it. */
  readonly name: string;
}

/** The place of a figure in a page. */
export function figureHtml({ figure, png, name }: PageFigure): string {
  // "<" cannot end the script element when it is written as an escape of JSON.
  const json = JSON.stringify(figure).replace(/</g, "\\u003c");
  const picture = png ? `<img src="data:image/png;base64,${escapeHtml(png)}" alt="${escapeHtml(name)}">` : "";
  return `<div class="figure">${picture}<script type="application/json">${json}</script></div>`;
}

/**
 * A whole page.
 *
 * @param body its content, as HTML
 * @param plotly where the script that draws figures is: beside the page, inside of it (2.5 MB), or not needed
 * @param style a style sheet in addition to that of all pages
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
<style>${style}${PAGE_STYLE}</style>
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

/** Plotly, compressed: a quarter of its size also when written as text. */
function packedPlotly(): string {
  packed ??= gzipSync(readFileSync(require.resolve("plotly.js-dist")), { level: 9 }).toString("base64");
  return packed;
}

/**
 * Draws the interactive figures, in the colours of the reader's theme. The pictures are kept for printing, and stay
 * where Plotly is missing or fails.
 */
const DRAW_FIGURES = `
document.addEventListener("DOMContentLoaded", async () => {
  const packed = document.getElementById("plotly");
  if (packed && typeof DecompressionStream !== "undefined") {
    const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    document.head.append(script);
  }
  if (typeof Plotly === "undefined") return;
  const theme = window.matchMedia("(prefers-color-scheme: dark)");
  const dark = {
    paper_bgcolor: "#14181d", plot_bgcolor: "#14181d", font: { color: "#dfe4e9" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: "#8f99a3", activecolor: "#dfe4e9" },
  };
  const darkAxis = { gridcolor: "#323941", zerolinecolor: "#525b65", linecolor: "#8f99a3" };
  // Black lines and white grounds change places; all other colours are seen on both.
  const shaded = (text) => text.replaceAll("#000000", "#f2f4f6").replaceAll("#FFFFFF", "#14181d");
  const inTheme = (text) => {
    const { data, layout = {} } = JSON.parse(theme.matches ? shaded(text) : text);
    if (!theme.matches) return { data, layout };
    const axes = Object.keys({ xaxis: 0, yaxis: 0, ...layout }).filter((key) => /^[xy]axis/.test(key));
    const themed = axes.map((key) => [key, { ...darkAxis, ...layout[key] }]);
    return { data, layout: { ...dark, ...layout, ...Object.fromEntries(themed) } };
  };
  const figures = [...document.querySelectorAll(".figure")].map((box) => {
    const place = document.createElement("div");
    place.className = "plot";
    box.append(place);
    return { box, place, text: box.querySelector("script").textContent };
  });
  async function draw() {
    for (const { box, place, text } of figures) {
      try {
        const { data, layout } = inTheme(text);
        box.classList.add("drawn");
        // Images alone need no buttons, which would cover them.
        const buttons = data.length > 0 ? undefined : false;
        await Plotly.newPlot(place, data, layout, { responsive: true, displaylogo: false, displayModeBar: buttons });
      } catch (error) {
        box.classList.remove("drawn");
        console.error(error);
      }
    }
  }
  theme.addEventListener("change", draw);
  await draw();
});`;
