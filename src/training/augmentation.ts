import type { ImageShape } from "../datasets/image-dataset";
import { philox4x32, seedWords } from "../probability/philox";
import { TrainingStream } from "./training-streams";

/** The number of pixels by which an image may be shifted in each direction. */
const MARGIN = 4;

/**
 * How a training image is changed before it is used: shifted down and right by whole pixels, and mirrored
 * left to right.
 */
export interface Augmentation {
  down: number;
  right: number;
  mirrored: boolean;
}

/**
 * The standard augmentation of CIFAR-10 (He et al. 2016): pad by 4 black pixels, crop at random, and mirror
 * with probability 1/2. The augmentation depends only on the arguments.
 *
 * @param index - the index of the image in its data set
 */
export function augmentationOf(seed: number, epoch: number, index: number): Augmentation {
  const words = new Uint32Array(4);
  philox4x32(words, index, epoch, 0, TrainingStream.augmentation, ...seedWords(seed));
  // The high bits of a 32-bit word, times 9, give the shift. The bias is below 2^−28.
  const move = (word: number) => Math.floor((word / 2 ** 32) * (2 * MARGIN + 1)) - MARGIN;
  return { down: move(words[0]), right: move(words[1]), mirrored: words[2] >= 2 ** 31 };
}

/**
 * Writes an augmented image, scaled to [0, 1].
 *
 * @param out - receives channels · height · width values
 * @param image - as many values as `out`: bytes, or floats in [0, 1]
 */
export function writeAugmented(
  out: Float32Array,
  image: Uint8Array | Float32Array,
  { channels, height, width }: ImageShape,
  { down, right, mirrored }: Augmentation,
): void {
  const white = image instanceof Float32Array ? 1 : 255;
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      const fromRow = row - down;
      const first = (channel * height + fromRow) * width;
      for (let column = 0; column < width; column++) {
        const fromColumn = (mirrored ? width - 1 - column : column) - right;
        const inside = fromRow >= 0 && fromRow < height && fromColumn >= 0 && fromColumn < width;
        out[at++] = inside ? image[first + fromColumn] / white : 0;
      }
    }
  }
}
