import { constants } from "node:buffer";
import { createHash } from "node:crypto";
import { decodeImage } from "./decode-image";
import { type ByteDataset, requireLabels, type Split } from "./image-dataset";

/** An image that is read only when it is needed. */
export interface EncodedImage {
  /** The file, or the place in a file, that errors name. */
  readonly where: string;
  /** The name of the image in the data set, which is part of the checksum. */
  readonly name: string;
  readonly content: Buffer;
  readonly label: number;
}

/** The properties of the resulting data set. */
export interface GatherOptions {
  readonly name: string;
  readonly split: Split;
  readonly classNames: readonly string[];
  /**
   * The number of channels: 1 for gray, 3 for red, green and blue; undefined for as many as the first image
   * has.
   */
  readonly channels?: 1 | 3;
}

/** The maximum length of a byte array in Node.js. */
export const MOST_BYTES: number = constants.MAX_LENGTH;

/**
 * Decodes images of equal size into a data set. The checksum of the data set covers all names, labels and
 * pixels.
 *
 * @param count - the number of images
 * @throws Error naming the first image that cannot be decoded, has another size, or has colors although a
 *   gray image is expected; RangeError if the images take too much memory
 */
export async function gatherImages(
  count: number,
  images: AsyncIterable<EncodedImage> | Iterable<EncodedImage>,
  { name, split, classNames, channels: wanted }: GatherOptions,
): Promise<ByteDataset> {
  const hash = createHash("sha256");
  const labels = new Int32Array(count);
  let shape: { channels: 1 | 3; height: number; width: number } | undefined;
  let pixels = new Uint8Array();
  let first = "";
  let i = 0;
  for await (const { where, name: imageName, content, label } of images) {
    const image = decodeImage(where, content);
    if (!shape) {
      first = where;
      shape = { channels: wanted ?? image.channels, height: image.height, width: image.width };
      const bytes = count * shape.channels * shape.height * shape.width;
      requireBytes(name, bytes);
      pixels = new Uint8Array(bytes);
      hash.update(`${Object.values(shape).join(" ")}\n`);
    }
    if (image.width !== shape.width || image.height !== shape.height) {
      throw new Error(
        `${where}: has ${image.width} × ${image.height} pixels, expected ${shape.width} × ${shape.height} like ${first}`,
      );
    }
    const size = shape.height * shape.width;
    if (image.channels === 3 && shape.channels === 1 && !isGray(image.pixels, size)) {
      const expected = wanted ? "expected a gray image" : `but ${first} is gray: set channels to 3`;
      throw new Error(`${where}: is a color image, ${expected}`);
    }
    const target = pixels.subarray(i * shape.channels * size, (i + 1) * shape.channels * size);
    if (image.channels >= shape.channels) target.set(image.pixels.subarray(0, target.length));
    else for (let channel = 0; channel < 3; channel++) target.set(image.pixels, channel * size);
    labels[i++] = label;
    hash.update(`${label} ${imageName}\n`).update(target);
  }
  if (!shape || i !== count) throw new Error(`${name}: has ${i} images, expected ${count}`);
  requireLabels(name, labels, classNames.length);
  const dimension = shape.channels * shape.height * shape.width;
  const checksums = { [name]: hash.digest("hex") };
  return { name, split, ...shape, count, dimension, pixels, labels, classNames, checksums };
}

/**
 * Checks that the pixels of a data set fit into memory.
 *
 * @throws RangeError naming the data set
 */
function requireBytes(name: string, bytes: number): void {
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `${name} takes ${bytes} bytes in memory, expected at most ${MOST_BYTES}: use a part of it`,
    );
  }
}

function isGray(pixels: Uint8Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    if (pixels[i] !== pixels[size + i] || pixels[i] !== pixels[2 * size + i]) return false;
  }
  return true;
}
