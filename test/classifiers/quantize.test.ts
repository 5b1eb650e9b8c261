import { link, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { lenet, resnet20 } from "../../bench/networks";
import { compareClassifiers } from "../../src/classifiers/compare-classifiers";
import { loadOnnxClassifier } from "../../src/classifiers/onnx-classifier";
import { readOnnxModel } from "../../src/classifiers/onnx-model";
import { openScorer } from "../../src/classifiers/onnx-scores";
import { quantizeClassifier, type QuantizeOptions } from "../../src/classifiers/quantize";
import type { ImageDataset, ImageShape } from "../../src/datasets/image-dataset";
import { loadMnist } from "../../src/datasets/mnist";
import { decodeModel, encodeModel } from "../../src/onnx/onnx-file";
import { spaceToDepth } from "../../src/onnx/space-to-depth";
import { encodeOnnx, type OnnxGraph } from "../../src/onnx/onnx-format";
import { fillStandardNormal } from "../../src/noise/gaussian-noise";
import { noMnist } from "../datasets/mnist-available";

const DIGIT: ImageShape = { channels: 1, height: 28, width: 28 };
const COLOR: ImageShape = { channels: 3, height: 32, width: 32 };
const PROJECT = join(__dirname, "../..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});

async function fileWith(content: Uint8Array): Promise<string> {
  const path = join(folder, `${Math.random()}.onnx`);
  await writeFile(path, content);
  return path;
}

/** Images of smooth stripes, or of a list of bytes over and over. */
function images(shape: ImageShape, count: number, bytes?: number[]): ImageDataset {
  const dimension = shape.channels * shape.height * shape.width;
  const pixels = Uint8Array.from({ length: count * dimension }, (_, i) =>
    bytes ? bytes[i % bytes.length] : 127.5 + 127 * Math.sin(i / (3 + Math.floor(i / dimension))),
  );
  const rest = { labels: new Uint8Array(count), classNames: ["0"], checksums: {} };
  return { name: "stripes", split: "train", ...shape, count, dimension, pixels, ...rest };
}

/** A graph of one input of a shape, and weights drawn at random or all the same. */
function graph(
  inputShape: number[],
  nodes: OnnxGraph["nodes"],
  weightShapes: Record<string, number[]>,
  classes = 4,
  weight?: number,
): Uint8Array {
  const weights = Object.entries(weightShapes).map(([name, shape], i) => {
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    if (weight === undefined) fillStandardNormal(values, 5, i, 0);
    else values.fill(weight);
    return { name, shape, values };
  });
  const inputs = [{ name: "x", shape: ["batch", ...inputShape] }];
  return encodeOnnx({
    name: "test",
    inputs,
    output: { name: "y", shape: ["batch", classes] },
    nodes,
    weights,
  });
}

/** The operators that ONNX Runtime really runs, and how many of each. */
async function fusedOperators(model: Uint8Array): Promise<Record<string, number>> {
  const optimizedModelFilePath = join(folder, `${Math.random()}.onnx`);
  await InferenceSession.create(model, {
    graphOptimizationLevel: "all",
    optimizedModelFilePath,
    logSeverityLevel: 4,
  });
  const counts: Record<string, number> = {};
  for (const { opType } of decodeModel(await readFile(optimizedModelFilePath)).graph.node) {
    counts[opType] = (counts[opType] ?? 0) + 1;
  }
  return counts;
}

async function scoresOf(path: string, shape: ImageShape, batch: Float32Array): Promise<Float32Array> {
  const count = batch.length / (shape.channels * shape.height * shape.width);
  const model = await readOnnxModel(path, shape);
  const size = model.fixedBatch ?? count;
  const scorer = await openScorer(model, 1, size);
  try {
    return (await scorer.score(batch)).scores;
  } finally {
    await scorer.release();
  }
}

/** Root mean square of the errors of scores over that of the scores. */
async function scoreError(float: string, quantized: string, dataset: ImageDataset): Promise<number> {
  const batch = Float32Array.from(dataset.pixels, (byte) => byte / 255);
  const [expected, actual] = [
    await scoresOf(float, dataset, batch),
    await scoresOf(quantized, dataset, batch),
  ];
  const squares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(actual.map((value, i) => value - expected[i])) / squares(expected));
}

async function quantized(
  path: string,
  options: QuantizeOptions,
): Promise<{ bytes: Uint8Array; path: string }> {
  const { onnx: bytes } = await quantizeClassifier(path, options);
  return { bytes, path: await fileWith(bytes) };
}

describe.skipIf(noMnist)("the shipped MNIST classifier, quantized", () => {
  it("votes as before with a quarter of the size", async () => {
    const float = join(PROJECT, "models/mnist-sigma-0.5178/model.onnx");
    const options = { dataset: await loadMnist("train"), sigma: 0.5178 };
    const { bytes, path } = await quantized(float, options);
    expect(Buffer.from(bytes).equals((await quantizeClassifier(float, options)).onnx)).toBe(true);
    const size = (await readFile(float)).length;
    expect(bytes.length / size).toBeLessThan(0.28);

    const test = await loadMnist("test");
    const classifiers = [await loadOnnxClassifier(float, test), await loadOnnxClassifier(path, test)];
    const [one, other] = classifiers;
    const { agreement, accuracies } = await compareClassifiers(one, other, test, 0.5178, 1);
    await Promise.all(classifiers.map((classifier) => classifier.close()));
    expect(agreement).toBeGreaterThan(0.995);
    expect(accuracies[0]).toBeGreaterThan(0.96);
    expect(Math.abs(accuracies[1] - accuracies[0])).toBeLessThan(0.002);

    const properties = Object.fromEntries(
      decodeModel(bytes).metadataProps.map(({ key, value }) => [key, value]),
    );
    expect(properties).toMatchObject({
      "idrs.quantized_from_sha256": one.identity.sha256,
      "idrs.calibration_images": "256 of mnist train, evenly spaced",
      "idrs.calibration_sigma": "0.5178",
      "idrs.calibration_seed": "0",
    });
  });
});

describe("a quantized network", () => {
  it("is computed in integers from the image to the scores", async () => {
    const small = await quantized(await fileWith(lenet()), { dataset: images(DIGIT, 8), sigma: 0.25 });
    expect(await fusedOperators(small.bytes)).toEqual({
      QuantizeLinear: 1,
      Reshape: 4,
      Transpose: 2,
      QLinearConv: 2,
      NhwcMaxPool: 2,
      Flatten: 1,
      QGemm: 2,
    });
    const float = await fileWith(resnet20());
    const dataset = images(COLOR, 8);
    const residual = await quantized(float, { dataset, sigma: 0.25 });
    expect(await fusedOperators(residual.bytes)).toEqual({
      QuantizeLinear: 1,
      Transpose: 2,
      QLinearConv: 21,
      QLinearAdd: 9,
      QLinearGlobalAveragePool: 1,
      Flatten: 1,
      QGemm: 1,
    });
    expect(await scoreError(float, residual.path, dataset)).toBeLessThan(0.1);
  });

  const pooled = (pads: number[], pool: object = {}): OnnxGraph["nodes"] => [
    { operator: "Conv", inputs: ["x", "w", "b"], output: "c", attributes: { pads } },
    { operator: "Relu", inputs: ["c"], output: "r" },
    {
      operator: "MaxPool",
      inputs: ["r"],
      output: "p",
      attributes: { kernel_shape: [2, 2], strides: [2, 2], ...pool },
    },
    { operator: "Flatten", inputs: ["p"], output: "f" },
    { operator: "Gemm", inputs: ["f", "v"], output: "y" },
  ];
  it.each([
    { what: "3 × 3", kernel: 3, pad: 1, rewritten: true, outputs: 4 * 3 },
    { what: "5 × 5", kernel: 5, pad: 2, rewritten: true, outputs: 4 * 3 },
    { what: "7 × 7", kernel: 7, pad: 3, rewritten: true, outputs: 4 * 3 },
    { what: "1 × 1", kernel: 1, pad: 0, rewritten: true, outputs: 4 * 3 },
    { what: "5 × 5 without padding", kernel: 5, pad: 0, rewritten: false, outputs: 2 * 1 },
    {
      what: "overlapping maxima",
      kernel: 3,
      pad: 1,
      pool: { strides: [1, 1] },
      rewritten: false,
      outputs: 35,
    },
  ])(
    "computes a first convolution of gray images on blocks of pixels where that gives the same: $what",
    async ({ kernel, pad, pool, rewritten, outputs }) => {
      const nodes = pooled([pad, pad, pad, pad], pool);
      const shapes = { w: [6, 1, kernel, kernel], b: [6], v: [6 * outputs, 4] };
      const content = graph([1, 8, 6], nodes, shapes);
      const dataset = images({ channels: 1, height: 8, width: 6 }, 16);
      const float = await fileWith(content);
      const changed = decodeModel(content);
      spaceToDepth(changed.graph, dataset);
      const batch = Float32Array.from(dataset.pixels, (byte) => byte / 255);
      const [expected, actual] = [
        await scoresOf(float, dataset, batch),
        await scoresOf(await fileWith(encodeModel(changed)), dataset, batch),
      ];
      expect(changed.graph.node.length > nodes.length).toBe(rewritten);
      expected.forEach((score, i) =>
        expect(Math.abs(actual[i] - score)).toBeLessThan(1e-5 * Math.max(1, Math.abs(score))),
      );
      const { path } = await quantized(float, { dataset, sigma: 0, images: 16 });
      expect(await scoreError(float, path, dataset)).toBeLessThan(0.03);
    },
  );

  // The largest sums there can be: without room for them, a processor without VNNI cuts off at 2¹⁵ − 1.
  const dense = [
    { operator: "Flatten", inputs: ["x"], output: "f" },
    { operator: "Gemm", inputs: ["f", "v"], output: "y" },
  ];
  const convolution = [
    { operator: "Conv", inputs: ["x", "w"], output: "c" },
    { operator: "Flatten", inputs: ["c"], output: "f" },
    { operator: "Gemm", inputs: ["f", "v"], output: "y" },
  ];
  const largest: {
    what: string;
    channels: number;
    nodes: OnnxGraph["nodes"];
    weights: Record<string, number[]>;
  }[] = [
    { what: "convolution", channels: 16, nodes: convolution, weights: { w: [16, 16, 4, 4], v: [16, 2] } },
    { what: "convolution", channels: 3, nodes: convolution, weights: { w: [16, 3, 4, 4], v: [16, 2] } },
    { what: "dense layer", channels: 3, nodes: dense, weights: { v: [48, 2] } },
  ];
  it.each(largest)(
    "sums the largest products exactly: $what of $channels channels",
    async ({ channels, nodes, weights }) => {
      const dataset = images({ channels, height: 4, width: 4 }, 1, [255]);
      const float = await fileWith(graph([channels, 4, 4], nodes, weights, 2, 1));
      const { path } = await quantized(float, { dataset, sigma: 0 });
      const scores = await scoresOf(path, dataset, new Float32Array(dataset.dimension).fill(1));
      const expected = nodes === convolution ? dataset.dimension * 16 : dataset.dimension;
      for (const score of scores) expect(Math.abs(score / expected - 1)).toBeLessThan(1e-6);
    },
  );

  it("takes images in the layout and normalization of the float model", async () => {
    const nodes: OnnxGraph["nodes"] = [
      { operator: "Transpose", inputs: ["x"], output: "t", attributes: { perm: [0, 3, 1, 2] } },
      { operator: "Conv", inputs: ["t", "w", "b"], output: "c", attributes: { pads: [1, 1, 1, 1] } },
      { operator: "Relu", inputs: ["c"], output: "r" },
      { operator: "GlobalAveragePool", inputs: ["r"], output: "g" },
      { operator: "Flatten", inputs: ["g"], output: "f" },
      { operator: "MatMul", inputs: ["f", "v"], output: "m" },
      { operator: "Add", inputs: ["m", "a"], output: "y" },
    ];
    const shapes = { w: [8, 3, 3, 3], b: [8], v: [8, 4], a: [4] };
    const float = await fileWith(graph([6, 5, 3], nodes, shapes));
    const dataset = images({ channels: 3, height: 6, width: 5 }, 16);
    const plain = await quantized(float, { dataset, sigma: 0 });
    expect(await scoreError(float, plain.path, dataset)).toBeLessThan(0.03);

    const normalization = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.2, 0.2] };
    const normalized = await quantized(float, { dataset, sigma: 0, normalization });
    const scale = (bytes: Uint8Array): Uint8Array | undefined =>
      decodeModel(bytes).graph.initializer.find(({ name }) => name === "x/scale")?.rawData;
    expect(scale(normalized.bytes)).not.toEqual(scale(plain.bytes));
  });

  it.each(["torchscript.onnx", "dynamo.onnx"])(
    "leaves operators without an integer form in floating point: %s of PyTorch",
    async (name) => {
      const float = join(PROJECT, "test/onnx", name);
      const dataset = images(DIGIT, 32);
      const { bytes, path } = await quantized(float, { dataset, sigma: 0.1, images: 32 });
      const operators = await fusedOperators(bytes);
      expect(operators).toMatchObject({ QLinearConv: 4, QLinearAdd: 1, QGemm: 2 });
      expect(operators).toMatchObject({ Sub: 1, Div: 1, LeakyRelu: 1, QuantizeLinear: 2 });
      expect(operators).not.toHaveProperty("Conv");
      expect(await scoreError(float, path, dataset)).toBeLessThan(0.05);
    },
  );

  it("leaves a convolution that gives the scores in floating point", async () => {
    const nodes: OnnxGraph["nodes"] = [
      { operator: "Conv", inputs: ["x", "w"], output: "c" },
      { operator: "Sigmoid", inputs: ["c"], output: "s" },
      { operator: "Conv", inputs: ["s", "v"], output: "d", attributes: { kernel_shape: [4, 4] } },
      { operator: "Flatten", inputs: ["d"], output: "y" },
    ];
    const float = await fileWith(graph([1, 6, 6], nodes, { w: [8, 1, 3, 3], v: [4, 8, 4, 4] }));
    const dataset = images({ channels: 1, height: 6, width: 6 }, 16);
    const { bytes, path } = await quantized(float, { dataset, sigma: 0.1, images: 16 });
    expect(await fusedOperators(bytes)).toMatchObject({ QLinearConv: 1, Conv: 1, Flatten: 1 });
    expect(await scoreError(float, path, dataset)).toBeLessThan(0.05);
  });

  it("follows each output of an operator with several", async () => {
    const nodes: OnnxGraph["nodes"] = [
      { operator: "Conv", inputs: ["x", "w"], output: "c" },
      { operator: "Split", inputs: ["c"], output: "one", attributes: { axis: 1 } },
      { operator: "Conv", inputs: ["two", "v"], output: "d" },
      { operator: "Conv", inputs: ["one", "u"], output: "e" },
      { operator: "Add", inputs: ["d", "e"], output: "s" },
      { operator: "Flatten", inputs: ["s"], output: "f" },
      { operator: "Gemm", inputs: ["f", "g"], output: "y" },
    ];
    const weights = { w: [8, 1, 3, 3], v: [4, 4, 4, 4], u: [4, 4, 4, 4], g: [4, 4] };
    const model = decodeModel(graph([1, 6, 6], nodes, weights));
    model.graph.node[1].output.push("two");
    const float = await fileWith(encodeModel(model));
    const dataset = images({ channels: 1, height: 6, width: 6 }, 16);
    const { bytes, path } = await quantized(float, { dataset, sigma: 0.1, images: 16 });
    expect(await fusedOperators(bytes)).toMatchObject({ QLinearConv: 3, QGemm: 1 });
    expect(await scoreError(float, path, dataset)).toBeLessThan(0.08);
  });

  it("keeps a pooling whose places are used", async () => {
    const nodes: OnnxGraph["nodes"] = [
      { operator: "Conv", inputs: ["x", "w"], output: "c", attributes: { pads: [1, 1, 1, 1] } },
      {
        operator: "MaxPool",
        inputs: ["c"],
        output: "p",
        attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      },
      { operator: "Shape", inputs: ["places"], output: "shape" },
      { operator: "Reshape", inputs: ["p", "shape"], output: "r" },
      { operator: "Conv", inputs: ["r", "v"], output: "d" },
      { operator: "Flatten", inputs: ["d"], output: "y" },
    ];
    const model = decodeModel(graph([1, 6, 6], nodes, { w: [8, 1, 3, 3], v: [4, 8, 3, 3] }));
    model.graph.node[1].output.push("places");
    const float = await fileWith(encodeModel(model));
    const dataset = images({ channels: 1, height: 6, width: 6 }, 16);
    const { path } = await quantized(float, { dataset, sigma: 0.1, images: 16 });
    expect(await scoreError(float, path, dataset)).toBeLessThan(0.05);
  });

  it("survives weights of zero and biases much larger than weights", async () => {
    const nodes: OnnxGraph["nodes"] = [
      { operator: "Gemm", inputs: ["x", "w", "b"], output: "h" },
      { operator: "Relu", inputs: ["h"], output: "r" },
      { operator: "Gemm", inputs: ["r", "v"], output: "y" },
    ];
    const model = decodeModel(graph([36], nodes, { w: [36, 4], b: [4], v: [4, 4] }));
    const [w, b] = model.graph.initializer.map(
      ({ rawData }) => new Float32Array(Uint8Array.from(rawData!).buffer),
    );
    for (let i = 0; i < w.length; i++) w[i] *= [1, 0, 1e-9, 0][i % 4];
    b.set([0.1, 2, -3e4, 0]);
    model.graph.initializer[0].rawData = new Uint8Array(w.buffer);
    model.graph.initializer[1].rawData = new Uint8Array(b.buffer);
    const float = await fileWith(encodeModel(model));
    const dataset = images({ channels: 1, height: 6, width: 6 }, 16);
    const { path } = await quantized(float, { dataset, sigma: 0.1, images: 16 });
    expect(await scoreError(float, path, dataset)).toBeLessThan(0.03);
  });
});

