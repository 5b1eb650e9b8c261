import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { largestScores, loadOnnxClassifier } from "../../src/classifiers/onnx-classifier";
import { encodeOnnx, type OnnxGraph } from "../../src/onnx/onnx-format";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});

async function fileWith(content: Uint8Array | string): Promise<string> {
  const path = join(folder, `${Math.random()}.onnx`);
  await writeFile(path, content);
  return path;
}

/** Scores of two classes, −x and x, of the only value of an input; changed as a test wants. */
function graph(change: Partial<OnnxGraph> = {}): OnnxGraph {
  return {
    name: "sign",
    inputs: [{ name: "x", shape: ["batch", 1] }],
    output: { name: "y", shape: ["batch", 2] },
    nodes: [{ operator: "MatMul", inputs: ["x", "w"], output: "y" }],
    weights: [{ name: "w", shape: [1, 2], values: Float32Array.of(-1, 1) }],
    ...change,
  };
}

describe("loading a base classifier from an ONNX file", () => {
  it("names the file and what is wrong with it", async () => {
    await expect(loadOnnxClassifier("nowhere.onnx", 1)).rejects.toThrow(
      "nowhere.onnx: there is no such model file",
    );
    await expect(loadOnnxClassifier(await fileWith("no model"), 1)).rejects.toThrow(
      /\.onnx: is no model that ONNX Runtime can run/,
    );
    const whole = encodeOnnx(graph());
    await expect(loadOnnxClassifier(await fileWith(whole.subarray(0, whole.length / 2)), 1)).rejects.toThrow(
      /is no model/,
    );
    const good = await fileWith(whole);
    await expect(loadOnnxClassifier(good, 784)).rejects.toThrow(/takes inputs of 1, expected 784 values/);
    const fixed = await fileWith(encodeOnnx(graph({ inputs: [{ name: "x", shape: [8, 1] }] })));
    await expect(loadOnnxClassifier(fixed, 1)).rejects.toThrow(
      /batches of 8 only, expected a free batch size/,
    );
    const scalar = await fileWith(
      encodeOnnx(
        graph({
          output: { name: "y", shape: ["batch"] },
          weights: [{ name: "w", shape: [1], values: Float32Array.of(1) }],
        }),
      ),
    );
    await expect(loadOnnxClassifier(scalar, 1)).rejects.toThrow(
      /output has shape \[.*\], expected \[batch, classes\]/,
    );
  });

  it("gives its checksum, and classes by the largest score", async () => {
    const classifier = await loadOnnxClassifier(await fileWith(encodeOnnx(graph())), 1);
    expect(classifier.identity.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Array.from(await classifier.classify(Float32Array.of(-2, 3, 0)))).toEqual([0, 1, 0]);
  });

  it("refuses NaN scores and batches that are no whole number of inputs", async () => {
    const classifier = await loadOnnxClassifier(await fileWith(encodeOnnx(graph())), 1);
    await expect(classifier.classify(Float32Array.of(NaN))).rejects.toThrow(/score NaN to class 0/);
    expect(() => largestScores(Float32Array.of(1, NaN), 1, 2)).toThrow(/score NaN to class 1/);
    const pairs = await fileWith(
      encodeOnnx(
        graph({
          inputs: [{ name: "x", shape: ["batch", 2] }],
          weights: [{ name: "w", shape: [2, 2], values: Float32Array.of(1, 0, 0, 1) }],
        }),
      ),
    );
    const two = await loadOnnxClassifier(pairs, 2);
    await expect(two.classify(new Float32Array(3))).rejects.toThrow(/multiple of 2 values, got 3/);
  });
});
