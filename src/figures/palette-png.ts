/**
 * Writes PNG images with a palette. For drawings, these images are about a third of the size of PNG images without a
 * palette.
 */
import { crc32, deflateSync } from "node:zlib";

/** The largest error of a channel of a pixel, on the scale from 0 to 255. Such an error is hardly visible. */
const TOLERANCE = 12;

/**
 * A color with at least this share of the pixels is assumed to fill an area and is kept exactly, because a small change
 * of this color could make the edges of the area visible.
 */
const AREA = 0.0005;

/**
 * Writes an opaque image as a PNG with a palette of at most 256 colors. The result is exact if the image has at most
 * 256 colors; otherwise no channel of a pixel is off by more than 12 (on the scale from 0 to 255).
 *
 * @param pixels - red, green, blue, alpha for each pixel, row by row; alpha is assumed to be 255
 * @returns the bytes of a PNG file, or undefined if 256 colors are not enough
 */
export function palettePng(pixels: Uint8Array, width: number, height: number): Buffer | undefined {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 4) {
    const color = colorAt(pixels, at);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const byFrequency = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([color]) => color);
  let found: Palette | undefined;
  const areas = byFrequency.filter((color) => (counts.get(color) ?? 0) > AREA * width * height).length;
  for (const tolerance of [0, TOLERANCE / 4, TOLERANCE / 2, TOLERANCE])
    found ??= paletteOf(byFrequency, areas, tolerance);
  if (!found) return undefined;

  const { colors, indices } = found;
  const palette = Buffer.alloc(3 * colors.length);
  colors.forEach((color, i) => palette.writeUIntBE(color, 3 * i, 3));
  const rows = Buffer.alloc((width + 1) * height); // each row begins with a byte for its filter: none
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * (width + 1) + 1 + x] = indices.get(colorAt(pixels, 4 * (y * width + x))) as number;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette, deflate, no interlace
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function colorAt(pixels: Uint8Array, at: number): number {
  return (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
}

interface Palette {
  readonly colors: readonly number[];
  /** The palette index of each color of the image. */
  readonly indices: ReadonlyMap<number, number>;
}

/**
 * Builds a palette: takes the first `exact` colors as they are, and adds each further color only if it differs
 * by more than the tolerance from all colors before it.
 */
function paletteOf(all: readonly number[], exact: number, tolerance: number): Palette | undefined {
  const colors: number[] = [];
  const indices = new Map<number, number>();
  for (const [i, color] of all.entries()) {
    let [index, least] = [-1, tolerance + 1];
    for (let other = 0; i >= exact && other < colors.length; other++) {
      const distance = farthestChannel(color, colors[other]);
      if (distance < least) [index, least] = [other, distance];
    }
    if (index < 0) {
      if (colors.length === 256) return undefined;
      index = colors.push(color) - 1;
    }
    indices.set(color, index);
  }
  return { colors, indices };
}

function farthestChannel(one: number, other: number): number {
  const red = Math.abs((one >> 16) - (other >> 16));
  const green = Math.abs(((one >> 8) & 255) - ((other >> 8) & 255));
  return Math.max(red, green, Math.abs((one & 255) - (other & 255)));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
