import { describe, expect, it } from "vitest";
import {
  shuffledIndices,
  trainClassifier,
  TRAINING_DEFAULTS,
  type EpochLog,
} from "../../src/classifiers/train";
import { loadTensorFlow } from "../../src/classifiers/tensorflow";
import type { ImageDataset } from "../../src/datasets/image-dataset";

/** 300 images of 8 × 8 with a bright square in one of three places, which is the class. */
const dataset: ImageDataset = {
  name: "squares",
  split: "train",
  channels: 1,
  height: 8,
  width: 8,
  count: 300,
  dimension: 64,
  pixels: Uint8Array.from({ length: 300 * 64 }, (_, i) => {
    const [label, row, column] = [Math.floor(i / 64) % 3, Math.floor((i % 64) / 8), i % 8];
    return row < 4 && column >= 2 * label && column < 2 * label + 3 ? 255 : 20;
  }),
  labels: Uint8Array.from({ length: 300 }, (_, i) => i % 3),
  classNames: ["left", "middle", "right"],
  checksums: {},
};
const options = {
  ...TRAINING_DEFAULTS,
  architecture: "small-cnn",
  sigma: 0.3,
  epochs: 3,
  seed: 2,
  batchSize: 30,
};

describe("training on the WebAssembly backend", () => {
  it("learns, is told of every epoch, drops the rate by thirds, and is the same for the same seed", async () => {
    const told: EpochLog[] = [];
    const { log, onnx, backend } = await trainClassifier(
      dataset,
      options,
      (epoch) => told.push(epoch),
      "wasm",
    );
    expect(backend).toBe("wasm");
    expect(told).toEqual(log);
    expect(log.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    [0.1, 0.01, 0.001].forEach((rate, i) => expect(log[i].learningRate).toBeCloseTo(rate, 12));
    expect(log[2].accuracy).toBeGreaterThan(0.9);
    expect(log[2].loss).toBeLessThan(log[0].loss / 2);

    const again = await trainClassifier(dataset, options, undefined, "wasm");
    expect(Buffer.from(again.onnx).equals(Buffer.from(onnx))).toBe(true);
    const other = await trainClassifier(dataset, { ...options, epochs: 1, seed: 3 }, undefined, "wasm");
    expect(Buffer.from(other.onnx).equals(Buffer.from(onnx))).toBe(false);
  });

  it.each([
    [{ epochs: 0 }, /epochs must be .* got 0/],
    [{ sigma: -1 }, /sigma must be .* got -1/],
    [{ learningRate: NaN }, /learningRate must be .* got NaN/],
    [{ seed: 0.5 }, /seed must be .* got 0.5/],
    [{ architecture: "transformer" }, /architecture must be one of small-cnn, got "transformer"/],
    [{ learningRate: 1e30 }, /the loss became/],
  ])("refuses %j", async (change, message) => {
    await expect(trainClassifier(dataset, { ...options, ...change }, undefined, "wasm")).rejects.toThrow(
      message,
    );
  });
});

describe("training on native TensorFlow", () => {
  it("takes the same steps as on WebAssembly, but for rounding", async (context) => {
    const reason = await loadTensorFlow("tensorflow").then(
      () => "",
      (error: Error) => error.message,
    );
    context.skip(reason !== "", reason);
    const oneEpoch = { ...options, epochs: 1 };
    const native = await trainClassifier(dataset, oneEpoch, undefined, "tensorflow");
    const wasm = await trainClassifier(dataset, oneEpoch, undefined, "wasm");
    expect([native.backend, wasm.backend]).toEqual(["tensorflow", "wasm"]);
    expect(Math.abs(native.log[0].loss - wasm.log[0].loss)).toBeLessThan(1e-3);
    expect(Math.abs(native.log[0].accuracy - wasm.log[0].accuracy)).toBeLessThan(0.02);
  });
});

describe("the order of the images", () => {
  it("is a permutation, another one for each epoch and seed", () => {
    const orders = [shuffledIndices(1000, 1, 0), shuffledIndices(1000, 1, 1), shuffledIndices(1000, 2, 0)];
    for (const order of orders)
      expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const agreements = (a: Uint32Array, b: Uint32Array) =>
      a.reduce((sum, x, i) => sum + (x === b[i] ? 1 : 0), 0);
    expect(agreements(orders[0], orders[1])).toBeLessThan(10);
    expect(agreements(orders[0], orders[2])).toBeLessThan(10);
    expect(shuffledIndices(1000, 1, 1)).toEqual(orders[1]);
  });
});
