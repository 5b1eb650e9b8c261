import type { NoiseLevel } from "../classifiers/noisy-image";
import { requireFit } from "../classifiers/dataset-fit";
import { type ImageDataset, requireDataset } from "../datasets/image-dataset";
import { requireInteger, requireNonNegative } from "../numerics/arguments";
import type { NearestNeighborOptions } from "../variance/nearest-neighbor";
import { requireOptions } from "../numerics/options";
import { architectureOf } from "./architectures";
import { SCHEDULES, type Schedule } from "./learning-rate";

/**
 * The name of a backend: TensorFlow's C library (package @tensorflow/tfjs-node), or WebAssembly, which runs
 * everywhere.
 */
export type TensorFlowBackend = "tensorflow" | "wasm";

/**
 * The result of one epoch: the mean cross-entropy and the accuracy on the noisy training images, measured
 * during training.
 */
export interface EpochLog {
  epoch: number;
  /** The highest learning rate of the epoch. */
  learningRate: number;
  loss: number;
  accuracy: number;
  seconds: number;
}

/** The paper's variance function, with the training images as its database. */
export type NeighborNoise = NearestNeighborOptions & { database: ImageDataset };

/** The options of {@link trainClassifier} that determine its result. */
export interface TrainingOptions {
  /** The name of a network in `ARCHITECTURES`. */
  architecture: string;
  /**
   * The standard deviation σ ≥ 0 of the Gaussian noise that is added to the pixels (in [0, 1]). The noise is
   * given as one number, as one number per training image (σ(x) at the stored image, even if the image is
   * augmented), or as the parameters of the paper's variance function. With these parameters, σ(x) at each
   * training image is computed from the distances between this image and the other training images.
   */
  sigma: NoiseLevel | NeighborNoise;
  /** The number of passes over the training images: an integer from 1. */
  epochs: number;
  /** The seed of the initial weights, the order of the images, their augmentation and the noise. */
  seed: number;
  /** The number of images in a batch: an integer from 1. */
  batchSize: number;
  /** The highest learning rate; `schedule` determines how the learning rate changes. */
  learningRate: number;
  /**
   * How the learning rate changes. With "step", the learning rate is multiplied by 0.1 after each third of the
   * training, as in the paper. With "cosine", the learning rate rises linearly over the first tenth of the
   * training, then falls along half a cosine.
   */
  schedule: Schedule;
  /** The momentum of the gradient descent, at least 0. */
  momentum: number;
  /** The factor λ in the penalty λ/2 · ‖w‖² on the kernels. */
  weightDecay: number;
  /**
   * Whether images are shifted by up to 4 pixels and mirrored, which is standard for CIFAR-10 but not for
   * MNIST.
   */
  augment: boolean;
  /**
   * The checkpoint of another training run, for example with a different σ, from which the initial weights are
   * taken. By default the initial weights are random.
   */
  start?: string;
}

/**
 * The default training options. Learning rate, momentum and weight decay are the same as in Cohen et al.
 * (2019); batches are smaller.
 */
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

/** The progress of a training run after its last step. */
export interface TrainingProgress {
  /** The current epoch, from 1. */
  epoch: number;
  /** The number of finished images in the current epoch. */
  images: number;
  /** The mean loss and the accuracy in the current epoch so far. */
  loss: number;
  accuracy: number;
  imagesPerSecond: number;
  secondsLeft: number;
}

/** The options for executing a training run. None of them changes the result. */
export interface TrainingRun {
  /**
   * The required backend: "tensorflow" (the C library) or "wasm". Default: the C library if it is installed,
   * otherwise WebAssembly.
   */
  backend?: TensorFlowBackend;
  /**
   * The folder for the model (`model.onnx`), the log (`training.json`) and the state after every epoch
   * (`checkpoint.bin`), from which an interrupted training run resumes. Only one training run at a time may
   * write to the folder.
   */
  out?: string;
  /**
   * The images on which the trained network is tested, without noise and with one sample of noise each;
   * usually the test images.
   */
  test?: ImageDataset;
  /** The origin of the training run, for example a command line, which is stored in the log. */
  command?: string;
  /** Whether to suppress the messages that native TensorFlow writes while it is loaded. */
  quiet?: boolean;
  /** The maximum time between checkpoints, in minutes. */
  checkpointMinutes?: number;
  /**
   * A signal that, when aborted, ends the training run after the current step; a checkpoint is then written.
   */
  signal?: AbortSignal;
  /** A function that is called after each step. */
  onStep?: (progress: TrainingProgress) => void;
  /** A function that is called after each epoch. */
  onEpoch?: (log: EpochLog) => void;
}

const OPTIONS: Readonly<Record<keyof TrainingOptions, true>> = {
  architecture: true,
  sigma: true,
  epochs: true,
  seed: true,
  batchSize: true,
  learningRate: true,
  schedule: true,
  momentum: true,
  weightDecay: true,
  augment: true,
  start: true,
};

const RUN_OPTIONS: Readonly<Record<keyof TrainingRun, true>> = {
  backend: true,
  out: true,
  test: true,
  command: true,
  quiet: true,
  checkpointMinutes: true,
  signal: true,
  onStep: true,
  onEpoch: true,
};

/** Returns whether σ is given by the parameters of the paper's variance function. */
export function isNeighborNoise(sigma: TrainingOptions["sigma"]): sigma is NeighborNoise {
  return typeof sigma === "object" && "database" in sigma;
}

/**
 * Checks the options and the images before any work is done.
 *
 * @throws RangeError naming an option that is unknown or out of range, or how the images are wrong; Error if there
 *   is no such architecture
 */
export function checkOptions(options: TrainingOptions, dataset: ImageDataset, run: TrainingRun): void {
  requireOptions("trainClassifier", options, OPTIONS);
  requireOptions("trainClassifier", run, RUN_OPTIONS);
  const { test } = run;
  requireDataset(dataset);
  if (test) requireFit({ dimension: dataset.dimension, classCount: dataset.classNames.length }, test);
  for (const name of ["epochs", "batchSize"] as const) requireInteger(name, options[name], 1);
  for (const name of ["learningRate", "momentum", "weightDecay"] as const) {
    requireNonNegative(name, options[name]);
  }
  requireInteger("seed", options.seed, 0);
  architectureOf(options.architecture);
  if (!SCHEDULES.includes(options.schedule)) {
    throw new RangeError(`schedule must be one of ${SCHEDULES.join(", ")}, got ${String(options.schedule)}`);
  }
  if (typeof options.sigma === "number") requireNonNegative("sigma", options.sigma);
  else if (!isNeighborNoise(options.sigma)) {
    if (options.sigma.length !== dataset.count) {
      throw new RangeError(
        `sigma must have ${dataset.count} values, one per image, got ${options.sigma.length}`,
      );
    }
    options.sigma.forEach((sigma, index) => requireNonNegative(`sigma of image ${index}`, sigma));
  }
}
