import { imageAt, type ImageDataset } from "../datasets/image-dataset";
import { fillStandardNormal } from "../noise/gaussian-noise";

/** The standard deviation σ of the noise: one number for all images, or one per image of a data set. */
export type NoiseLevel = number | Float64Array;

/** Returns σ at an image of a data set. */
export function sigmaAt(level: NoiseLevel, index: number): number {
  return typeof level === "number" ? level : level[index];
}

/**
 * Adds a sample of N(0, σ²I) to an image.
 *
 * @param sample - the index of the noisy copy; {@link fillStandardNormal} explains this parameter and also
 *   `seed`, `index` and `stream`
 */
export function addNoise(
  image: Float32Array,
  sigma: number,
  seed: number,
  index: number,
  sample: number,
  stream: number,
): void {
  if (sigma === 0) return;
  const normal = new Float32Array(image.length);
  fillStandardNormal(normal, seed, index, sample, stream);
  for (let p = 0; p < image.length; p++) image[p] += sigma * normal[p];
}

/**
 * Writes an image of a data set, scaled to [0, 1], plus a sample of N(0, σ²I).
 *
 * @param out - the array that receives `dataset.dimension` values; the other parameters are those of
 *   {@link addNoise}
 */
export function writeNoisyImage(
  out: Float32Array,
  dataset: ImageDataset,
  index: number,
  sigma: number,
  seed: number,
  sample: number,
  stream: number,
): void {
  out.set(imageAt(dataset, index));
  addNoise(out, sigma, seed, index, sample, stream);
}
