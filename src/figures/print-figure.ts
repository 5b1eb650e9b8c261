/**
 * Draws figures for papers. The size of a figure is given in inches and the size of its letters in points. By default
 * there is no title, because the caption takes its place.
 */
import { createHash } from "node:crypto";
import type { Layout } from "plotly.js-dist";
import { requirePositive } from "../numerics/arguments";
import type { PlotlyFigure } from "./figure";
import { dejaVuFile, figureToPng, figureToSvg } from "./static-image";
import { wrapped } from "./fit";

/** The size of a figure on paper. */
export interface PrintSize {
  /** The width in inches. Default: 3.25, the width of a column of a paper. */
  readonly width?: number;
  /**
   * The height in inches. Default: the height that keeps the proportions given in the figure's layout, or 0.7 of the
   * width if the layout gives none.
   */
  readonly height?: number;
  /**
   * The size of the letters in points. Default: 8. A figure with its own width, such as a grid of images, is scaled as
   * a whole.
   */
  readonly fontSize?: number;
  /** Whether the figure's title is drawn. Default: false, because the caption replaces it. */
  readonly title?: boolean;
}

/** The formats in which a figure can be written, by file extension. */
export const FIGURE_FORMATS: readonly string[] = [".pdf", ".svg", ".png"];

/** The size of letters in Plotly's pixels. A figure is drawn with letters of this size, then scaled. */
const LETTERS = 12;

/** The ratio of height to width of a figure whose layout sets neither. */
const PROPORTION = 0.7;

/** A width below this, in Plotly's pixels, leaves no room for a legend beside the plot. */
const NARROW = 500;

/** The number of pixels per inch of a PNG image. */
const DENSITY = 300;

const POINTS = 72;

/** The largest allowed side in inches, and the smallest and the largest allowed size of letters in points. */
const [LARGEST, SMALLEST_LETTERS, LARGEST_LETTERS] = [40, 4, 24];

/**
 * Draws a figure for paper.
 *
 * A PDF contains its text as text, in DejaVu Sans; the letters that it uses are embedded as TrueType. An SVG
 * also contains its text as text, in DejaVu Sans or, if this font is not installed, in Verdana, which is
 * equally wide. A PNG has 300 pixels per inch. The same figure always gives the same bytes.
 *
 * @param format - one of {@link FIGURE_FORMATS}
 * @throws RangeError naming a size that is out of range; Error if Plotly refuses the figure, or if a trace needs WebGL
 */
export async function printFigure(
  figure: PlotlyFigure,
  format: string,
  { width: inches = 3.25, height, fontSize = 8, title = false }: PrintSize = {},
): Promise<Buffer> {
  const { layout = {} } = figure;
  const own = layout.yaxis?.scaleanchor === undefined ? PROPORTION : 1;
  const proportion = layout.width && layout.height ? layout.height / layout.width : own;
  const tall = height ?? inches * proportion;
  for (const [name, value, least, most] of [
    ["width", inches, 0, LARGEST],
    ["height", tall, 0, LARGEST],
    ["fontSize", fontSize, SMALLEST_LETTERS, LARGEST_LETTERS],
  ] as const) {
    requirePositive(name, value);
    const unit = name === "fontSize" ? "points" : "inches";
    if (value < least || value > most) {
      throw new RangeError(
        `${name} must be ${least ? `${least} to` : "at most"} ${most} ${unit}, got ${value}`,
      );
    }
  }
  // The number of points per Plotly pixel.
  const scale = layout.width ? (POINTS * inches) / layout.width : fontSize / LETTERS;
  const [across, down] = [inches, tall].map((side) => Math.round((POINTS * side) / scale));
  // Without these fixed ids, Plotly would give traces random ids.
  const data = figure.data.map((trace, i) => ({ ...trace, uid: `t${i}` }));
  const adapted = { data, layout: printLayout(layout, [across, down], title) };
  if (format === ".png") {
    return figureToPng(adapted, { width: across, height: down, scale: (scale * DENSITY) / POINTS });
  }
  const svg = standalone(await figureToSvg(adapted, across, down));
  if (format === ".pdf") return svgToPdf(svg, scale, [across, down], titleOf(layout));
  return Buffer.from(svg.replace(/ width="\d+" height="\d+"/, ` width="${inches}in" height="${tall}in"`));
}

/**
 * Returns the layout with no more room around the plot than the axes take. The legend goes above the plot if there is
 * no room beside the plot.
 */
