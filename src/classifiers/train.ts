import type { Scalar, Sequential, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { ImageDataset } from "../datasets/image-dataset";
import { requireInteger, requireNonNegative } from "../probability/arguments";
import { NoiseStream } from "../probability/gaussian-noise";
import { philox4x32 } from "../probability/philox";
import { buildNetwork } from "./architectures";
import { exportOnnx } from "./export-onnx";
import { writeNoisyImage } from "./noisy-image";
import { loadTensorFlow, type Tf, type TensorFlowBackend } from "./tensorflow";

/** How to train a base classifier. */
export interface TrainingOptions {
  /** Name of a network in `ARCHITECTURES`. */
  architecture: string;
  /** Standard deviation σ ≥ 0 of the Gaussian noise that is added to the pixels (in [0, 1]). */
  sigma: number;
  epochs: number;
  /** Seed of the first weights, of the order of the images and of the noise. */
  seed: number;
  batchSize: number;
  /** Learning rate of the first third of the epochs; each further third has a tenth of the one before. */
  learningRate: number;
  momentum: number;
  /** λ of the penalty λ/2 · ‖w‖² on the kernels. */
  weightDecay: number;
}

/** The optimiser settings of the paper's protocol (Cohen et al. 2019), but for the number of epochs. */
export const TRAINING_DEFAULTS: Pick<
  TrainingOptions,
  "batchSize" | "learningRate" | "momentum" | "weightDecay"
> = { batchSize: 128, learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 };

/** What one epoch gave: mean loss and accuracy on the noisy training images, as they were used. */
export interface EpochLog {
  epoch: number;
  learningRate: number;
  loss: number;
  accuracy: number;
  seconds: number;
}

/**
 * Trains a base classifier on images with Gaussian noise (Cohen et al. 2019), by stochastic gradient descent with
 * momentum on the cross-entropy.
 *
 * The order of the images and every noise sample are functions of the seed.
 *
 * @param dataset - the training images
 * @param onEpoch - is told of each epoch as it ends
 * @returns the network as an ONNX file, the log, and the name of the backend that trained it
 * @throws RangeError for an option out of range; Error if the loss is no longer finite
 */
export async function trainClassifier(
  dataset: ImageDataset,
  options: TrainingOptions,
  onEpoch?: (log: EpochLog) => void,
  backend?: TensorFlowBackend,
): Promise<{ onnx: Uint8Array; log: EpochLog[]; backend: string }> {
  checkOptions(options);
  const tf = await loadTensorFlow(backend);
  const { architecture, epochs, seed, batchSize, momentum, weightDecay } = options;
  const network = buildNetwork(tf, architecture, dataset, dataset.classNames.length, seed);
  const optimizer = tf.train.momentum(options.learningRate, momentum);
  const log: EpochLog[] = [];
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const started = performance.now();
      const learningRate = options.learningRate * 0.1 ** Math.floor((3 * epoch) / epochs);
      (optimizer as unknown as { setLearningRate(rate: number): void }).setLearningRate(learningRate);
      const order = shuffledIndices(dataset.count, seed, epoch);
      let [loss, correct] = [0, 0];
      for (let start = 0; start < order.length; start += batchSize) {
        const indices = order.subarray(start, start + batchSize);
        const step = tf.tidy(() => {
          const { images, labels } = noisyBatch(tf, dataset, indices, options.sigma, seed, epoch);
          let scores: Tensor2D | undefined;
          const cost = optimizer.minimize(() => {
            scores = tf.keep(network.apply(images, { training: true }) as Tensor2D);
            const entropy = tf.losses.softmaxCrossEntropy(
              tf.oneHot(labels, dataset.classNames.length),
              scores,
            );
            return tf.add(entropy, penalty(tf, network, weightDecay)) as Scalar;
          }, true) as Scalar;
          const hits = tf.sum(tf.equal(tf.argMax(scores as Tensor2D, 1), labels));
          scores?.dispose();
          return { cost: cost.dataSync()[0], hits: hits.dataSync()[0] };
        });
        if (!Number.isFinite(step.cost)) {
          throw new Error(
            `the loss became ${step.cost} in epoch ${epoch + 1}; a smaller learning rate may help`,
          );
        }
        loss += step.cost * indices.length;
        correct += step.hits;
      }
      const seconds = (performance.now() - started) / 1000;
      log.push({
        epoch: epoch + 1,
        learningRate,
        loss: loss / dataset.count,
        accuracy: correct / dataset.count,
        seconds,
      });
      onEpoch?.(log[epoch]);
    }
    return { onnx: await exportOnnx(network, dataset), log, backend: tf.getBackend() };
  } finally {
    network.dispose();
    optimizer.dispose();
  }
}

function checkOptions(options: TrainingOptions): void {
  for (const name of ["epochs", "batchSize"] as const) requireInteger(name, options[name], 1);
  for (const name of ["sigma", "learningRate", "momentum", "weightDecay"] as const) {
    requireNonNegative(name, options[name]);
  }
  requireInteger("seed", options.seed, 0);
}

/** λ/2 · Σ w² over the kernels (biases are left free). */
function penalty(tf: Tf, network: Sequential, weightDecay: number): Tensor {
  const kernels = network.trainableWeights.filter((weight) => weight.name.includes("kernel"));
  const squares = kernels.map((weight) => tf.sum(tf.square(weight.read())));
  return tf.mul(tf.addN(squares), weightDecay / 2);
}

/** Images in TensorFlow's order (NHWC) with noise, and their labels. */
function noisyBatch(
  tf: Tf,
  dataset: ImageDataset,
  indices: Uint32Array,
  sigma: number,
  seed: number,
  epoch: number,
): { images: Tensor4D; labels: Tensor } {
  const { dimension, channels, height, width } = dataset;
  const values = new Float32Array(indices.length * dimension);
  const labels = new Int32Array(indices.length);
  indices.forEach((index, i) => {
    const image = values.subarray(i * dimension, (i + 1) * dimension);
    writeNoisyImage(image, dataset, index, sigma, seed, epoch, NoiseStream.training);
    labels[i] = dataset.labels[index];
  });
  const stored = tf.tensor4d(values, [indices.length, channels, height, width]);
  return { images: tf.transpose(stored, [0, 2, 3, 1]), labels: tf.tensor1d(labels, "int32") };
}

/** The numbers 0 … count − 1 in an order drawn from (seed, epoch), by the shuffle of Fisher and Yates. */
export function shuffledIndices(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const words = new Uint32Array(4);
  for (let i = count - 1; i > 0; i--) {
    philox4x32(words, i, epoch, 0, SHUFFLE_STREAM, seed | 0, Math.floor(seed / 2 ** 32) | 0);
    // The product of a 53-bit uniform number and i + 1: the bias is below 2^−20 for any data set.
    const uniform = ((words[0] >>> 5) * 2 ** 26 + (words[1] >>> 6)) / 2 ** 53;
    const j = Math.floor(uniform * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** A stream of words that no noise uses. */
const SHUFFLE_STREAM = 0xffff;
