import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "./tf";

/** The attributes of a two-dimensional convolution (NHWC) on which its gradients depend. */
interface ConvolutionGeometry {
  strides: [number, number] | number;
  pad: "same" | "valid";
}

/**
 * Replaces the gradients of a convolution and of ReLU with faster implementations.
 *
 * The WebAssembly backend has a fast convolution, but no kernel for the gradient of the filter, and only a slow
 * kernel for the gradient of the input. Native TensorFlow is also slow at the gradient of the input. The
 * gradients of the filter and of the input are convolutions themselves. The filter's gradient is the
 * convolution of the input with the output's gradient, with batch and channels exchanged and the output's
 * gradient dilated by the stride. To compute the input's gradient, the output's gradient is spread by the
 * stride, padded, and convolved with the filter, which is rotated by 180° and has its channels exchanged.
 *
 * The gradient of ReLU is nonzero only where the output of ReLU is positive. To find these places, native
 * TensorFlow uses `sign`, because its `step` is slow; WebAssembly uses `step`, because its `sign` is slow.
 */
export function registerFastGradients(tf: Tf): void {
  tf.unregisterGradient("Relu");
  tf.registerGradient({
    kernelName: "Relu",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () => tf.mul(dy as Tensor, tf.getBackend() === "wasm" ? tf.step(y) : tf.sign(y)),
    }),
  });
  tf.unregisterGradient("Conv2D");
  tf.registerGradient({
    kernelName: "Conv2D",
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attributes) => {
      const [x, filter] = saved as [Tensor4D, Tensor4D];
      const convolution = attributes as unknown as ConvolutionGeometry;
      if (convolution.pad !== "same" && convolution.pad !== "valid") {
        throw new Error(
          `the gradient of a convolution needs padding "same" or "valid", got ${convolution.pad}`,
        );
      }
      return {
        x: () => inputGradient(tf, x.shape, dy as Tensor4D, filter, convolution),
        filter: () => filterGradient(tf, x, dy as Tensor4D, filter.shape, convolution),
      };
    },
  });
}

function filterGradient(
  tf: Tf,
  x: Tensor4D,
  dy: Tensor4D,
  [filterHeight, filterWidth]: number[],
  convolution: ConvolutionGeometry,
): Tensor {
  return tf.tidy(() => {
    const rows = axis(x.shape[1], dy.shape[1], filterHeight, 0, convolution);
    const columns = axis(x.shape[2], dy.shape[2], filterWidth, 1, convolution);
    const padded = tf.pad(x, [[0, 0], rows.padding, columns.padding, [0, 0]]);
    const correlation = tf.conv2d(
      tf.transpose(padded, [3, 1, 2, 0]) as Tensor4D,
      tf.transpose(dy, [1, 2, 0, 3]) as Tensor4D,
      1,
      "valid",
      "NHWC",
      [rows.stride, columns.stride],
    );
    // If the stride does not divide the size of the input, no filter position reaches the last rows.
    const reached = tf.slice(correlation, [0, 0, 0, 0], [-1, filterHeight, filterWidth, -1]);
    return tf.transpose(reached, [1, 2, 0, 3]);
  });
}

function inputGradient(
  tf: Tf,
  xShape: number[],
  dy: Tensor4D,
  filter: Tensor4D,
  convolution: ConvolutionGeometry,
): Tensor {
  return tf.tidy(() => {
    const [batch, outHeight, outWidth, outChannels] = dy.shape;
    const rows = axis(xShape[1], outHeight, filter.shape[0], 0, convolution);
    const columns = axis(xShape[2], outWidth, filter.shape[1], 1, convolution);
    let spread: Tensor4D = dy;
    if (rows.stride > 1 || columns.stride > 1) {
      const zeros = tf.pad(tf.reshape(dy, [batch, outHeight, 1, outWidth, 1, outChannels]), [
        [0, 0],
        [0, 0],
        [0, rows.stride - 1],
        [0, 0],
        [0, columns.stride - 1],
        [0, 0],
      ]);
      const all = tf.reshape(zeros, [batch, outHeight * rows.stride, outWidth * columns.stride, outChannels]);
      spread = tf.slice(all, [0, 0, 0, 0], [-1, rows.spread, columns.spread, -1]) as Tensor4D;
    }
    const padded = tf.pad(spread, [[0, 0], rows.outerPadding, columns.outerPadding, [0, 0]]) as Tensor4D;
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
    return tf.conv2d(padded, turned, 1, "valid");
  });
}

/** Returns the geometry of a convolution along one axis (0 for rows, 1 for columns). */
function axis(
  input: number,
  output: number,
  filter: number,
  which: 0 | 1,
  { strides, pad }: ConvolutionGeometry,
): {
  stride: number;
  padding: [number, number];
  spread: number;
  outerPadding: [number, number];
} {
  const stride = typeof strides === "number" ? strides : strides[which];
  const spread = (output - 1) * stride + 1;
  const total = pad === "same" ? Math.max(spread - 1 + filter - input, 0) : 0;
  const before = Math.floor(total / 2);
  const outerBefore = filter - 1 - before;
  return {
    stride,
    padding: [before, total - before],
    spread,
    outerPadding: [outerBefore, input + filter - 1 - spread - outerBefore],
  };
}
