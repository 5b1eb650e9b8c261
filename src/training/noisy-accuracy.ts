import type { ImageDataset } from "../datasets/image-dataset";
import { NoiseStream } from "../noise/gaussian-noise";
import type { BaseClassifier } from "../classifiers/base-classifier";
import { requireFit } from "../classifiers/dataset-fit";
import { sigmaAt, writeNoisyImage, type NoiseLevel } from "../classifiers/noisy-image";

const BATCH = 250;

/**
 * Measures the accuracy of a base classifier on a data set, with one noise sample per image.
 *
 * @param sigma - σ ≥ 0; σ = 0 gives the clean accuracy of the base classifier
 * @param seed - the seed of the noise; it may equal the training seed, because training uses a different stream
 * @param signal - ends the measurement when aborted; the abort reason is then thrown
 * @returns the share of images that are classified correctly, from 0 to 1
 */
export async function noisyAccuracy(
  classifier: BaseClassifier,
  dataset: ImageDataset,
  sigma: NoiseLevel,
  seed: number,
  signal?: AbortSignal,
): Promise<number> {
  requireFit(classifier, dataset);
  const { dimension, count, labels } = dataset;
  let correct = 0;
  for (let start = 0; start < count; start += BATCH) {
    signal?.throwIfAborted();
    const end = Math.min(start + BATCH, count);
    const batch = new Float32Array((end - start) * dimension);
    for (let index = start; index < end; index++) {
      const image = batch.subarray((index - start) * dimension, (index - start + 1) * dimension);
      writeNoisyImage(image, dataset, index, sigmaAt(sigma, index), seed, 0, NoiseStream.evaluation);
    }
    const classes = await classifier.classify(batch);
    for (let i = 0; i < end - start; i++) if (classes[i] === labels[start + i]) correct++;
  }
  return correct / count;
}
