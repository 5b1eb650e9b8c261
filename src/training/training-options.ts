import type { NoiseLevel } from "../classifiers/noisy-image";
import type { ImageDataset } from "../datasets/image-dataset";
import { requireInteger, requireNonNegative } from "../numerics/arguments";
import type { NearestNeighborOptions } from "../variance/nearest-neighbor";
import { architectureOf } from "./architectures";
import { SCHEDULES, type Schedule } from "./learning-rate";

/** What computes: TensorFlow's C library (package @tensorflow/tfjs-node), or WebAssembly, which runs everywhere. */
export type TensorFlowBackend = "tensorflow" | "wasm";

/** What one epoch gave: mean cross-entropy and accuracy on the noisy training images, as they were used. */
export interface EpochLog {
  epoch: number;
  /** Highest learning rate of the epoch. */
  learningRate: number;
  loss: number;
  accuracy: number;
  seconds: number;
}

/** The paper's variance function, with the training images as its database. */
export type NeighborNoise = NearestNeighborOptions & { database: ImageDataset };

/** How to train a base classifier. */
export interface TrainingOptions {
  /** Name of a network in `ARCHITECTURES`. */
  architecture: string;
  /**
   * Standard deviation σ ≥ 0 of the Gaussian noise that is added to the pixels (in [0, 1]): one number; or one per
   * training image (σ(x) at the stored image, augmented or not); or the parameters of the paper's variance function,
   * which gives each training image its σ(x) among the other images.
   */
  sigma: NoiseLevel | NeighborNoise;
  /** Passes over the training images: an integer from 1. */
  epochs: number;
  /** Seed of the first weights, of the order of the images, of their augmentation and of the noise. */
  seed: number;
  /** Images in a batch: an integer from 1. */
  batchSize: number;
  /** The highest learning rate; `schedule` says how it changes. */
  learningRate: number;
  /**
   * "step": × 0.1 after each third of the training, as in the paper; "cosine": a linear rise over the first tenth,
   * then half a cosine.
   */
  schedule: Schedule;
  /** Momentum of the gradient descent: from 0. */
  momentum: number;
  /** λ of the penalty λ/2 · ‖w‖² on the kernels. */
  weightDecay: number;
  /** Whether images are moved by up to 4 pixels and mirrored: the standard for CIFAR-10, not for MNIST. */
  augment: boolean;
  /** The checkpoint of another training, of another σ, say, whose weights this one starts with; else they are random. */
  start?: string;
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
  /** Insists on one backend: "tensorflow", the C library, or "wasm". Default: the C library where it is installed. */
  backend?: TensorFlowBackend;
  /**
   * A folder for the model (`model.onnx`), the log (`training.json`) and the state after every epoch
   * (`checkpoint.bin`): a training finds it there and resumes. One training writes to it at a time.
   */
  out?: string;
  /** Images that the trained network is tried on, clean and with one sample of noise each; such as the test images. */
  test?: ImageDataset;
  /** What is done, for the log: a command line, say. */
  command?: string;
  /** Shows nothing of what native TensorFlow has to say when it is loaded. */
  quiet?: boolean;
  /** Largest time between checkpoints, in minutes. */
  checkpointMinutes?: number;
  /** Ends the training after the present step, with its checkpoint written. */
  signal?: AbortSignal;
  /** Called after each step. */
  onStep?: (progress: TrainingProgress) => void;
  /** Called after each epoch. */
  onEpoch?: (log: EpochLog) => void;
}

/** Whether the noise of training images is given by the parameters of a variance function. */
export function isNeighborNoise(sigma: TrainingOptions["sigma"]): sigma is NeighborNoise {
  return typeof sigma === "object" && "database" in sigma;
}

/**
 * Checks options before any work is done.
 *
 * @throws RangeError naming an option that is out of range; Error if there is no such architecture
 */
export function checkOptions(options: TrainingOptions, dataset: ImageDataset): void {
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