describe("quantizing a classifier", () => {
  const dataset = images({ channels: 1, height: 1, width: 2 }, 4);
  const dense = [{ operator: "MatMul", inputs: ["x", "w"], output: "y" }];

  it("refuses models that it cannot quantize, naming the file and the reason", async () => {
    const good = graph([2], dense, { w: [2, 4] });
    const refuse = async (model: Uint8Array, reason: RegExp): Promise<void> => {
      const path = await fileWith(model);
      const error: Error = await quantizeClassifier(path, { dataset, sigma: 0.1, images: 4 }).then(
        () => new Error("it was not refused"),
        (error) => error,
      );
      expect(error.message).toMatch(reason);
      expect(error.message.startsWith(`${path}: `)).toBe(true);
      expect(error.message).not.toContain("\n");
    };
    await refuse(Buffer.from("no model"), /is not an ONNX model/);
    await refuse(good.subarray(0, good.length / 2), /is not an ONNX model/);

    const old = decodeModel(good);
    old.opsetImport = [{ domain: "", version: 12 }];
    await refuse(encodeModel(old), /uses operator set 12, expected 13 or higher$/);

    const twice = await quantizeClassifier(await fileWith(good), { dataset, sigma: 0.1, images: 4 });
    await refuse(twice.onnx, /is already quantized \(QuantizeLinear x\/quantized\)$/);

    // A weight that is computed from the input, and one that is another input.
    const computed = [
      { operator: "Flatten", inputs: ["x"], output: "f" },
      { operator: "Transpose", inputs: ["f"], output: "t" },
      { operator: "MatMul", inputs: ["f", "t"], output: "y" },
    ];
    await refuse(
      graph([2], computed, {}),
      /no convolution or dense layer with constant weights to quantize$/,
    );
    const given = decodeModel(good);
    given.graph.input = [...given.graph.input, { ...given.graph.input[0], name: "w" }];
    given.graph.initializer = [];
    await refuse(encodeModel(given), /the model has 2 inputs \(x, w\), expected one$/);

    const broken = decodeModel(good);
    broken.graph.initializer[0].rawData = new Uint8Array(Float32Array.of(1, NaN, 1, 1, 1, 1, 1, 1).buffer);
    await refuse(encodeModel(broken), /the weight w and its bias must be finite, got a value that is not$/);

    const huge: OnnxGraph["nodes"] = [
      { operator: "MatMul", inputs: ["x", "w"], output: "h" },
      { operator: "MatMul", inputs: ["h", "v"], output: "y" },
    ];
    const overflowing = graph([2], huge, { w: [2, 4], v: [4, 4] }, 4, 3e38);
    await refuse(overflowing, /the values of tensor h must be finite, got .* to Infinity$/);
  });

  it("refuses weights of another precision, saying what to do", async () => {
    const half = decodeModel(graph([2], dense, { w: [2, 4] }));
    half.graph.input[0].type!.tensorType!.elemType = 10;
    half.graph.output[0].type!.tensorType!.elemType = 10;
    Object.assign(half.graph.initializer[0], { dataType: 10, rawData: new Uint8Array(16) });
    const path = await fileWith(encodeModel(half));
    await expect(quantizeClassifier(path, { dataset, sigma: 0.1, images: 4 })).rejects.toThrow(
      /has weights in float16 \(w\): export it in float32 to quantize it$/,
    );
  });

  it("never overwrites its sources, not even through links, and checks first that it can write", async () => {
    const real = await mkdtemp(join(folder, "real-"));
    const content = graph([2], dense, { w: [2, 4] });
    const source = decodeModel(content);
    const [w] = source.graph.initializer;
    await writeFile(join(real, "w.json"), w.rawData!);
    Object.assign(w, { rawData: new Uint8Array(), dataLocation: 1 });
    w.externalData = [{ key: "location", value: "w.json" }];
    await writeFile(join(real, "m.onnx"), encodeModel(source));
    await symlink(real, `${real}-link`);
    await link(join(real, "m.onnx"), join(real, "hard.onnx"));
    await symlink("m.onnx", join(real, "soft.onnx"));
    const before = await Promise.all((await readdir(real)).map((name) => readFile(join(real, name))));
    const into = (out: string) =>
      quantizeClassifier(join(real, "m.onnx"), { dataset, sigma: 0.1, images: 4, out });
    for (const out of [`${real}/m.onnx`, `${real}-link/m.onnx`, `${real}/hard.onnx`, `${real}/soft.onnx`]) {
      await expect(into(out)).rejects.toThrow(
        /m.onnx, from which the quantized model is made: give another file$/,
      );
    }
    for (const out of [`${real}/w.onnx`, `${real}-link/w.onnx`, `${real}/w.json`]) {
      await expect(into(out)).rejects.toThrow(
        /w.json, from which the quantized model is made: give another file$/,
      );
    }
    for (const out of [`${real}/no/where.onnx`, real, "/proc/q.onnx", `${real}/m.onnx/q.onnx`]) {
      await expect(into(out)).rejects.toThrow(`${out}: cannot be written`);
    }
    const after = await Promise.all((await readdir(real)).map((name) => readFile(join(real, name))));
    expect(after).toEqual(before);
    await into(`${real}-link/q.onnx`);
    expect((await readdir(real)).sort()).toEqual([
      "hard.onnx",
      "m.onnx",
      "q.json",
      "q.onnx",
      "soft.onnx",
      "w.json",
    ]);
  });

  it("refuses numbers out of range", async () => {
    const path = await fileWith(graph([2], dense, { w: [2, 4] }));
    for (const options of [
      { sigma: -1 },
      { sigma: NaN },
      { sigma: 1, images: 0 },
      { sigma: 1, images: 5 },
      { sigma: 1, seed: 0.5 },
    ]) {
      await expect(quantizeClassifier(path, { dataset, images: 4, ...options })).rejects.toThrow(RangeError);
    }
  });
});
