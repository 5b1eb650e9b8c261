import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "./tf";

/** The ε that is added to every variance, so that a constant channel does not cause a division by zero. */
export const NORMALIZATION_EPSILON = 1e-5;

/** The axes of a batch of images (NHWC) over which a channel's mean and variance are computed. */
const AXES = [0, 1, 2];

/**
 * Batch normalization with the mean and variance of the batch (Ioffe and Szegedy 2015), as in training: y =
 * scale · (x − mean) / √(variance + ε) + offset, per channel.
 *
 * This implementation is one operation with its own gradient. TensorFlow.js would compose the operation and its
 * gradient from many passes over the batch, and these passes would take longer than the convolutions of the
 * network.
 *
 * @param x - a batch of images, NHWC
 * @param onStatistics - called with the mean and variance of each channel; must copy any values that it keeps
 */
export function normalizeBatch(
  tf: Tf,
  x: Tensor4D,
  scale: Tensor1D,
  offset: Tensor1D,
  onStatistics: (mean: Tensor1D, variance: Tensor1D) => void,
): Tensor4D {
  const normalize = tf.customGrad((...inputs) => {
    const [x, scale, offset, save] = inputs as unknown as [Tensor, Tensor, Tensor, (saved: Tensor[]) => void];
    const mean = tf.mean(x, AXES);
    const centered = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centered), AXES);
    onStatistics(mean as Tensor1D, variance as Tensor1D);
    const inverse = tf.rsqrt(tf.add(variance, NORMALIZATION_EPSILON));
    save([centered, inverse, scale]);
    return {
      value: tf.add(tf.mul(centered, tf.mul(inverse, scale)), offset),
      gradFunc: (dy, saved) => {
        const [centered, inverse, scale] = saved;
        const count = centered.size / inverse.size;
        const meanOfDy = tf.mean(dy, AXES);
        const meanOfProduct = tf.mean(tf.mul(dy, centered), AXES);
        // dx = scale/√… · (dy − mean(dy) − centered · mean(dy · centered)/(variance + ε))
        const factor = tf.mul(inverse, scale);
        const slope = tf.neg(tf.mul(tf.mul(factor, meanOfProduct), tf.square(inverse)));
        const dx = tf.add(tf.mul(tf.sub(dy, meanOfDy), factor), tf.mul(centered, slope));
        return [dx, tf.mul(tf.mul(meanOfProduct, inverse), count), tf.mul(meanOfDy, count)];
      },
    };
  });
  return normalize(x, scale, offset) as Tensor4D;
}
