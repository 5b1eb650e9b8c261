import { createHash } from "node:crypto";
import type { NoiseLevel } from "../classifiers/noisy-image";
import { modelOf } from "../classifiers/onnx-model";
import { startOnnxClassifier } from "../classifiers/onnx-classifier";
import { checksumsOf } from "../datasets/checksums";
import { imageAt, type ImageDataset } from "../datasets/image-dataset";
import { version } from "../files/version";
import { writeWhole } from "../files/write-whole";
import { mean } from "../numerics/summaries";
import { leaveOneOutSigma } from "../variance/leave-one-out";
import { nearestNeighbor } from "../variance/nearest-neighbor";
import { readStart, type StartWeights } from "./checkpoint";
import { exportOnnx } from "./export-onnx";
import { noisyAccuracy } from "./noisy-accuracy";
import { loadTensorFlow } from "./tensorflow";
import { openTrainingFolder, type TrainingFolder } from "./training-folder";
import { type LoopOptions, TrainingLoop } from "./training-loop";
import {
  type EpochLog,
  checkOptions,
  isNeighborNoise,
  type TrainingOptions,
  type TrainingRun,
} from "./training-options";

export { TRAINING_DEFAULTS } from "./training-options";
export type { TrainingOptions, TrainingProgress, TrainingRun } from "./training-options";
export type { EpochLog };

/** A trained base classifier. */
export interface Training {
  /** The network, as the contents of an ONNX file. */
  onnx: Uint8Array;
  log: EpochLog[];
  /** The name of the backend that trained the network. */
  backend: string;
  /** The accuracy on the test images, without and with noise; absent if there are no test images. */
  testAccuracy?: { clean: number; noisy: number };
}

/**
 * Trains a base classifier on images with Gaussian noise (Cohen et al. 2019), by stochastic gradient descent
 * with momentum on the cross-entropy.
 *
 * The order of the images, their augmentation and every noise sample depend only on the seed, and a checkpoint
 * holds everything else. Therefore a training run that is interrupted and resumed takes the same steps as an
 * uninterrupted one.
 *
 * @param dataset - the training images
 * @throws RangeError for an option that is unknown or out of range, or if the test images do not fit the training
 *   images; the abort reason of the signal if it is aborted; Error if the loss is no longer finite, if the checkpoint
 *   is damaged or belongs to a different training run, if the folder cannot be written, or if another training run is
 *   writing to the folder
 * @example
 * const train = await loadMnist("train");
 * const few = { ...train, count: 64, pixels: train.pixels.subarray(0, 64 * 784), labels: train.labels.subarray(0, 64) };
 * const rates = { learningRate: 0.1, schedule: "cosine", momentum: 0.9, weightDecay: 0.0001 } as const;
 * const options = { ...rates, architecture: "small-cnn", sigma: 0.25, epochs: 1, batchSize: 32, seed: 1, augment: false };
 * const { log } = await trainClassifier(few, options, { out: "mine" });
 * log.length; // 1
 */
export async function trainClassifier(
  dataset: ImageDataset,
  options: TrainingOptions,
  run: TrainingRun = {},
): Promise<Training> {
  checkOptions(options, dataset, run);
  const start = options.start === undefined ? undefined : await readStart(options.start);
  const folder = run.out === undefined ? undefined : await openTrainingFolder(run.out);
  try {
    const sigma = isNeighborNoise(options.sigma) ? await leaveOneOutSigma(options.sigma) : options.sigma;
    run.signal?.throwIfAborted();
    return await train(dataset, options, { ...options, sigma }, start, run, folder);
  } finally {
    await folder?.release();
  }
}

