import type { ImageDataset } from "../datasets/image-dataset";
import { fillStandardNormal } from "../probability/gaussian-noise";

/**
 * Writes an image of a data set, scaled to [0, 1], plus a sample of N(0, σ²I).
 *
 * @param out - receives `dataset.dimension` values
 * @param sample - which noisy copy of the image; see {@link fillStandardNormal}, also for `seed` and `stream`
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
  if (sigma > 0) fillStandardNormal(out, seed, index, sample, stream);
  const first = index * dataset.dimension;
  for (let p = 0; p < out.length; p++)
    out[p] = dataset.pixels[first + p] / 255 + (sigma > 0 ? sigma * out[p] : 0);
}
