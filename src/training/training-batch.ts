import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { ImageDataset } from "../datasets/image-dataset";
import { NoiseStream } from "../noise/gaussian-noise";
import { philox4x32, seedWords } from "../probability/philox";
import { augmentationOf, writeAugmented } from "./augmentation";
import { addNoise, sigmaAt, type NoiseLevel } from "../classifiers/noisy-image";
import type { Tf } from "./tf";
import { TrainingStream } from "./training-streams";

/**
 * The options for changing the training images of an epoch. All changes depend only on seed, epoch and image.
 */
export interface BatchOptions {
  sigma: NoiseLevel;
  /** Whether images are shifted and mirrored before noise is added; see `augmentationOf`. */
  augment: boolean;
  seed: number;
}

/** Makes training images with noise, in TensorFlow's order (NHWC), and their labels. */
export function trainingBatch(
  tf: Tf,
  dataset: ImageDataset,
  indices: Uint32Array,
  epoch: number,
  { sigma, augment, seed }: BatchOptions,
): { images: Tensor4D; labels: Tensor1D } {
  const { dimension, channels, height, width, pixels } = dataset;
  const values = new Float32Array(indices.length * dimension);
  const labels = new Int32Array(indices.length);
  indices.forEach((index, i) => {
    const out = values.subarray(i * dimension, (i + 1) * dimension);
    const image = pixels.subarray(index * dimension, (index + 1) * dimension);
    writeAugmented(out, image, dataset, augment ? augmentationOf(seed, epoch, index) : UNCHANGED);
    addNoise(out, sigmaAt(sigma, index), seed, index, epoch, NoiseStream.training);
    labels[i] = dataset.labels[index];
  });
  const stored = tf.tensor4d(values, [indices.length, channels, height, width]);
  return { images: tf.transpose(stored, [0, 2, 3, 1]), labels: tf.tensor1d(labels, "int32") };
}

const UNCHANGED = { down: 0, right: 0, mirrored: false };

/**
 * Returns the numbers 0 … count − 1 in an order that (seed, epoch) determines, with the Fisher-Yates shuffle.
 */
export function shuffledIndices(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const words = new Uint32Array(4);
  for (let i = count - 1; i > 0; i--) {
    philox4x32(words, i, epoch, 0, TrainingStream.order, ...seedWords(seed));
    // A 53-bit uniform number is multiplied by i + 1. The bias is below 2^−20 for any data set.
    const uniform = ((words[0] >>> 5) * 2 ** 26 + (words[1] >>> 6)) / 2 ** 53;
    const j = Math.floor(uniform * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