async function train(
  dataset: ImageDataset,
  options: TrainingOptions,
  given: LoopOptions,
  start: StartWeights | undefined,
  run: TrainingRun,
  folder: TrainingFolder | undefined,
): Promise<Training> {
  const tf = await loadTensorFlow(run.backend, run.quiet);
  const backend = tf.getBackend();
  const loop = new TrainingLoop(
    tf,
    dataset,
    given,
    { ...run, checkpoint: folder?.checkpoint, renew: folder?.renew },
    describe(dataset, given, start, backend),
  );
  try {
    const { weights, log } = await loop.finish(start?.weights);
    const onnx = exportOnnx(options.architecture, dataset, dataset.classNames.length, weights);
    const { identity, testAccuracy } = await tryOut(
      folder?.model ?? "model.onnx",
      onnx,
      dataset,
      options,
      run,
    );
    const training = { onnx, log, backend, testAccuracy };
    if (folder) {
      await writeWhole(folder.model, onnx);
      const described = logOf(dataset, options, given, { start, training, identity, command: run.command });
      await writeWhole(folder.log, `${JSON.stringify(described, null, 2)}\n`);
    }
    return training;
  } finally {
    loop.dispose();
  }
}

/** Returns the log of the trained network and its accuracy on test images. */
async function tryOut(
  path: string,
  onnx: Uint8Array,
  dataset: ImageDataset,
  { sigma, seed }: TrainingOptions,
  { test, signal }: TrainingRun,
): Promise<{ identity: object; testAccuracy?: Training["testAccuracy"] }> {
  const classifier = await startOnnxClassifier(await modelOf(path, onnx, dataset));
  try {
    const { identity } = classifier;
    if (!test) return { identity };
    const accuracy = (level: NoiseLevel): Promise<number> =>
      noisyAccuracy(classifier, test, level, seed, signal);
    const noisy = await accuracy(await testSigma(sigma, test));
    return { identity, testAccuracy: { clean: await accuracy(0), noisy } };
  } finally {
    await classifier.close();
  }
}

/**
 * Returns σ for the test images. If σ is a list of values for the training images, this is the mean of the
 * list.
 */
async function testSigma(sigma: TrainingOptions["sigma"], test: ImageDataset): Promise<NoiseLevel> {
  if (typeof sigma === "number") return sigma;
  if (!isNeighborNoise(sigma)) return mean(sigma);
  const images = Array.from({ length: test.count }, (_, index) => imageAt(test, index));
  return nearestNeighbor(sigma).sigma(images);
}

interface Logged {
  start: StartWeights | undefined;
  training: Training;
  identity: object;
  command: string | undefined;
}

/** Returns the content of `training.json`. */
function logOf(
  dataset: ImageDataset,
  options: TrainingOptions,
  { sigma }: LoopOptions,
  { start, training, identity, command }: Logged,
): object {
  const { sigma: noise, start: startFile, ...settings } = options;
  const { backend, testAccuracy, log } = training;
  return {
    ...(command !== undefined && { command }),
    version,
    dataset: { name: dataset.name, split: dataset.split, checksums: checksumsOf(dataset) },
    sigma: isNeighborNoise(noise)
      ? {
          function: "nearest-neighbor",
          ...nearestNeighbor(noise).parameters,
          mean: mean(sigma as Float64Array),
        }
      : typeof sigma === "number"
        ? sigma
        : { each: `sha256 ${sha256([sigma])}`, mean: mean(sigma) },
    options: {
      ...settings,
      ...(startFile !== undefined && { start: { file: startFile, sha256: start!.sha256 } }),
    },
    backend,
    model: identity,
    testAccuracy,
    epochs: log,
  };
}

/** Everything that determines a training run, as plain JSON. */
function describe(
  dataset: ImageDataset,
  options: LoopOptions,
  start: StartWeights | undefined,
  backend: string,
): object {
  const { architecture, sigma, epochs, seed, batchSize } = options;
  const { learningRate, schedule, momentum, weightDecay, augment } = options;
  return {
    dataset: {
      name: dataset.name,
      split: dataset.split,
      count: dataset.count,
      checksums: checksumsOf(dataset),
    },
    options: {
      ...{ architecture, epochs, seed, batchSize, learningRate, schedule, momentum, weightDecay, augment },
      sigma: typeof sigma === "number" ? sigma : `sha256 ${sha256([sigma])}`,
    },
    start: start ? `sha256 ${sha256([...start.weights.values()].map(({ values }) => values))}` : "random",
    backend,
  };
}

function sha256(arrays: readonly (Float64Array | Float32Array)[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) hash.update(array);
  return hash.digest("hex");
}
