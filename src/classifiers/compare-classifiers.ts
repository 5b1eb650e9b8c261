import type { ImageDataset } from "../datasets/image-dataset";
import { NoiseStream } from "../noise/gaussian-noise";
import type { BaseClassifier } from "./base-classifier";
import { requireFit } from "./dataset-fit";
import { writeNoisyImage } from "./noisy-image";

const BATCH = 250;

/** A comparison of two base classifiers on the same noisy images. All shares are from 0 to 1. */
export interface ClassifierComparison {
  /** The share of images to which both classifiers assign the same class. */
  agreement: number;
  /** The accuracy of each classifier. */
  accuracies: [number, number];
}

/**
 * Compares two base classifiers on all images of a data set, with one noise sample of standard deviation σ
 * added to each image.
 *
 * @param seed - the seed of the noise; `noisyAccuracy` with the same seed adds the same noise
 */
export async function compareClassifiers(
  first: BaseClassifier,
  second: BaseClassifier,
  dataset: ImageDataset,
  sigma: number,
  seed: number,
): Promise<ClassifierComparison> {
  requireFit(first, dataset);
  requireFit(second, dataset);
  const { dimension, count, labels } = dataset;
  let same = 0;
  const correct = [0, 0];
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(start + BATCH, count);
    const batch = new Float32Array((end - start) * dimension);
    for (let index = start; index < end; index++) {
      const image = batch.subarray((index - start) * dimension, (index - start + 1) * dimension);
      writeNoisyImage(image, dataset, index, sigma, seed, 0, NoiseStream.evaluation);
    }
    const [one, other] = [await first.classify(batch), await second.classify(batch)];
    for (let i = 0; i < end - start; i++) {
      if (one[i] === other[i]) same++;
      if (one[i] === labels[start + i]) correct[0]++;
      if (other[i] === labels[start + i]) correct[1]++;
    }
  }
  return { agreement: same / count, accuracies: [correct[0] / count, correct[1] / count] };
}
