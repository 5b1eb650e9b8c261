/**
 * Draws static pictures of Plotly figures without a browser. Plotly draws into a page simulated by jsdom, and resvg
 * turns the resulting SVG into pixels. The fonts come with the package, so the picture is the same everywhere.
 */
import { dirname, join } from "node:path";
import type { DOMWindow } from "jsdom";
import { PNG } from "pngjs";
import { plainFigure, type PlotlyFigure } from "./figure";
import { palettePng } from "./palette-png";
import { pixelContext } from "./pixel-canvas";
import { fitted } from "./fit";
import { thinnedForPicture } from "./thin-points";

/** The size of a static picture. */
export interface ImageSize {
  /** The width in CSS pixels. Default: the width in the figure's layout, or 760. */
  width?: number;
  /** The height in CSS pixels. Default: the height in the figure's layout, or 440. */
  height?: number;
  /** The number of image pixels per CSS pixel. Default: 2, which is crisp on high-resolution screens. */
  scale?: number;
}

/** The default width and height of a figure, in CSS pixels. */
export const DEFAULT_SIZE: { width: number; height: number } = { width: 760, height: 440 };

/** The number of image pixels per CSS pixel if no scale is given. */
const DEFAULT_SCALE = 2;

/**
 * The trace types that Plotly draws with WebGL or on maps. A simulated page does not support these trace types.
 */
const UNDRAWABLE = new RegExp(
  "^(scattergl|scatterpolargl|splom|parcoords|scatter3d|surface|mesh3d|cone|streamtube|volume|isosurface|" +
    "(scatter|choropleth|density)map(box)?)$",
);

/** The largest allowed side of a picture in CSS pixels. */
const MAX_SIDE = 10_000;

/**
 * Draws a Plotly figure as a PNG image on a white background.
 *
 * The first call loads Plotly (about one second); later calls take a few tenths of a second. Every trace type works
 * except those that need WebGL (3-D, the "gl" types, maps). If points and lines have more than 10,000 points in total,
 * only points that can be told apart in the picture are drawn.
 *
 * @param figure - the traces and the layout
 * @param size - the width and height in CSS pixels, and the pixel density
 * @returns the bytes of a PNG file of width·scale by height·scale pixels
 * @throws RangeError if a size is not in (0, 10000], or if the scale is not in (0, 10]
 * @throws Error if Plotly refuses the figure, or if a trace needs WebGL
 */
export async function figureToPng(figure: PlotlyFigure, size: ImageSize = {}): Promise<Buffer> {
  const width = side("width", size.width ?? figure.layout?.width ?? DEFAULT_SIZE.width);
  const height = side("height", size.height ?? figure.layout?.height ?? DEFAULT_SIZE.height);
  const scale = size.scale ?? DEFAULT_SCALE;
  if (!(scale > 0 && scale <= 10)) throw new RangeError(`scale must be in (0, 10], got ${scale}`);

  const svg = await figureToSvg(figure, width, height);
  const { Resvg, font } = await (plotlyPage ??= openPlotlyPage());
  const picture = new Resvg(svg, {
    font,
    background: "white",
    fitTo: { mode: "zoom", value: scale },
  });
  const drawn = picture.render();
  return palettePng(drawn.pixels, drawn.width, drawn.height) ?? drawn.asPng();
}

/**
 * Draws a Plotly figure as SVG, exactly as Plotly writes it.
 *
 * @param width - the width in CSS pixels; the height is also in CSS pixels
 * @throws the errors of {@link figureToPng}
 */
export async function figureToSvg(figure: PlotlyFigure, width: number, height: number): Promise<string> {
  for (const { type } of figure.data) {
    if (type !== undefined && UNDRAWABLE.test(type)) {
      throw new Error(`a trace of type ${type} needs WebGL and cannot be drawn as a static picture`);
    }
  }
  const page = await (plotlyPage ??= openPlotlyPage());
  return page.toSvg(figure, width, height);
}

function side(name: string, value: number): number {
  if (!(value >= 1 && value <= MAX_SIDE)) {
    throw new RangeError(`${name} of a figure must be in [1, ${MAX_SIDE}], got ${value}`);
  }
  return Math.round(value);
}

type Resvg = typeof import("@resvg/resvg-js").Resvg;
type FontOptions = NonNullable<NonNullable<ConstructorParameters<Resvg>[1]>["font"]>;

interface PlotlyPage {
  Resvg: Resvg;
  font: FontOptions;
  toSvg(figure: PlotlyFigure, width: number, height: number): Promise<string>;
}

let plotlyPage: Promise<PlotlyPage> | undefined;

/** Loads Plotly into a simulated page. This happens only once, for the first figure. */
async function openPlotlyPage(): Promise<PlotlyPage> {
  const { readFile } = await import("node:fs/promises");
  const { JSDOM } = await import("jsdom");
  const { Resvg } = await import("@resvg/resvg-js");
  const font = dejaVuFonts();

  const dom = new JSDOM("<!doctype html><body></body>", {
    runScripts: "outside-only",
    pretendToBeVisual: true,
  });
  const { window } = dom;
  addMissingBrowserParts(window, (element) => textBox(element, Resvg, font));
  window.eval(await readFile(require.resolve("plotly.js-dist"), "utf8"));
  const { Plotly } = window as unknown as { Plotly: typeof import("plotly.js-dist") };

  async function toSvg(figure: PlotlyFigure, width: number, height: number): Promise<string> {
    const place = window.document.createElement("div");
    window.document.body.append(place);
    try {
      // Plotly adds defaults to the objects that it receives, so it gets a copy of the caller's figure.
      const { data, layout } = thinnedForPicture(fitted(plainFigure(figure), width), width, height);
      const plot = await Plotly.newPlot(
        place,
        data,
        { ...layout, width, height, autosize: false },
        { staticPlot: true },
      );
      const options = { format: "svg", width, height, imageDataOnly: true } as const;
      return await Plotly.toImage(plot, options);
    } finally {
      Plotly.purge(place);
      place.remove();
    }
  }
  return { Resvg, font, toSvg };
}

