import { requireInteger } from "../numerics/arguments";
import type { Figure } from "./figure";
import { pngDataUri } from "./png-data-uri";

/** An image to show, with a line of text below it. */
export interface CaptionedImage {
  /**
   * The pixels, channel by channel: channels · height · width values. Values outside [0, 1], which noise can produce,
   * are clipped.
   */
  readonly pixels: Float32Array;
  /** The line of text below the image. */
  readonly caption: string;
}

/** The options of {@link imageFigure}, including the size of its images. */
export interface ImageFigureOptions {
  /** The number of channels: 1 (gray) or 3 (red, green, blue). */
  readonly channels: number;
  /** The number of rows of pixels. */
  readonly height: number;
  /** The number of pixels in a row. */
  readonly width: number;
  /** The title of the figure. Default: none. */
  readonly title?: string;
  /** The number of images in a row. */
  readonly columns?: number;
}

/**
 * The side of an image, and the width and height of the cell that holds an image and its caption, in CSS pixels. Six
 * cells fit into the width of a notebook.
 */
const [SIDE, CELL_WIDTH, CELL_HEIGHT] = [96, 120, 132];

/**
 * Draws images in a grid, each with its caption.
 *
 * @throws RangeError if there is no image, if the number of pixels of an image does not match the given size, or if
 *   `channels` is not 1 or 3
 * @example
 * const test = await loadMnist("test");
 * const images = [0, 1, 2].map((index) => ({ pixels: imageAt(test, index), caption: `image ${index}` }));
 * const figure = imageFigure(images, test);
 */
export function imageFigure(images: readonly CaptionedImage[], options: ImageFigureOptions): Figure {
  const { channels, height, width, title, columns = 6 } = options;
  requireInteger("the number of images", images.length, 1);
  requireInteger("columns", columns, 1);
  const across = Math.min(columns, images.length);
  const rows = Math.ceil(images.length / across);
  const cells = images.map((image, i) => ({ ...image, x: (i % across) + 0.5, y: Math.floor(i / across) }));
  const top = title ? 48 : 12;
  const inCell = { xref: "x", yref: "y", yanchor: "top" } as const;
  return {
    data: [],
    layout: {
      ...(title ? { title: { text: title } } : {}),
      width: across * CELL_WIDTH + 24,
      height: rows * CELL_HEIGHT + top + 8,
      margin: { l: 12, r: 12, t: top, b: 8 },
      xaxis: { visible: false, range: [0, across], fixedrange: true },
      yaxis: { visible: false, range: [rows, 0], fixedrange: true },
      images: cells.map(({ pixels, x, y }) => {
        const [sizex, sizey] = [SIDE / CELL_WIDTH, SIDE / CELL_HEIGHT];
        const source = pngDataUri(pixels, channels, height, width);
        return { source, x, y, sizex, sizey, xanchor: "center", ...inCell };
      }),
      annotations: cells.map(({ caption, x, y }) => {
        const below = y + SIDE / CELL_HEIGHT;
        return { text: caption, x, y: below, showarrow: false, font: { size: 11 }, ...inCell };
      }),
    },
  };
}
