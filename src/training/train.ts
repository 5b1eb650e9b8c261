import { createHash } from "node:crypto";
import type { Variable } from "@tensorflow/tfjs";
import type { ImageDataset } from "../datasets/image-dataset";
import { type Difference, firstDifference } from "../files/first-difference";
import { requireInteger, requireNonNegative } from "../numerics/arguments";
import { readCheckpoint, writeCheckpoint, type EpochLog, type TrainingPosition } from "./checkpoint";
import { exportOnnx } from "./export-onnx";
import { GradientDescent } from "./gradient-descent";
import { learningRateAt, SCHEDULES, type Schedule } from "./learning-rate";
import { buildNetwork, weightValues, type WeightValues } from "./network";
import type { NoiseLevel } from "../classifiers/noisy-image";
import { loadTensorFlow, type Tf, type TensorFlowBackend } from "./tensorflow";
import { shuffledIndices } from "./training-batch";

export type { EpochLog };

/** How to train a base classifier. */
export interface TrainingOptions {
  /** Name of a network in `ARCHITECTURES`. */
  architecture: string;
  /**
   * Standard deviation σ ≥ 0 of the Gaussian noise that is added to the pixels (in [0, 1]): one, or one for each
   * training image (σ(x) at the image as it is stored, augmented or not).
   */
  sigma: NoiseLevel;
  epochs: number;
  /** Seed of the first weights, of the order of the images, of their augmentation and of the noise. */
  seed: number;
  batchSize: number;
  /** The highest learning rate; `schedule` says how it goes on from there. */
  learningRate: number;
  schedule: Schedule;
  momentum: number;
  /** λ of the penalty λ/2 · ‖w‖² on the kernels. */
  weightDecay: number;
  /** Whether images are moved by up to 4 pixels and mirrored: the standard for CIFAR-10, not for MNIST. */
  augment: boolean;
  /** Weights to start with instead of random ones, such as those of a checkpoint of another σ. */
  start?: WeightValues;
}

/** Learning rate, momentum and decay are those of Cohen et al. (2019); batches are smaller. */
export const TRAINING_DEFAULTS: Pick<
  TrainingOptions,
  "batchSize" | "learningRate" | "schedule" | "momentum" | "weightDecay" | "augment"
> = {
  batchSize: 128,
  learningRate: 0.1,
  schedule: "step",
  momentum: 0.9,
  weightDecay: 1e-4,
  augment: false,
};

/** How far a training is, from its last step. */
export interface TrainingProgress {
  /** The present epoch, from 1. */
  epoch: number;
  /** Images of the present epoch that are done. */
  images: number;
  /** Mean loss and accuracy of the present epoch so far. */
  loss: number;
  accuracy: number;
  imagesPerSecond: number;
  secondsLeft: number;
}

/** How a training is run; nothing here changes what comes out. */
export interface TrainingRun {
  /** Insists on one backend; see {@link loadTensorFlow}. */
  backend?: TensorFlowBackend;
  /** A file that holds the state after every epoch; a training finds it there and goes on. */
  checkpoint?: string;
  /** Also writes the checkpoint when so many minutes have passed since the last. */
  checkpointMinutes?: number;
  /** Ends the training after the present step, with its checkpoint written. */
  signal?: AbortSignal;
  onStep?: (progress: TrainingProgress) => void;
  onEpoch?: (log: EpochLog) => void;
}

/**
 * Trains a base classifier on images with Gaussian noise (Cohen et al. 2019), by stochastic gradient descent with
 * momentum on the cross-entropy.
 *
 * The order of the images, their augmentation and every noise sample are functions of the seed, and a checkpoint holds
 * everything else: a training that was cut off and goes on takes the same steps as one that was not.
 *
 * @param dataset - the training images
 * @returns the network as an ONNX file, the log, and the name of the backend that trained it
 * @throws RangeError for an option out of range; the reason of the signal when it is aborted; Error if the loss is no
 * longer finite, or if the checkpoint is damaged or of another training
 */
