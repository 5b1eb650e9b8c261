import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { ImageShape } from "../datasets/image-dataset";
import { fillStandardNormal } from "../noise/gaussian-noise";
import { architectureOf, type Operators } from "./architectures";
import { NORMALIZATION_EPSILON, normalizeBatch } from "./batch-normalization";
import type { Tf } from "./tf";
import { TrainingStream } from "./training-streams";

/** A network in TensorFlow.js, with its weights. */
export interface Network {
  /**
   * All weights by name, in the order of the network, including the means and variances of batch
   * normalization.
   */
  readonly weights: ReadonlyMap<string, Variable>;
  /**
   * Computes the class scores of a batch of images (NHWC).
   *
   * @param training - if true, batch normalization uses the statistics of this batch and updates the running
   *   statistics; otherwise it uses the running statistics
   */
  scores(images: Tensor4D, training: boolean): Tensor2D;
  dispose(): void;
}

/**
 * The momentum of the running statistics: the share of the old value that remains when the statistics of a
 * batch are averaged in.
 */
const STATISTICS_MOMENTUM = 0.9;

/** The kind of a weight, which is the last part of its name. */
export const WeightKind = {
  kernel: "kernel",
  bias: "bias",
  scale: "scale",
  offset: "offset",
  mean: "mean",
  variance: "variance",
} as const;

/**
 * Returns whether gradient descent changes a weight, which is true for all weights except the running
 * statistics of batch normalization.
 */
export function isTrainable(name: string): boolean {
  return !name.endsWith(WeightKind.mean) && !name.endsWith(WeightKind.variance);
}

/** The weights of a network. Each weight is created on first request, from its name and shape. */
class Weights {
  readonly variables = new Map<string, Variable>();

  constructor(
    private readonly tf: Tf,
    private readonly seed: number,
  ) {}

  /** A weight whose initial values are all equal. */
  filled(name: string, shape: number[], value: number): Variable {
    return this.weight(name, shape, (values) => void values.fill(value));
  }

  /**
   * A kernel drawn from N(0, 2 / m), where m is the number of inputs of a unit. The kernel depends only on the
   * seed and on its position among the weights.
   */
  kernel(layer: string, shape: number[]): Variable {
    return this.weight(`${layer}/${WeightKind.kernel}`, shape, (values) => {
      fillStandardNormal(values, this.seed, this.variables.size, 0, TrainingStream.weights);
      const deviation = Math.sqrt((2 * shape[shape.length - 1]) / values.length);
      values.forEach((normal, i) => (values[i] = deviation * normal));
    });
  }

  private weight(name: string, shape: number[], fill: (values: Float32Array) => void): Variable {
    const known = this.variables.get(name);
    if (known) return known;
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    fill(values);
    const variable = this.tf.variable(this.tf.tensor(values, shape), isTrainable(name));
    this.variables.set(name, variable);
    return variable;
  }
}

/**
 * Builds the network with the given name in `ARCHITECTURES`. The kernels of the network are drawn from N(0, 2 /
 * m), where m is the number of inputs of a unit (He et al. 2015), and depend only on the seed.
 *
 * @throws Error listing the names if there is no such architecture
 */
export function buildNetwork(
  tf: Tf,
  name: string,
  shape: ImageShape,
  classCount: number,
  seed: number,
): Network {
  const architecture = architectureOf(name);
  const weights = new Weights(tf, seed);
  const network: Network = {
    weights: weights.variables,
    scores: (images, training) =>
      tf.tidy(() => architecture<Tensor>(operators(tf, weights, training), images, classCount) as Tensor2D),
    dispose: () => weights.variables.forEach((variable) => variable.dispose()),
  };
  // The first call creates the weights, whose shapes follow from the images.
  network.scores(tf.zeros([1, shape.height, shape.width, shape.channels]), false).dispose();
  return network;
}

/** Operators that compute with TensorFlow.js. */
function operators(tf: Tf, weights: Weights, training: boolean): Operators<Tensor> {
  let layers = 0;
  return {
    center: (x) => tf.sub(x, 0.5),
    convolution: (x, { filters, kernel: size, stride = 1, normalized = false }) => {
      const layer = `convolution${layers++}`;
      const kernel = weights.kernel(layer, [size, size, x.shape[3] as number, filters]);
      const y = tf.conv2d(x as Tensor4D, kernel as Tensor as Tensor4D, stride, "same");
      if (normalized) return batchNormalization(tf, weights, y, layer, training);
      return tf.add(y, weights.filled(`${layer}/${WeightKind.bias}`, [filters], 0));
    },
    relu: (x) => tf.relu(x),
    add: (x, y) => tf.add(x, y),
    maxPool: (x) => tf.maxPool(x as Tensor4D, 2, 2, "valid"),
    globalAveragePool: (x) => tf.mean(x, [1, 2]),
    dense: (x, units) => {
      const layer = `dense${layers++}`;
      const flat = tf.reshape(x, [x.shape[0], -1]) as Tensor2D;
      const kernel = weights.kernel(layer, [flat.shape[1], units]);
      const bias = weights.filled(`${layer}/${WeightKind.bias}`, [units], 0);
      return tf.add(tf.matMul(flat, kernel as Tensor as Tensor2D), bias);
    },
  };
}

/**
 * Normalizes a batch. In training, the normalization uses the statistics of the batch and updates the running
 * statistics; otherwise it uses the running statistics.
 */
function batchNormalization(
  tf: Tf,
  weights: Weights,
  x: Tensor4D,
  layer: string,
  training: boolean,
): Tensor4D {
  const weight = (kind: keyof typeof WeightKind, value: number): Variable =>
    weights.filled(`${layer}/${WeightKind[kind]}`, [x.shape[3]], value);
  const [scale, offset] = [weight("scale", 1), weight("offset", 0)] as Tensor[] as Tensor1D[];
  const [mean, variance] = [weight("mean", 0), weight("variance", 1)];
  if (!training) {
    const [keptMean, keptVariance] = [mean, variance] as Tensor[] as Tensor1D[];
    return tf.batchNorm4d(x, keptMean, keptVariance, offset, scale, NORMALIZATION_EPSILON);
  }
  const follow = (kept: Variable, now: Tensor): void =>
    kept.assign(tf.add(tf.mul(kept, STATISTICS_MOMENTUM), tf.mul(now, 1 - STATISTICS_MOMENTUM)));
  return normalizeBatch(tf, x, scale, offset, (batchMean, batchVariance) => {
    follow(mean, batchMean);
    follow(variance, batchVariance);
  });
}

/** The values of all weights of a network, by name. */
export type WeightValues = ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>;

/** Copies weights out of TensorFlow.js. */
export function weightValues(weights: ReadonlyMap<string, Variable>): WeightValues {
  return new Map(
    [...weights].map(([name, variable]) => [
      name,
      { shape: variable.shape, values: Float32Array.from(variable.dataSync()) },
    ]),
  );
}
