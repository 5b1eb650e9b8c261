import { describe, expect, it } from "vitest";
import type { Tensor4D } from "@tensorflow/tfjs";
import { loadTensorFlow } from "../../src/classifiers/tensorflow";

describe("the gradients of a convolution on the WebAssembly backend", () => {
  const cases = [
    { size: 6, kernel: 3, stride: 1, pad: "same" },
    { size: 7, kernel: 5, stride: 1, pad: "same" },
    { size: 7, kernel: 3, stride: 1, pad: "valid" },
    { size: 7, kernel: 3, stride: 2, pad: "same" },
    { size: 8, kernel: 3, stride: 2, pad: "same" },
    { size: 8, kernel: 3, stride: 2, pad: "valid" },
    { size: 8, kernel: 1, stride: 2, pad: "same" },
    { size: 6, kernel: 2, stride: 1, pad: "same" },
  ] as const;

  it.each(cases)("agree with finite differences: $size, kernel $kernel, stride $stride, $pad", async (c) => {
    const tf = await loadTensorFlow("wasm");
    expect(tf.getBackend()).toBe("wasm");
    const x = tf.randomNormal([2, c.size, c.size + 1, 3], 0, 1, "float32", 1) as Tensor4D;
    const filter = tf.randomNormal([c.kernel, c.kernel, 3, 4], 0, 1, "float32", 2) as Tensor4D;
    const weights = tf.randomNormal(tf.conv2d(x, filter, c.stride, c.pad).shape, 0, 1, "float32", 3);
    const f = (x: Tensor4D, filter: Tensor4D) =>
      tf.sum(tf.mul(tf.conv2d(x, filter, c.stride, c.pad), weights));
    const gradients = tf.grads((x, filter) => f(x as Tensor4D, filter as Tensor4D))([x, filter]);

    // f is linear in each argument, so a difference along a direction is the derivative but for rounding.
    for (const [which, at] of [x, filter].entries()) {
      for (const seed of [10, 11, 12]) {
        const direction = tf.randomNormal(at.shape, 0, 1, "float32", seed) as Tensor4D;
        const moved = (sign: number) => {
          const point = tf.add(at, tf.mul(direction, sign)) as Tensor4D;
          return (which === 0 ? f(point, filter) : f(x, point)).dataSync()[0];
        };
        const difference = (moved(1) - moved(-1)) / 2;
        const derivative = tf.sum(tf.mul(gradients[which], direction)).dataSync()[0];
        expect(Math.abs(derivative - difference)).toBeLessThan(2e-4 * (1 + Math.abs(difference)) + 2e-3);
      }
    }
  });
});