export async function trainClassifier(
  dataset: ImageDataset,
  options: TrainingOptions,
  run: TrainingRun = {},
): Promise<{ onnx: Uint8Array; log: EpochLog[]; backend: string }> {
  checkOptions(options, dataset);
  const { architecture, epochs, seed, batchSize } = options;
  const classCount = dataset.classNames.length;
  const tf = await loadTensorFlow(run.backend);
  const network = buildNetwork(tf, architecture, dataset, classCount, seed);
  const descent = new GradientDescent(tf, network, options);
  const configuration = describe(dataset, options, tf.getBackend());
  let position: TrainingPosition = { log: [], ...EPOCH_START };
  let lastKept = performance.now();

  async function keep(): Promise<void> {
    lastKept = performance.now();
    if (run.checkpoint === undefined) return;
    const weights = weightValues(network.weights);
    // A finished training has no use for them.
    const velocities = position.log.length < epochs ? weightValues(descent.velocities) : new Map();
    await writeCheckpoint(run.checkpoint, { configuration, position, weights, velocities });
  }

  try {
    if (options.start) restore(tf, network.weights, options.start);
    const kept = run.checkpoint === undefined ? undefined : await readCheckpoint(run.checkpoint);
    if (kept) {
      const difference = firstDifference(kept.configuration, configuration);
      if (difference) throw new Error(`${run.checkpoint} is of another training: ${inWords(difference)}`);
      restore(tf, network.weights, kept.weights);
      position = kept.position;
      if (position.log.length < epochs) restore(tf, descent.velocities, kept.velocities);
    }
    const steps = Math.ceil(dataset.count / batchSize);
    while (position.log.length < epochs) {
      const epoch = position.log.length;
      const order = shuffledIndices(dataset.count, seed, epoch);
      while (position.step < steps) {
        const started = performance.now();
        const indices = order.subarray(position.step * batchSize, (position.step + 1) * batchSize);
        const rate =
          options.learningRate * learningRateAt(options.schedule, (epoch + position.step / steps) / epochs);
        const { loss, correct } = descent.step(dataset, indices, epoch, rate);
        if (!Number.isFinite(loss)) {
          throw new Error(`the loss became ${loss} in epoch ${epoch + 1}; a smaller learning rate may help`);
        }
        position.step++;
        position.lossSum += loss * indices.length;
        position.correct += correct;
        await new Promise(setImmediate); // lets a signal come through
        position.seconds += (performance.now() - started) / 1000;
        run.onStep?.(progressOf(position, options, dataset.count));
        if (run.signal?.aborted) {
          await keep();
          throw run.signal.reason;
        }
        if (performance.now() - lastKept > (run.checkpointMinutes ?? Infinity) * 60_000) await keep();
      }
      position.log.push({
        epoch: epoch + 1,
        learningRate: options.learningRate * highestRate(options.schedule, epoch, epochs, steps),
        loss: position.lossSum / dataset.count,
        accuracy: position.correct / dataset.count,
        seconds: position.seconds,
      });
      Object.assign(position, EPOCH_START);
      await keep();
      run.onEpoch?.(position.log[epoch]);
    }
    const onnx = exportOnnx(architecture, dataset, classCount, weightValues(network.weights));
    return { onnx, log: position.log, backend: tf.getBackend() };
  } finally {
    network.dispose();
    descent.dispose();
  }
}

const EPOCH_START = { step: 0, lossSum: 0, correct: 0, seconds: 0 };

function highestRate(schedule: Schedule, epoch: number, epochs: number, steps: number): number {
  let highest = 0;
  for (let step = 0; step < steps; step++) {
    highest = Math.max(highest, learningRateAt(schedule, (epoch + step / steps) / epochs));
  }
  return highest;
}

function checkOptions(options: TrainingOptions, dataset: ImageDataset): void {
  for (const name of ["epochs", "batchSize"] as const) requireInteger(name, options[name], 1);
  for (const name of ["learningRate", "momentum", "weightDecay"] as const) {
    requireNonNegative(name, options[name]);
  }
  requireInteger("seed", options.seed, 0);
  if (!SCHEDULES.includes(options.schedule)) {
    throw new RangeError(`schedule must be one of ${SCHEDULES.join(", ")}, got ${String(options.schedule)}`);
  }
  if (typeof options.sigma === "number") requireNonNegative("sigma", options.sigma);
  else {
    if (options.sigma.length !== dataset.count) {
      throw new RangeError(
        `sigma must have ${dataset.count} values, one per image, got ${options.sigma.length}`,
      );
    }
    options.sigma.forEach((sigma, index) => requireNonNegative(`sigma of image ${index}`, sigma));
  }
}

/** All that determines a training, as plain JSON. */
function describe(dataset: ImageDataset, options: TrainingOptions, backend: string): object {
  const { sigma, start, ...others } = options;
  return {
    dataset: { name: dataset.name, split: dataset.split, count: dataset.count, checksums: dataset.checksums },
    options: { ...others, sigma: typeof sigma === "number" ? sigma : `sha256 ${sha256([sigma])}` },
    start: start ? `sha256 ${sha256([...start.values()].map(({ values }) => values))}` : "random",
    backend,
  };
}

function sha256(arrays: readonly (Float64Array | Float32Array)[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) hash.update(array);
  return hash.digest("hex");
}

function inWords({ path, one, other }: Difference): string {
  return `${path} is ${JSON.stringify(other)}, and was ${JSON.stringify(one)}`;
}

function restore(tf: Tf, variables: ReadonlyMap<string, Variable>, weights: WeightValues): void {
  const shapes = (map: ReadonlyMap<string, { shape: readonly number[] }>) =>
    Object.fromEntries([...map].map(([name, { shape }]) => [name, shape]));
  const difference = firstDifference(shapes(weights), shapes(variables));
  if (difference) throw new Error(`these are weights of another network: ${inWords(difference)}`);
  tf.tidy(() => {
    for (const [name, variable] of variables) {
      variable.assign(tf.tensor(weights.get(name)!.values, variable.shape));
    }
  });
}

function progressOf(position: TrainingPosition, options: TrainingOptions, count: number): TrainingProgress {
  const images = Math.min(position.step * options.batchSize, count);
  const imagesPerSecond = images / position.seconds;
  const left = (options.epochs - position.log.length) * count - images;
  return {
    epoch: position.log.length + 1,
    images,
    loss: position.lossSum / images,
    accuracy: position.correct / images,
    imagesPerSecond,
    secondsLeft: left / imagesPerSecond,
  };
}
