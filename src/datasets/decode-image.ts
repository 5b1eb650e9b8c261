import { inflateSync } from "node:zlib";
import { decode as decodeJpegPixels } from "jpeg-js";
import { PNG } from "pngjs";
import { libraryReason } from "../files/library-reason";

/** One decoded image, as bytes. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** The number of channels: 1 for gray, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** The pixels, channel by channel and row by row. */
  readonly pixels: Uint8Array;
}

/** The maximum number of pixels in an image. The declared size is checked before memory is allocated. */
const MOST_PIXELS = 2 ** 24;

/**
 * Decodes a PNG or JPEG image. The content determines the format.
 *
 * Different programs decode a JPEG image to slightly different bytes: the bytes differ by one level in gray
 * images, and by several levels at color edges, because most files store colors at half the resolution.
 * Certificates are for the decoded bytes.
 *
 * @param where - the name of the file in errors
 * @throws Error naming the file if it is not a PNG or JPEG image, is cut off, too large or transparent, or
 *   has more than 8 bits per sample
 */
export function decodeImage(where: string, content: Buffer): DecodedImage {
  if (content.length === 0) throw new Error(`${where}: is empty`);
  if (content.subarray(0, 8).equals(PNG_SIGNATURE)) return decodePng(where, content);
  if (content.readUInt8(0) === 0xff && content[1] === 0xd8) return decodeJpeg(where, content);
  throw new Error(`${where}: is not a PNG or JPEG image`);
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The number of samples per pixel by color type: gray, red-green-blue, palette, gray with opacity,
 * red-green-blue with opacity.
 */
const PNG_SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

function decodePng(where: string, content: Buffer): DecodedImage {
  const chunks = pngChunks(where, content);
  const header = chunks[0]?.type === "IHDR" && chunks[0].data.length === 13 ? chunks[0].data : undefined;
  if (!header) throw new Error(`${where}: is not a PNG image: it does not begin with a header`);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colorType, interlace] = [header[8], header[9], header[12]];
  requireSize(where, width, height);
  if (depth === 16) throw new Error(`${where}: has 16 bits per sample, expected at most 8`);
  if (!(colorType in PNG_SAMPLES))
    throw new Error(`${where}: is not a PNG image: its color type is ${colorType}`);
  const bits = PNG_SAMPLES[colorType] * depth;
  requireWholeImageData(where, chunks, imageDataSize(width, height, bits, interlace === 1));
  let data: Buffer;
  try {
    data = PNG.sync.read(content).data;
  } catch (error) {
    throw new Error(`${where}: is not a PNG image: ${libraryReason(error)}`, { cause: error });
  }
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] !== 255) throw new Error(`${where}: has transparent pixels, expected opaque ones`);
  }
  return planes(data, 4, width, height, colorType === 0 || colorType === 4 ? 1 : 3);
}

/**
 * Checks the length of the image data against the header, because pngjs replaces missing image data with
 * black.
 */
function requireWholeImageData(where: string, chunks: readonly PngChunk[], expected: number): void {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  let length: number;
  try {
    length = inflateSync(packed, { maxOutputLength: expected + 1 }).length;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what =
      code === "Z_BUF_ERROR"
        ? "is cut off: its image data end early"
        : code === "ERR_BUFFER_TOO_LARGE"
          ? "has more image data than its header says"
          : `has damaged image data: ${message}`;
    throw new Error(`${where}: ${what}`, { cause: error });
  }
  if (length !== expected) {
    throw new Error(`${where}: has ${length} bytes of image data, but its header says ${expected}`);
  }
}

/**
 * Returns the number of bytes of the uncompressed image data. Each row is one byte followed by its pixels; an
 * interlaced image has seven passes of such rows.
 */
function imageDataSize(width: number, height: number, bits: number, isInterlaced: boolean): number {
  const size = (columns: number, rows: number): number =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0;
  if (!isInterlaced) return size(width, height);
  return ADAM7.reduce(
    (sum, [x, y, dx, dy]) => sum + size(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}

/**
 * The passes of an interlaced image. Each pass has a first column, a first row, and the steps to the next
 * column and to the next row.
 */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface PngChunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Returns the chunks of a PNG file, up to the end chunk. */
function pngChunks(where: string, content: Buffer): PngChunk[] {
  const chunks: PngChunk[] = [];
  for (let at = 8; at + 12 <= content.length;) {
    const end = at + 12 + content.readUInt32BE(at);
    if (end > content.length) break;
    const type = content.toString("latin1", at + 4, at + 8);
    chunks.push({ type, data: content.subarray(at + 8, end - 4) });
    if (type === "IEND") return chunks;
    at = end;
  }
  throw new Error(`${where}: is cut off: it has no end chunk`);
}

function decodeJpeg(where: string, content: Buffer): DecodedImage {
  const { width, height, components } = jpegFrame(where, content);
  requireSize(where, width, height);
  if (components !== 1 && components !== 3) {
    throw new Error(`${where}: has ${components} color components, expected 1 (gray) or 3`);
  }
  try {
    const { data } = decodeJpegPixels(content, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: MOST_PIXELS / 1e6,
      maxMemoryUsageInMB: 1024,
    });
    return planes(data, 3, width, height, components);
  } catch (error) {
    throw new Error(`${where}: is a JPEG image that is cut off or damaged: ${libraryReason(error)}`, {
      cause: error,
    });
  }
}

/**
 * Returns the size and the number of components of a JPEG image, as stated after the first marker that begins
 * a frame.
 */
function jpegFrame(where: string, content: Buffer): { width: number; height: number; components: number } {
  for (let at = 2; at + 10 <= content.length && content[at] === 0xff;) {
    const marker = content[at + 1];
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      if (content[at + 4] !== 8)
        throw new Error(`${where}: has ${content[at + 4]} bits per sample, expected 8`);
      const [height, width] = [content.readUInt16BE(at + 5), content.readUInt16BE(at + 7)];
      return { height, width, components: content[at + 9] };
    }
    at += 2 + content.readUInt16BE(at + 2);
  }
  throw new Error(`${where}: is not a JPEG image: it has no frame`);
}

function requireSize(where: string, width: number, height: number): void {
  if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
    throw new Error(
      `${where}: has ${width} × ${height} pixels, expected 1 to ${MOST_PIXELS} pixels in total`,
    );
  }
}

/** Reorders samples from pixel by pixel to channel by channel. */
function planes(
  data: Uint8Array,
  stride: number,
  width: number,
  height: number,
  channels: 1 | 3,
): DecodedImage {
  const size = width * height;
  const pixels = new Uint8Array(channels * size);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < size; i++) pixels[channel * size + i] = data[i * stride + channel];
  }
  return { width, height, channels, pixels };
}
