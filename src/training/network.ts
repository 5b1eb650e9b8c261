import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { ImageShape } from "../datasets/image-dataset";
import { fillStandardNormal } from "../noise/gaussian-noise";
import { architectureOf, type Operators } from "./architectures";
import { NORMALIZATION_EPSILON, normalizeBatch } from "./batch-normalization";
import type { Tf } from "./tensorflow";
import { TrainingStream } from "./training-streams";

/** A network in TensorFlow.js, with its weights. */
export interface Network {
  /** All weights by name, in the order of the network; the means and variances of batch normalisation included. */
  readonly weights: ReadonlyMap<string, Variable>;
  /**
   * Class scores of a batch of images (NHWC).
   *
   * @param training - normalises by the statistics of this batch, and lets the kept ones follow them; else the kept
   * ones are used
   */
  scores(images: Tensor4D, training: boolean): Tensor2D;
  dispose(): void;
}

/** Share of the kept mean and variance that remains when those of a batch come in. */
const STATISTICS_MOMENTUM = 0.9;

/** What the last part of a weight's name says about it. */
export const WeightKind = {
  kernel: "kernel",
  bias: "bias",
  scale: "scale",
  offset: "offset",
  mean: "mean",
  variance: "variance",
} as const;

/** Whether gradient descent moves a weight: all but the kept statistics of batch normalisation. */
export function isTrainable(name: string): boolean {
  return !name.endsWith(WeightKind.mean) && !name.endsWith(WeightKind.variance);
}

/**
 * Builds a network of a name in `ARCHITECTURES`. Its kernels are drawn from N(0, 2 / inputs of a unit) (He et al.
 * 2015), a function of the seed.
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
  const weights = new Map<string, Variable>();

  function weight(name: string, weightShape: number[], value: number | "random"): Tensor {
    const known = weights.get(name);
    if (known) return known;
    const values = new Float32Array(weightShape.reduce((product, length) => product * length, 1));
    if (value === "random") {
      fillStandardNormal(values, seed, weights.size, 0, TrainingStream.weights);
      const deviation = Math.sqrt((2 * weightShape[weightShape.length - 1]) / values.length);
      values.forEach((normal, i) => (values[i] = deviation * normal));
    } else values.fill(value);
    const variable = tf.variable(tf.tensor(values, weightShape), isTrainable(name));
    weights.set(name, variable);
    return variable;
  }

  function operators(training: boolean): Operators<Tensor> {
    let layers = 0;
    function normalized(x: Tensor4D, layer: string): Tensor4D {
      const channels = [x.shape[3]];
      const scale = weight(`${layer}/${WeightKind.scale}`, channels, 1) as Tensor1D;
      const offset = weight(`${layer}/${WeightKind.offset}`, channels, 0) as Tensor1D;
      const mean = weight(`${layer}/${WeightKind.mean}`, channels, 0) as Variable;
      const variance = weight(`${layer}/${WeightKind.variance}`, channels, 1) as Variable;
      if (!training) {
        return tf.batchNorm4d(
          x,
          mean as unknown as Tensor1D,
          variance as unknown as Tensor1D,
          offset,
          scale,
          NORMALIZATION_EPSILON,
        );
      }
      return normalizeBatch(tf, x, scale, offset, (batchMean, batchVariance) => {
        follow(mean, batchMean);
        follow(variance, batchVariance);
      });
    }
    function follow(kept: Variable, now: Tensor): void {
      kept.assign(tf.add(tf.mul(kept, STATISTICS_MOMENTUM), tf.mul(now, 1 - STATISTICS_MOMENTUM)));
    }
    return {
      centre: (x) => tf.sub(x, 0.5),
      convolution: (x, { filters, kernel: size, stride = 1, normalized: normal = false }) => {
        const layer = `convolution${layers++}`;
        const shape = [size, size, x.shape[3] as number, filters];
        const kernel = weight(`${layer}/${WeightKind.kernel}`, shape, "random") as Tensor4D;
        const y = tf.conv2d(x as Tensor4D, kernel, stride, "same");
        return normal ? normalized(y, layer) : tf.add(y, weight(`${layer}/${WeightKind.bias}`, [filters], 0));
      },
      relu: (x) => tf.relu(x),
      add: (x, y) => tf.add(x, y),
      maxPool: (x) => tf.maxPool(x as Tensor4D, 2, 2, "valid"),
      globalAveragePool: (x) => tf.mean(x, [1, 2]),
      dense: (x, units) => {
        const layer = `dense${layers++}`;
        const flat = tf.reshape(x, [x.shape[0], -1]) as Tensor2D;
        const kernel = weight(`${layer}/${WeightKind.kernel}`, [flat.shape[1], units], "random") as Tensor2D;
        return tf.add(tf.matMul(flat, kernel), weight(`${layer}/${WeightKind.bias}`, [units], 0));
      },
    };
  }

  const network: Network = {
    weights,
    scores: (images, training) =>
      tf.tidy(() => architecture<Tensor>(operators(training), images, classCount) as Tensor2D),
    dispose: () => weights.forEach((variable) => variable.dispose()),
  };
  // The first images make the weights, whose shapes follow from theirs.
  network.scores(tf.zeros([1, shape.height, shape.width, shape.channels]), false).dispose();
  return network;
}

/** Values of all weights of a network, by name. */
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
