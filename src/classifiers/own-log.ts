import { dirname, join } from "node:path";
import { imageAt, type ImageDataset, type ImageShape } from "../datasets/image-dataset";
import { readRegularFile } from "../files/read-regular-file";
import { NoiseStream } from "../noise/gaussian-noise";
import type { BaseClassifier } from "./base-classifier";
import { addNoise } from "./noisy-image";

/**
 * The number of images on which a model is tried, and the amount by which the accuracy of the model may fall
 * below the logged accuracy. This tolerance exceeds four standard errors.
 */
const [IMAGES, TOLERANCE] = [200, 0.15];

const LARGEST_LOG = 2 ** 24;

/** The part of `training.json`, or of a quantized model's log, that states the model's accuracy. */
interface Log {
  dataset?: { name?: unknown };
  model?: { sha256?: unknown };
  sigma?: unknown;
  seed?: unknown;
  testAccuracy?: { clean?: unknown };
  test?: { noisyAccuracy?: { model?: unknown } };
}

/**
 * Warns if a model is far less accurate than its log says, on images of the data set that the log names. The
 * log is `training.json` or the .json file with the model's name, in the model's folder. If the model is far
 * less accurate, something is probably missing, most likely the normalization of the inputs.
 *
 * @param image - a shape or a data set; if it is a shape, nothing is checked, because there are no images and
 *   labels
 */
export async function warnIfBelowLog(
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  classifier: BaseClassifier,
  image: ImageShape,
): Promise<void> {
  if (!("pixels" in image)) return;
  const dataset = image as ImageDataset;
  const name = dataset.sampleOf?.name ?? dataset.name;
  for (const file of [`${path.replace(/\.onnx$/, "")}.json`, join(dirname(path), "training.json")]) {
    const log = await readLog(file);
    if (log?.model?.sha256 !== sha256 || log.dataset?.name !== name) continue;
    const noisy = log.test?.noisyAccuracy?.model;
    const logged = noisy ?? log.testAccuracy?.clean;
    const sigma = noisy === undefined ? 0 : log.sigma;
    if (typeof logged !== "number" || typeof sigma !== "number") continue;
    const accuracy = await accuracyOf(classifier, dataset, sigma);
    if (accuracy >= logged - TOLERANCE) return;
    console.warn(
      `warning: ${path} has accuracy ${accuracy.toFixed(2)} on ${name} at σ = ${sigma}, but ${file} says ` +
        `${logged.toFixed(2)}: does the model expect normalized inputs, or pixels of another scale?`,
    );
    return;
  }
}

async function readLog(file: string): Promise<Log | undefined> {
  try {
    const content = await readRegularFile(file, LARGEST_LOG);
    return content && (JSON.parse(content.toString("utf8")) as Log);
  } catch {
    return undefined; // another kind of file with the same name
  }
}

async function accuracyOf(classifier: BaseClassifier, dataset: ImageDataset, sigma: number): Promise<number> {
  const { dimension, count, labels } = dataset;
  const images = Math.min(IMAGES, count);
  const indices = Array.from({ length: images }, (_, i) => Math.floor((i * count) / images));
  const batch = new Float32Array(images * dimension);
  indices.forEach((index, i) => {
    const input = batch.subarray(i * dimension, (i + 1) * dimension);
    input.set(imageAt(dataset, index));
    addNoise(input, sigma, 0, index, 0, NoiseStream.evaluation);
  });
  const classes = await classifier.classify(batch);
  return indices.filter((index, i) => classes[i] === labels[index]).length / images;
}
