/** The two parts that image data sets are published in. */
export type Split = "train" | "test";

/** The shape of an image. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * A labelled set of images of one size, held as bytes.
 *
 * Pixels are stored image by image, channel by channel, row by row (C × H × W), 0 to 255. They are scaled to
 * [0, 1] where they are used: every distance and every σ of this package lives in that scale.
 */
export interface ImageDataset extends ImageShape {
  /** Short name, such as "mnist". */
  readonly name: string;
  readonly split: Split;
  /** Number of images. */
  readonly count: number;
  /** Input dimension N = channels · height · width. */
  readonly dimension: number;
  /** `count · dimension` bytes. */
  readonly pixels: Uint8Array;
  /** `count` class indices. */
  readonly labels: Uint8Array;
  readonly classNames: readonly string[];
  /** SHA-256 of each uncompressed file that the images and labels were read from. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * One image of a data set as the input x of a classifier.
 *
 * @param index - 0 to `dataset.count − 1`
 * @returns `dataset.dimension` pixels in [0, 1]
 * @throws RangeError if there is no image of that index
 */
export function imageAt(dataset: ImageDataset, index: number): Float32Array {
  if (!Number.isInteger(index) || index < 0 || index >= dataset.count) {
    throw new RangeError(
      `image index must be an integer from 0 to ${dataset.count - 1} (${dataset.name}, ${dataset.split}), got ${index}`,
    );
  }
  const bytes = dataset.pixels.subarray(index * dataset.dimension, (index + 1) * dataset.dimension);
  return Float32Array.from(bytes, (byte) => byte / 255);
}
