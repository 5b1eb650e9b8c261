import { PNG } from "pngjs";
import type { Figure } from "./figure";

/** An image to show: its pixels as floats, channel by channel, and a line of text below it. */
export interface CaptionedImage {
  /** channels · height · width values; values outside [0, 1] (noise) are clipped. */
  readonly pixels: Float32Array;
  /** The line of text below it. */
  readonly caption: string;
}

/** Size of the images of a figure. */
export interface ImageFigureOptions {
  /** 1 (gray) or 3 (red, green, blue). */
  readonly channels: number;
  /** Rows of pixels. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** Title of the figure; by default none. */
  readonly title?: string;
  /** Images in a row. */
  readonly columns?: number;
}

/** Side of an image and of the cell with its caption, in CSS pixels: six cells are narrower than a notebook. */
const [SIDE, CELL_WIDTH, CELL_HEIGHT] = [96, 120, 132];

/**
 * Images in a grid, each with its caption.
 *
 * @throws RangeError if an image has another number of pixels than the size says, or channels is not 1 or 3
 * @example
 * const test = await loadMnist("test");
 * const images = [0, 1, 2].map((index) => ({ pixels: imageAt(test, index), caption: `image ${index}` }));
 * const figure = imageFigure(images, test);
 */
export function imageFigure(images: readonly CaptionedImage[], options: ImageFigureOptions): Figure {
  const { channels, height, width, title, columns = 6 } = options;
  const across = Math.min(columns, images.length);
  const rows = Math.ceil(images.length / across);
  const place = (i: number): { x: number; y: number } => ({
    x: (i % across) + 0.5,
    y: Math.floor(i / across),
  });
  const top = title ? 48 : 12;
  return {
    data: [],
    layout: {
      ...(title ? { title: { text: title } } : {}),
      width: across * CELL_WIDTH + 24,
      height: rows * CELL_HEIGHT + top + 8,
      margin: { l: 12, r: 12, t: top, b: 8 },
      xaxis: { visible: false, range: [0, across], fixedrange: true },
      yaxis: { visible: false, range: [rows, 0], fixedrange: true },
      images: images.map(({ pixels }, i) => ({
        source: pngDataUri(pixels, channels, height, width),
        xref: "x",
        yref: "y",
        x: place(i).x,
        y: place(i).y,
        sizex: SIDE / CELL_WIDTH,
        sizey: SIDE / CELL_HEIGHT,
        xanchor: "center",
        yanchor: "top",
      })),
      annotations: images.map(({ caption }, i) => ({
        text: caption,
        xref: "x",
        yref: "y",
        x: place(i).x,
        y: place(i).y + SIDE / CELL_HEIGHT,
        yanchor: "top",
        showarrow: false,
        font: { size: 11 },
      })),
    },
  };
}

/** An image as a PNG in a data URI, magnified in whole steps so that viewers do not blur its pixels. */
function pngDataUri(pixels: Float32Array, channels: number, height: number, width: number): string {
  if (channels !== 1 && channels !== 3) throw new RangeError(`channels must be 1 or 3, got ${channels}`);
  if (pixels.length !== channels * height * width) {
    throw new RangeError(
      `an image of ${channels} × ${height} × ${width} has ${channels * height * width} values, got ${pixels.length}`,
    );
  }
  const scale = Math.max(1, Math.ceil((2 * SIDE) / Math.max(height, width)));
  const png = new PNG({ width: width * scale, height: height * scale });
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++) {
      const pixel = Math.floor(y / scale) * width + Math.floor(x / scale);
      const at = (y * png.width + x) * 4;
      for (let c = 0; c < 3; c++) {
        const value = pixels[(channels === 3 ? c : 0) * height * width + pixel];
        png.data[at + c] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
      png.data[at + 3] = 255;
    }
  }
  return `data:image/png;base64,${PNG.sync.write(png).toString("base64")}`;
}
