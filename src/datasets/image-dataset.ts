import { requireInteger } from "../numerics/arguments";

/** The two parts of a published image data set. */
export type Split = "train" | "test";

/** @throws RangeError unless a value is a {@link Split} */
export function requireSplit(split: unknown): asserts split is Split {
  if (split === "train" || split === "test") return;
  throw new RangeError(`split must be "train" or "test", got ${JSON.stringify(split)}`);
}

/** The shape of an image. */
export interface ImageShape {
  /** The number of channels: 1 for gray images, 3 for red, green and blue. */
  readonly channels: number;
  /** The number of rows of pixels. */
  readonly height: number;
  /** The number of pixels in a row. */
  readonly width: number;
}

/** The class indices of images, one for each image. */
export type Labels = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/**
 * A labeled set of images of equal size.
 *
 * Pixels are stored image by image, channel by channel, row by row (C × H × W): as bytes from 0 to 255, which
 * are scaled to [0, 1] when used, or as floats in [0, 1]. Every distance and every σ in this package refers
 * to pixels in [0, 1].
 */
export interface ImageDataset extends ImageShape {
  /** The short name of the data set, such as "mnist". */
  readonly name: string;
  /** The part of the published data set to which the images belong. */
  readonly split: Split;
  /** The number of images. */
  readonly count: number;
  /** The input dimension N = channels · height · width. */
  readonly dimension: number;
  /** The pixels of all images: `count · dimension` bytes, or floats in [0, 1]. */
  readonly pixels: Uint8Array | Float32Array;
  /** The labels: `count` class indices, each below the number of class names. */
  readonly labels: Labels;
  /** The name of each class, in the order of the base classifier's outputs. */
  readonly classNames: readonly string[];
  /**
   * The SHA-256 checksums that identify the images and labels: of each uncompressed file that they were read from
   * or, where the way of reading matters (arrays, PNG and JPEG images), of the pixels and labels as read.
   */
  readonly checksums: Readonly<Record<string, string>>;
  /** The data set of which these images are a sample; undefined for a whole data set. */
  readonly sampleOf?: WholeDataset;
  /**
   * The index of each image in the whole data set, in ascending order; undefined if this data set is the
   * whole data set.
   */
  readonly indices?: Uint32Array;
}

/** A data set whose pixels are bytes. */
export interface ByteDataset extends ImageDataset {
  readonly pixels: Uint8Array;
}

/** The description of a whole data set in a record. */
export interface WholeDataset {
  readonly name: string;
  /** The number of images in the whole data set. */
  readonly count: number;
  readonly checksums: Readonly<Record<string, string>>;
}

/** The maximum number of classes, because labels are signed 32-bit integers. */
const MOST_CLASSES = 2 ** 31;

/**
 * Checks that a data set satisfies {@link ImageDataset}: pixels are bytes or float32, all lists have the right
 * lengths, and each label is the index of a class name.
 *
 * @throws RangeError naming the data set and the problem
 */
export function requireDataset(dataset: ImageDataset): void {
  requireLoaded(dataset);
  const { name, channels, height, width, count, dimension, pixels, labels, classNames, indices } = dataset;
  requireInteger(`count of ${name}`, count, 1);
  for (const [what, value] of Object.entries({ channels, height, width })) {
    requireInteger(`${what} of ${name}`, value, 1);
  }
  if (!(pixels instanceof Uint8Array || pixels instanceof Float32Array)) {
    const given = Object.prototype.toString.call(pixels).slice("[object ".length, -1);
    throw new RangeError(
      `the pixels of ${name} must be a Uint8Array (0 to 255) or a Float32Array (0 to 1), got ${given}`,
    );
  }
  const expected = { dimension: channels * height * width, pixels: count * dimension, labels: count };
  for (const [what, given] of [
    ["dimension", dimension],
    ["pixels", pixels.length],
    ["labels", labels.length],
  ] as const) {
    if (given !== expected[what]) {
      const shape = `${count} images of ${channels} × ${height} × ${width}`;
      const is = what === "dimension" ? `has dimension ${given}` : `has ${given} ${what}`;
      throw new RangeError(`${name} ${is}, expected ${expected[what]}: it has ${shape}`);
    }
  }
  requireLabels(name, labels, classNames.length);
  if (indices && indices.length !== count) {
    throw new RangeError(`${name} has ${indices.length} indices, expected ${count}`);
  }
}

