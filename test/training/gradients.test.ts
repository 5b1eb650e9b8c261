import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { ARCHITECTURES } from "../../src/training/architectures";
import { normalizeBatch } from "../../src/training/batch-normalization";
import { buildNetwork } from "../../src/training/network";
import { loadTensorFlow } from "../../src/training/tensorflow";
import type { Tf } from "../../src/training/tf";

/**
 * Compares the gradient of f along random directions with differences of f, argument by argument.
 *
 * @param step - length of the difference to each side: 1 where f is linear in each argument
 */
function checkGradients(
  tf: Tf,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  step: number,
  tolerance: number,
): void {
  const gradients = tf.grads(f)(inputs);
  inputs.forEach((input, which) => {
    for (const seed of [10, 11, 12]) {
      const direction = tf.randomNormal(input.shape, 0, 1, "float32", seed);
      const moved = (sign: number) => {
        const point = tf.add(input, tf.mul(direction, sign * step));
        return f(...inputs.map((other, i) => (i === which ? point : other))).dataSync()[0];
      };
      const difference = (moved(1) - moved(-1)) / (2 * step);
      const derivative = tf.sum(tf.mul(gradients[which], direction)).dataSync()[0];
      expect(Math.abs(derivative - difference)).toBeLessThan(tolerance * (1 + Math.abs(difference)));
    }
  });
}

describe("the gradients of a convolution on the WebAssembly backend", () => {
  const cases = [
    { size: 6, kernel: 3, stride: 1, pad: "same" },
    { size: 7, kernel: 5, stride: 1, pad: "same" },
    { size: 7, kernel: 3, stride: 1, pad: "valid" },
    { size: 7, kernel: 3, stride: 2, pad: "same" },
    { size: 8, kernel: 3, stride: 2, pad: "same" },
    { size: 8, kernel: 5, stride: 2, pad: "same" },
    { size: 8, kernel: 3, stride: 2, pad: "valid" },
    { size: 6, kernel: 1, stride: 1, pad: "same" },
    { size: 7, kernel: 1, stride: 2, pad: "same" },
    { size: 8, kernel: 1, stride: 2, pad: "same" },
    { size: 6, kernel: 2, stride: 1, pad: "same" },
  ] as const;

  it.each(cases)("agree with finite differences: $size, kernel $kernel, stride $stride, $pad", async (c) => {
    const tf = await loadTensorFlow("wasm");
    expect(tf.getBackend()).toBe("wasm");
    const x = tf.randomNormal([2, c.size, c.size + 1, 3], 0, 1, "float32", 1);
    const filter = tf.randomNormal([c.kernel, c.kernel, 3, 4], 0, 1, "float32", 2);
    const convolve = (x: Tensor, filter: Tensor) =>
      tf.conv2d(x as Tensor4D, filter as Tensor4D, c.stride, c.pad);
    const weights = tf.randomNormal(convolve(x, filter).shape, 0, 1, "float32", 3);
    checkGradients(tf, (x, filter) => tf.sum(tf.mul(convolve(x, filter), weights)), [x, filter], 1, 2e-3);
  });
});

describe("batch normalization in training", () => {
  it("has the gradient of its formula, and reports the statistics of the batch", async () => {
    const tf = await loadTensorFlow("wasm");
    const x = tf.add(
      tf.mul(tf.randomNormal([4, 3, 5, 6], 0, 1, "float32", 1), [1, 2, 0.5, 1, 3, 1]),
      [0, 1, 2, 3, 4, 5],
    );
    const scale = tf.randomUniform([6], 0.5, 2, "float32", 2);
    const offset = tf.randomNormal([6], 0, 1, "float32", 3);
    const weights = tf.randomNormal(x.shape, 0, 1, "float32", 4);
    let statistics: number[][] = [];
    const f = (x: Tensor, scale: Tensor, offset: Tensor) => {
      const y = normalizeBatch(tf, x as Tensor4D, scale as Tensor1D, offset as Tensor1D, (mean, variance) => {
        statistics = [Array.from(mean.dataSync()), Array.from(variance.dataSync())];
      });
      return tf.sum(tf.mul(y, weights));
    };
    checkGradients(tf, f, [x, scale, offset], 1e-2, 1e-2);

    f(x, scale, offset);
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    [mean, variance].forEach((expected, which) =>
      expected.dataSync().forEach((value, i) => expect(statistics[which][i]).toBeCloseTo(value, 4)),
    );
    const plain = tf.sum(
      tf.mul(
        tf.batchNorm4d(
          x as Tensor4D,
          mean as Tensor1D,
          variance as Tensor1D,
          offset as Tensor1D,
          scale as Tensor1D,
          1e-5,
        ),
        weights,
      ),
    );
    expect(f(x, scale, offset).dataSync()[0]).toBeCloseTo(plain.dataSync()[0], 2);
  });
});

describe("the gradient of a whole network on the WebAssembly backend", () => {
  it.each(Object.keys(ARCHITECTURES).filter((name) => name !== "resnet-110"))(
    "agrees with a finite difference of its loss: %s",
    async (name) => {
      const tf = await loadTensorFlow("wasm");
      const network = buildNetwork(tf, name, { channels: 2, height: 16, width: 16 }, 3, 5);
      const images = tf.randomUniform([8, 16, 16, 2], 0, 1, "float32", 6) as Tensor4D;
      const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32"), 3);
      const loss = () => tf.losses.softmaxCrossEntropy(labels, network.scores(images, true));
      const trainable = [...network.weights.values()].filter((weight) => weight.trainable);
      const { grads } = tf.variableGrads(() => loss().asScalar(), trainable);

      // Along the gradient itself: the difference is its squared norm, but for the curvature and the kinks of ReLU.
      const square = trainable.reduce(
        (sum, { name }) => sum + tf.sum(tf.square(grads[name])).dataSync()[0],
        0,
      );
      const step = 1e-3 / Math.sqrt(square);
      const at = (sign: number) => {
        const before = trainable.map((weight) => weight.clone());
        trainable.forEach((weight) => weight.assign(tf.add(weight, tf.mul(grads[weight.name], sign * step))));
        const value = loss().dataSync()[0];
        trainable.forEach((weight, i) => weight.assign(before[i]));
        return value;
      };
      const slope = (at(1) - at(-1)) / (2 * step);
      expect(Math.abs(slope / square - 1)).toBeLessThan(0.05);
      network.dispose();
    },
  );
});
