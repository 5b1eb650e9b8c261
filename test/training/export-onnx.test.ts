import * as onnx from "onnxruntime-node";
import type { Tensor4D } from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { ARCHITECTURES } from "../../src/training/architectures";
import { exportOnnx } from "../../src/training/export-onnx";
import { buildNetwork, weightValues } from "../../src/training/network";
import { loadTensorFlow } from "../../src/training/tensorflow";
import { noMnist } from "../datasets/mnist-available";
import type { ImageShape } from "../../src/datasets/image-dataset";
import { loadMnist } from "../../src/datasets/mnist";

/** Images of handwritten digits where they are at hand, else smooth random images; of any shape. */
async function images({ channels, height, width }: ImageShape, count: number): Promise<Float32Array> {
  const digits = noMnist ? undefined : (await loadMnist("test")).pixels;
  return Float32Array.from({ length: count * channels * height * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width) % height, i % width];
    const image = Math.floor(i / (width * height));
    if (digits) return digits[(image * 28 + (row % 28)) * 28 + (column % 28)] / 255;
    return 0.5 + 0.4 * Math.sin(row * 0.3 + image) * Math.cos(column * 0.2 - image);
  });
}

async function onnxScores(model: Uint8Array, values: Float32Array, shape: ImageShape): Promise<Float32Array> {
  const session = await onnx.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const { channels, height, width } = shape;
  const count = values.length / (channels * height * width);
  const batch = new onnx.Tensor("float32", values, [count, channels, height, width]);
  const { scores } = await session.run({ image: batch });
  await session.release();
  return scores.data as Float32Array;
}

const cifar = { channels: 3, height: 32, width: 32 };

describe("a network exported to ONNX gives the scores that TensorFlow.js gives", () => {
  it.each([
    { name: "small-cnn", shape: { channels: 1, height: 28, width: 28 }, count: 32 },
    { name: "small-cnn", shape: { channels: 3, height: 13, width: 8 }, count: 32 },
    { name: "resnet-8", shape: cifar, count: 16 },
    { name: "resnet-8", shape: { channels: 1, height: 27, width: 30 }, count: 16 },
    { name: "resnet-8-wide", shape: cifar, count: 16 },
    { name: "resnet-8-wide", shape: { channels: 2, height: 17, width: 24 }, count: 16 },
    { name: "resnet-20", shape: cifar, count: 16 },
    { name: "resnet-110", shape: cifar, count: 2 },
  ])("$name on $shape.channels × $shape.height × $shape.width", async ({ name, shape, count }) => {
    const tf = await loadTensorFlow("wasm");
    const network = buildNetwork(tf, name, shape, 10, 4);
    const values = await images(shape, count);
    const nhwc = tf.transpose(
      tf.tensor4d(values, [count, shape.channels, shape.height, shape.width]),
      [0, 2, 3, 1],
    ) as Tensor4D;
    // Statistics and normalization as after some training: no zeros and ones that could hide a mistake.
    for (let i = 0; i < (name === "resnet-110" ? 5 : 10); i++) network.scores(nhwc, true).dispose();
    for (const [weight, variable] of network.weights) {
      const random = tf.randomUniform(variable.shape, 0.5, 1.5, "float32", 7);
      if (weight.endsWith("scale")) variable.assign(random);
      if (weight.endsWith("offset") || weight.endsWith("bias")) variable.assign(tf.sub(random, 1));
    }
    const expected = network.scores(nhwc, false).dataSync();
    const size = Math.max(...expected.map(Math.abs));
    const scores = await onnxScores(
      exportOnnx(name, shape, 10, weightValues(network.weights)),
      values,
      shape,
    );
    expect(scores.length).toBe(count * 10);
    scores.forEach((score, i) => expect(Math.abs(score - expected[i])).toBeLessThan(1e-4 * size));
    expect(scores.slice(0, 10)).not.toEqual(scores.slice(10, 20));
    network.dispose();
  });
});

describe("the networks", () => {
  it("have the sizes given in their papers", async () => {
    const tf = await loadTensorFlow("wasm");
    const count = (name: string) => {
      const network = buildNetwork(tf, name, cifar, 10, 0);
      const convolutions = [...network.weights].filter(
        ([weight, { shape }]) => weight.endsWith("kernel") && shape[0] !== 1,
      );
      network.dispose();
      return convolutions.length;
    };
    // Depth: 3 × 3 convolutions and the dense layer (He et al. 2016, section 4.2).
    expect(["resnet-8", "resnet-20", "resnet-110"].map(count)).toEqual([8, 20, 110]);
    expect(Object.keys(ARCHITECTURES)).toContain("small-cnn");
  });
});
