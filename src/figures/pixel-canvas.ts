import type { PNG } from "pngjs";

/** The part of a canvas's two-dimensional context with which Plotly paints heatmaps. */
export interface PixelContext {
  /** The fill color: "rgba(r,g,b,a)" with r, g, b in [0, 255] and a in [0, 1]. */
  fillStyle: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  createImageData(width: number, height: number): { data: Uint8ClampedArray };
  putImageData(image: { data: Uint8ClampedArray }, x: number, y: number): void;
}

/**
 * Makes a canvas for opaque or transparent rectangles and pixels, and keeps its contents as a PNG image of the same
 * size.
 */
export function pixelContext(image: PNG): PixelContext {
  return {
    fillStyle: "rgba(0,0,0,1)",
    fillRect(x, y, width, height) {
      const [red, green, blue, alpha] = (this.fillStyle.match(/[\d.]+/g) ?? []).map(Number);
      const color = [red, green, blue, Math.round(255 * (alpha ?? 1))];
      for (let row = Math.max(0, y); row < Math.min(image.height, y + height); row++) {
        for (let column = Math.max(0, x); column < Math.min(image.width, x + width); column++) {
          image.data.set(color, 4 * (row * image.width + column));
        }
      }
    },
    createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
    putImageData({ data }) {
      image.data.set(data.subarray(0, image.data.length));
    },
  };
}