function printLayout(
  layout: Partial<Layout>,
  [width, height]: readonly number[],
  withTitle: boolean,
): Partial<Layout> {
  const { title, sliders: _, updatemenus: __, margin, ...others } = layout;
  const text = titleOf(layout);
  const isGrid = layout.width !== undefined;
  const adapted: Record<string, unknown> = {
    ...others,
    font: { ...layout.font, family: FAMILY, color: "#000000" },
    margin: isGrid ? margin : { l: 8, r: 8, t: 8, b: 8, pad: 0 },
  };
  if (withTitle && text !== "") {
    const given = typeof title === "object" ? title : {};
    // For the package's own figures, the theme makes room.
    const room = { automargin: true, yref: "container", y: 0.98, yanchor: "top", pad: { b: 8 } } as const;
    adapted.title = given.yref === "container" ? given : { ...given, text, ...room };
  } else if (isGrid && text !== "" && layout.margin?.t !== undefined) {
    adapted.margin = { ...margin, t: margin?.b };
  }
  if (isGrid) return adapted as Partial<Layout>;
  for (const [key, axis] of Object.entries({ xaxis: {}, yaxis: {}, ...others })) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    adapted[key] = printAxis(axis as Axis, key.startsWith("x") ? width - 60 : height - 30);
  }
  if (width < NARROW) {
    const above = { orientation: "h", x: 0, xanchor: "left", y: 1.01, yanchor: "bottom" };
    adapted.legend = { ...layout.legend, ...above };
  }
  return adapted as Partial<Layout>;
}

interface Axis {
  readonly title?: string | { readonly text?: string };
  readonly domain?: readonly number[];
}

/**
 * Returns an axis whose title is broken into lines that fit the length of the axis; `side` is the length of the plot's
 * side.
 */
function printAxis({ title, ...others }: Axis, side: number): object {
  const { text = "", ...named } = typeof title === "string" ? { text: title } : (title ?? {});
  const [from, to] = others.domain ?? [0, 1];
  const letters = ((to - from) * side) / (LETTER_WIDTH * LETTERS);
  const fitting = { standoff: 6, font: { size: LETTERS }, ...named, text: wrapped(text, letters) };
  return { automargin: true, ...others, title: fitting };
}

/** The average width of a letter, as a fraction of the font size. */
const LETTER_WIDTH = 0.57;

/** The font family of figures: DejaVu Sans, with which texts are measured, or an equally wide font. */
const FAMILY = "DejaVu Sans, Verdana, sans-serif";

function titleOf({ title }: Partial<Layout>): string {
  return (typeof title === "string" ? title : title?.text) ?? "";
}

/**
 * Replaces the random names that Plotly gives to parts of a drawing. The new names depend only on the drawing, and
 * different drawings get different names.
 */
function standalone(svg: string): string {
  const random = /id="defs-([0-9a-f]+)"/.exec(svg)?.[1];
  if (random === undefined) return svg;
  const plain = svg.replaceAll(random, "");
  return svg.replaceAll(random, createHash("sha256").update(plain).digest("hex").slice(0, 8));
}

/** Converts a drawing to a PDF page of the same size, with the letters that the drawing uses. */
async function svgToPdf(
  svg: string,
  scale: number,
  [width, height]: readonly number[],
  title: string,
): Promise<Buffer> {
  const { default: PdfDocument } = await import("pdfkit");
  const { default: drawSvg } = await import("svg-to-pdfkit");
  const page = new PdfDocument({
    size: [width * scale, height * scale],
    margin: 0,
    // The date is fixed, because otherwise no two files would be equal.
    info: { Title: title.replace(/<[^>]*>/g, ""), Creator: "idrs", CreationDate: new Date(0) },
  });
  const parts: Buffer[] = [];
  const ended = new Promise((resolve, reject) => page.on("end", resolve).on("error", reject));
  page.on("data", (part: Buffer) => parts.push(part));
  page.scale(scale);
  drawSvg(page, svg, 0, 0, {
    width,
    height,
    assumePt: true,
    fontCallback: (_family, isBold, isItalic) => {
      const style = `${isBold ? "Bold" : ""}${isItalic ? "Oblique" : ""}`;
      return dejaVuFile(style === "" ? "Sans" : `Sans-${style}`);
    },
  });
  page.end();
  await ended;
  return Buffer.concat(parts);
}
