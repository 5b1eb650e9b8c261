/** Figures for papers: a size in inches, letters in points, no title where a caption takes its place. */
import { createHash } from "node:crypto";
import type { Layout } from "plotly.js-dist";
import { requirePositive } from "../numerics/arguments";
import type { PlotlyFigure } from "./figure";
import { dejaVuFile, figureToPng, figureToSvg } from "./static-image";
import { wrapped } from "./fit";

/** Size of a figure on paper. */
export interface PrintSize {
  /** Width in inches; by default 3.25, a column of a paper. */
  readonly width?: number;
  /** Height in inches; by default 0.7 of the width, or what keeps the proportions that the figure's layout names. */
  readonly height?: number;
  /** Size of the letters in points; by default 8. A figure with a width of its own, such as a grid of images, is scaled as a whole. */
  readonly fontSize?: number;
  /** Whether the figure's title is drawn; by default not, for the caption says it. */
  readonly title?: boolean;
}

/** The ways a figure is written, by the end of a file's name. */
export const FIGURE_FORMATS: readonly string[] = [".pdf", ".svg", ".png"];

/** Size of Plotly's letters in its own pixels: a figure is drawn with these, then scaled. */
const LETTERS = 12;

/** Height over width of a figure that names neither. */
const PROPORTION = 0.7;

/** Widths below this, in Plotly's pixels, leave no room for a legend beside the plot. */
const NARROW = 500;

/** Pixels to the inch of a PNG image. */
const DENSITY = 300;

const POINTS = 72;

/** Most inches of a side, fewest and most points of letters. */
const [LARGEST, SMALLEST_LETTERS, LARGEST_LETTERS] = [40, 4, 24];

/**
 * Draws a figure for paper.
 *
 * A PDF has its text as text, in DejaVu Sans, of which the letters used are embedded as TrueType; so has an SVG, with
 * Verdana, which is as wide, where DejaVu Sans is not installed; a PNG has 300 pixels to the inch. The same figure gives
 * the same bytes.
 *
 * @param format - one of {@link FIGURE_FORMATS}
 * @throws RangeError naming a size that is out of range; Error when Plotly refuses the figure, or a trace needs WebGL
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
  // Points to one of Plotly's pixels.
  const scale = layout.width ? (POINTS * inches) / layout.width : fontSize / LETTERS;
  const [across, down] = [inches, tall].map((side) => Math.round((POINTS * side) / scale));
  // Plotly would name traces at random.
  const data = figure.data.map((trace, i) => ({ ...trace, uid: `t${i}` }));
  const adapted = { data, layout: printLayout(layout, [across, down], title) };
  if (format === ".png") {
    return figureToPng(adapted, { width: across, height: down, scale: (scale * DENSITY) / POINTS });
  }
  const svg = standalone(await figureToSvg(adapted, across, down));
  if (format === ".pdf") return svgToPdf(svg, scale, [across, down], titleOf(layout));
  return Buffer.from(svg.replace(/ width="\d+" height="\d+"/, ` width="${inches}in" height="${tall}in"`));
}

/** The layout with as little room around the plot as its axes take, the legend above where there is none beside. */
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
    // For the package's own figures the theme makes room.
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

/** An axis whose title is in lines that fit its length, in a plot whose side has the given one. */
function printAxis({ title, ...others }: Axis, side: number): object {
  const { text = "", ...named } = typeof title === "string" ? { text: title } : (title ?? {});
  const [from, to] = others.domain ?? [0, 1];
  const letters = ((to - from) * side) / (LETTER_WIDTH * LETTERS);
  const fitting = { standoff: 6, font: { size: LETTERS }, ...named, text: wrapped(text, letters) };
  return { automargin: true, ...others, title: fitting };
}

/** Width of a letter on average, in units of its size. */
const LETTER_WIDTH = 0.57;

/** DejaVu Sans, which figures are measured in, or what is as wide. */
const FAMILY = "DejaVu Sans, Verdana, sans-serif";

function titleOf({ title }: Partial<Layout>): string {
  return (typeof title === "string" ? title : title?.text) ?? "";
}

/** Plotly names parts of a drawing at random: the same drawing gets the same names, another one others. */
function standalone(svg: string): string {
  const random = /id="defs-([0-9a-f]+)"/.exec(svg)?.[1];
  if (random === undefined) return svg;
  const plain = svg.replaceAll(random, "");
  return svg.replaceAll(random, createHash("sha256").update(plain).digest("hex").slice(0, 8));
}

/** A page of the drawing's size, with the letters that it uses. */
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
    // With a date of its own, each file would be another.
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
