import type { ImageDataset } from "../datasets/image-dataset";
import type { ModelMessage } from "../onnx/onnx-file";
import type { Range } from "../onnx/quantize-graph";
import { RANGES, rangeGraph } from "../onnx/range-graph";
import { NoiseStream } from "../noise/gaussian-noise";
import { writeNoisyImage } from "./noisy-image";
import type { OnnxModel } from "./onnx-model";
import { openScorer } from "./onnx-scores";

/** The number of images per batch, if the network accepts any batch size. */
const BATCH = 32;

/**
 * The inputs on which tensors are observed: evenly spaced images of a data set, with one sample of noise
 * added to each image.
 */
export interface CalibrationInputs {
  readonly dataset: ImageDataset;
  /** The standard deviation σ ≥ 0 of the noise. */
  readonly sigma: number;
  /** The number of images, at least 1. */
  readonly images: number;
  /** The seed of the noise. */
  readonly seed: number;
}

/**
 * Finds the smallest and the largest value of each tensor of a network on noisy images.
 *
 * @param model - the model, which determines how images enter the network
 * @param network - the graph that has the observed tensors
 */
export async function activationRanges(
  model: OnnxModel,
  network: ModelMessage,
  tensors: readonly string[],
  { dataset, sigma, images, seed }: CalibrationInputs,
): Promise<Map<string, Range>> {
  const { dimension, count } = dataset;
  const batchSize = model.fixedBatch ?? BATCH;
  const bytes = rangeGraph(network, tensors, batchSize);
  const observer = await openScorer({ ...model, bytes, output: RANGES }, 1, batchSize);
  const ranges = new Map(tensors.map((name) => [name, { low: Infinity, high: -Infinity }]));
  try {
    for (let start = 0; start < images; start += batchSize) {
      const batch = new Float32Array(batchSize * dimension);
      for (let i = 0; i < batchSize; i++) {
        // The last batch is padded with the first images, which do not change the ranges.
        const index = Math.floor((((start + i) % images) * count) / images);
        const image = batch.subarray(i * dimension, (i + 1) * dimension);
        writeNoisyImage(image, dataset, index, sigma, seed, 0, NoiseStream.search);
      }
      const { scores } = await observer.score(batch);
      tensors.forEach((name, t) => {
        const range = ranges.get(name)!;
        range.low = Math.min(range.low, scores[2 * t]);
        range.high = Math.max(range.high, scores[2 * t + 1]);
      });
    }
  } finally {
    await observer.release();
  }
  return ranges;
}
