import type { NoiseLevel } from "../classifiers/noisy-image";
import type { ImageDataset } from "../datasets/image-dataset";
import { requireInteger, requireNonNegative } from "../numerics/arguments";
import type { NearestNeighborOptions } from "../variance/nearest-neighbor";
import { architectureOf } from "./architectures";
import { SCHEDULES, type Schedule } from "./learning-rate";

/**
 * The backend: TensorFlow's C library (package @tensorflow/tfjs-node), or WebAssembly, which runs everywhere.
 */
export type TensorFlowBackend = "tensorflow" | "wasm";

/**
 * The result of one epoch: mean cross-entropy and accuracy on the noisy training images as they were used.
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
   * The standard deviation σ ≥ 0 of the Gaussian noise that is added to the pixels (in [0, 1]). It is one
   * number, or one number per training image (σ(x) at the stored image, whether augmented or not), or the
   * parameters of the paper's variance function, which give each training image its σ(x) relative to the
   * other images.
   */
  sigma: NoiseLevel | NeighborNoise;
  /** The number of passes over the training images: an integer from 1. */
  epochs: number;
  /** The seed of the initial weights, the order of the images, their augmentation and the noise. */
  seed: number;
  /** The number of images in a batch: an integer from 1. */
  batchSize: number;
  /** The highest learning rate; `schedule` says how it changes. */
  learningRate: number;
  /**
   * "step": × 0.1 after each third of the training, as in the paper; "cosine": a linear rise over the first
   * tenth, then half a cosine.
   */
  schedule: Schedule;
  /** Momentum of the gradient descent: from 0. */
  momentum: number;
  /** λ of the penalty λ/2 · ‖w‖² on the kernels. */
  weightDecay: number;
  /**
   * Whether images are shifted by up to 4 pixels and mirrored, as is standard for CIFAR-10 but not for MNIST.
   */
  augment: boolean;
  /**
   * The checkpoint of another training run, for example with another σ, whose weights are the initial
   * weights. By default the initial weights are random.
   */
  start?: string;
}

/**
 * The defaults. Learning rate, momentum and weight decay are those of Cohen et al. (2019); batches are
 * smaller.
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

/** How a training run is executed. Nothing here changes its result. */
export interface TrainingRun {
  /**
   * The backend to require: "tensorflow" (the C library) or "wasm". Default: the C library if it is
   * installed.
   */
  backend?: TensorFlowBackend;
  /**
   * The folder for the model (`model.onnx`), the log (`training.json`) and the state after every epoch
   * (`checkpoint.bin`), from which an interrupted training run resumes. Only one training run may write to it
   * at a time.
   */
  out?: string;
  /**
   * The images on which the trained network is tested, without noise and with one sample of noise each;
   * usually the test images.
   */
  test?: ImageDataset;
  /** The origin of the training run, for the log: for example a command line. */
  command?: string;
  /** Suppresses the messages of native TensorFlow when it is loaded. */
  quiet?: boolean;
  /** The maximum time between checkpoints, in minutes. */
  checkpointMinutes?: number;
  /** When aborted, ends the training run after the current step and writes its checkpoint. */
  signal?: AbortSignal;
  /** Called after each step. */
  onStep?: (progress: TrainingProgress) => void;
  /** Called after each epoch. */
  onEpoch?: (log: EpochLog) => void;
}

/** Whether σ is given by the parameters of the paper's variance function. */
export function isNeighborNoise(sigma: TrainingOptions["sigma"]): sigma is NeighborNoise {
  return typeof sigma === "object" && "database" in sigma;
}

/**
 * Checks the options before any work is done.
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
