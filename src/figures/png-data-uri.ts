import { PNG } from "pngjs";

/**
 * The minimum number of pixels along the longer side. This minimum is twice the side of an image in a figure,
 * because of high-density screens.
 */
const LEAST_SIDE = 192;

/**
 * Writes an image as a PNG in a data URI. The image is magnified by a whole number, so that viewers do not blur its
 * pixels.
 */
export function pngDataUri(pixels: Float32Array, channels: number, height: number, width: number): string {
  if (channels !== 1 && channels !== 3) throw new RangeError(`channels must be 1 or 3, got ${channels}`);
  if (pixels.length !== channels * height * width) {
    throw new RangeError(
      `an image of ${channels} × ${height} × ${width} has ${channels * height * width} values, got ${pixels.length}`,
    );
  }
  const scale = Math.max(1, Math.ceil(LEAST_SIDE / Math.max(height, width)));
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