/** Returns the path of the file of a DejaVu font, such as "Sans-Bold". */
export function dejaVuFile(name: string): string {
  return join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf", `DejaVu${name}.ttf`);
}

/** The fonts for both measuring and drawing text, whatever families a figure asks for. */
function dejaVuFonts(): FontOptions {
  const styles = ["", "-Bold", "-Oblique", "-BoldOblique"];
  return {
    loadSystemFonts: false,
    fontFiles: [...styles.map((style) => `Sans${style}`), "SansMono"].map(dejaVuFile),
    defaultFontFamily: "DejaVu Sans",
    sansSerifFamily: "DejaVu Sans",
    monospaceFamily: "DejaVu Sans Mono",
  };
}

/** A rectangle in SVG user units. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Adds to jsdom's window the parts of a browser that Plotly needs and jsdom lacks, above all the size of text. */
function addMissingBrowserParts(window: DOMWindow, boxOf: (element: Element) => Box): void {
  // No style sheet property is supported, so Plotly does not rely on image-rendering for the cells of a heatmap.
  Object.assign(window, { TextDecoder, TextEncoder, supportsCSS: () => false });
  window.URL.createObjectURL = () => "";
  const images = new WeakMap<HTMLCanvasElement, PNG>();
  Object.assign(window.HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement, kind: string) {
      if (kind !== "2d") return null;
      const image = new PNG({ width: this.width, height: this.height });
      images.set(this, image);
      return pixelContext(image);
    },
    toDataURL(this: HTMLCanvasElement) {
      const image = images.get(this);
      return image ? `data:image/png;base64,${PNG.sync.write(image).toString("base64")}` : "data:,";
    },
  });

  // Plotly measures text with these functions, in an untransformed place.
  const clientBox = (element: Element): DOMRect => {
    const { x, y, width, height } = boxOf(element);
    return { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height } as DOMRect;
  };
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: Element) {
      return boxOf(this);
    },
    getBoundingClientRect(this: Element) {
      return clientBox(this);
    },
    getComputedTextLength(this: Element) {
      return boxOf(this).width;
    },
    getTotalLength(this: Element) {
      return polylineLength(corners(this));
    },
    getPointAtLength(this: Element, length: number) {
      return pointOnPolyline(corners(this), length);
    },
  });
}

type Point = { x: number; y: number };

/**
 * Returns the points of a path of straight lines, such as the arrow of an annotation. Plotly needs the length of such a
 * path to place the arrow's head.
 */
function corners(path: Element): Point[] {
  const numbers = (path.getAttribute("d") ?? "").match(/-?[\d.]+(?:e[-+]?\d+)?/gi) ?? [];
  const points: Point[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2)
    points.push({ x: Number(numbers[i]), y: Number(numbers[i + 1]) });
  return points;
}

function polylineLength(points: Point[]): number {
  return points.slice(1).reduce((sum, p, i) => sum + Math.hypot(p.x - points[i].x, p.y - points[i].y), 0);
}

function pointOnPolyline(points: Point[], length: number): Point {
  let left = length;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    const piece = Math.hypot(to.x - from.x, to.y - from.y);
    if (left <= piece && piece > 0) {
      const t = Math.max(0, left / piece);
      return { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) };
    }
    left -= piece;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

/** Heights above and below the baseline of DejaVu Sans, and Plotly's line spacing, in units of the font size. */
const ASCENT = 0.928;
const DESCENT = 0.236;
const LINE = 1.3;

const measured = new Map<string, Box>();

/**
 * Returns the box of an SVG element in its own coordinates, like a browser's getBBox. The box comes from resvg, which
 * measures the ink, except that each line of text is as high as the font, not as its letters.
 */
function textBox(element: Element, Resvg: Resvg, font: FontOptions): Box {
  const copy = element.cloneNode(true) as Element;
  copy.removeAttribute("transform");
  const view = element.ownerDocument.defaultView as Window & typeof globalThis;
  const markup = new view.XMLSerializer().serializeToString(copy);
  const known = measured.get(markup);
  if (known) return known;

  const ink = new Resvg(`<svg xmlns="http://www.w3.org/2000/svg">${markup}</svg>`, { font }).getBBox();
  let box: Box = { x: ink?.x ?? 0, y: ink?.y ?? 0, width: ink?.width ?? 0, height: ink?.height ?? 0 };
  if (element.localName === "text" && box.width > 0) {
    const fontSize = parseFloat((element as SVGElement).style.fontSize) || 12;
    const lines = Math.max(1, element.querySelectorAll("tspan.line").length);
    const baseline = parseFloat(element.getAttribute("y") ?? "") || 0;
    const top = Math.min(box.y, baseline - ASCENT * fontSize);
    const bottom = Math.max(box.y + box.height, baseline + ((lines - 1) * LINE + DESCENT) * fontSize);
    box = { x: box.x, y: top, width: box.width, height: bottom - top };
  }
  if (measured.size > 5000) measured.clear();
  measured.set(markup, box);
  return box;
}