/**
 * Checks that a value is a data set at all, for example not a promise of one.
 *
 * @throws TypeError saying what a data set may be
 */
export function requireLoaded(dataset: object | undefined): void {
  if (typeof dataset === "object" && "count" in dataset) return;
  throw new TypeError(`expected a data set, such as await loadMnist("test"), got ${String(dataset)}`);
}

/**
 * Checks that labels are class indices.
 *
 * @param name - the name of the data set, for the error
 * @throws RangeError naming the first invalid label and its position
 */
export function requireLabels(name: string, labels: ArrayLike<number>, classCount: number): void {
  const most = Math.min(classCount, MOST_CLASSES);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= most) {
      throw new RangeError(`label ${i} of ${name} must be an integer from 0 to ${most - 1}, got ${label}`);
    }
  }
}

/**
 * The location of an image: its index in the whole data set, and its place in the given data set, which may
 * be a sample.
 */
export interface ImagePlace {
  readonly index: number;
  readonly place: number;
}

/** Returns the locations of all images of a data set, which may be a sample. */
export function allImages({ count, indices }: ImageDataset): ImagePlace[] {
  return Array.from({ length: count }, (_, place) => ({ index: indices?.[place] ?? place, place }));
}

/**
 * Locates the images 0, every, 2 · every, … of a data set, in the data set itself or in a sample that
 * contains all of these images.
 *
 * @throws RangeError if `every` is out of range, or if a sample lacks one of the images
 */
export function everyNth(dataset: ImageDataset, every: number): ImagePlace[] {
  requireInteger("every", every, 1);
  const count = dataset.sampleOf?.count ?? dataset.count;
  function* multiples(): Generator<number> {
    for (let index = 0; index < count; index += every) yield index;
  }
  return imagesAt(dataset, multiples(), `every = ${every}`);
}

/**
 * Locates given images of a data set, in the data set itself or in a sample that contains all of these
 * images.
 *
 * @param indices - the indices of the images in the whole data set
 * @param asker - the option that requests the images, for the error
 * @throws RangeError naming the first index that is out of range or missing in a sample
 */
export function imagesAt(
  { indices: sampled, sampleOf, name, count }: ImageDataset,
  indices: Iterable<number>,
  asker: string = "indices",
): ImagePlace[] {
  const placeOf = sampled && new Map(Array.from(sampled, (index, place) => [index, place]));
  const found: ImagePlace[] = [];
  for (const index of indices) {
    requireInteger(`an index of ${name}`, index, 0, (sampleOf?.count ?? count) - 1);
    const place = placeOf ? placeOf.get(index) : index;
    if (place === undefined)
      throw new RangeError(`${asker} asks for image ${index}, which is not in ${name}`);
    found.push({ index, place });
  }
  return found;
}

/**
 * Returns one image of a data set as the input x of a classifier.
 *
 * @param index - the place of the image in the given data set, even if the data set is a sample: from 0 to
 *   `dataset.count − 1`
 * @returns `dataset.dimension` pixels in [0, 1]
 * @throws RangeError if the data set has no image at this place
 * @example
 * const test = await loadMnist("test");
 * const x = imageAt(test, 0);
 * x.length; // 784
 * test.labels[0]; // 7
 */
export function imageAt(dataset: ImageDataset, index: number): Float32Array {
  if (!Number.isInteger(index) || index < 0 || index >= dataset.count) {
    throw new RangeError(
      `image index must be an integer from 0 to ${dataset.count - 1} (${dataset.name}, ${dataset.split}), got ${index}`,
    );
  }
  const { pixels, dimension } = dataset;
  const [start, end] = [index * dimension, (index + 1) * dimension];
  if (pixels instanceof Float32Array) return pixels.slice(start, end);
  return Float32Array.from(pixels.subarray(start, end), (byte) => byte / 255);
}

/**
 * Returns the pixels of a data set as bytes.
 *
 * @throws RangeError if the pixels are floats
 */
export function bytesOf({ name, pixels }: ImageDataset): Uint8Array {
  if (pixels instanceof Float32Array) {
    throw new RangeError(`the pixels of ${name} must be bytes to search for nearest images, got floats`);
  }
  return pixels;
}
