import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { loadMnist } from "../../src/datasets/mnist";
import { loadOnnxClassifier, type OnnxClassifierOptions } from "../../src/classifiers/onnx-classifier";
import { largestScores } from "../../src/classifiers/onnx-scores";
import { decodeModel, encodeModel, standardNode } from "../../src/onnx/onnx-file";
import { encodeOnnx, type OnnxGraph } from "../../src/onnx/onnx-format";
import { tensor } from "../../src/onnx/onnx-tensor";
import { fillStandardNormal } from "../../src/noise/gaussian-noise";
import { countVotes } from "../../src/sampling/count-votes";
import { noMnist } from "../datasets/mnist-available";

const MNIST_MODEL = join(__dirname, "..", "..", "models", "mnist-sigma-0.5178", "model.onnx");
const INT8_MODEL = MNIST_MODEL.replace("model.onnx", "int8.onnx");
const MNIST = { channels: 1, height: 28, width: 28 };
const ONE = { channels: 1, height: 1, width: 1 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function fileWith(content: Uint8Array | string): Promise<string> {
  const path = join(folder, `${files++}.onnx`);
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

async function load(
  change: Partial<OnnxGraph>,
  image = ONE,
  options?: OnnxClassifierOptions,
): ReturnType<typeof loadOnnxClassifier> {
  return loadOnnxClassifier(await fileWith(encodeOnnx(graph(change))), image, options);
}

function noise(count: number, dimension: number): Float32Array {
  const values = new Float32Array(count * dimension);
  fillStandardNormal(values, 7, 0, 0);
  return values;
}

describe("loading a base classifier from an ONNX file", () => {
  it("names the file and its problem", async () => {
    await expect(loadOnnxClassifier("nowhere.onnx", ONE)).rejects.toThrow(
      "nowhere.onnx: there is no such model file",
    );
    await expect(loadOnnxClassifier(await fileWith("no model"), ONE)).rejects.toThrow(
      /\.onnx: is not an ONNX model/,
    );
    const whole = encodeOnnx(graph());
    const half = await fileWith(whole.subarray(0, whole.length / 2));
    await expect(loadOnnxClassifier(half, ONE)).rejects.toThrow(/is not an ONNX model/);
    await expect(load({}, MNIST)).rejects.toThrow(
      /takes inputs of 1, expected 1 × 28 × 28, 28 × 28 × 1 or 784 values/,
    );
    await expect(
      load({
        output: { name: "y", shape: ["batch"] },
        weights: [{ name: "w", shape: [1], values: Float32Array.of(1) }],
      }),
    ).rejects.toThrow(/gives an output of shape \[64\], expected \[64, classes\]/);
  });

  it("names its checksum, and assigns the class with the largest score", async () => {
    const classifier = await load({});
    expect(classifier.identity).toMatchObject({ device: "cpu", provider: "CPUExecutionProvider" });
    expect(classifier.identity.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Array.from(await classifier.classify(Float32Array.of(-2, 3, 0)))).toEqual([0, 1, 0]);
  });

  it("refuses scores that are NaN, before sampling and during it", async () => {
    const logarithm = { operator: "Log", inputs: ["x"], output: "log" };
    const product = { operator: "MatMul", inputs: ["log", "w"], output: "y" };
    await expect(load({ nodes: [logarithm, product] })).rejects.toThrow(
      /\.onnx: the base classifier gave the score NaN to class 0/,
    );
    const classifier = await load({});
    await expect(classifier.classify(Float32Array.of(NaN))).rejects.toThrow(/score NaN to class 0/);
    expect(() => largestScores(Float32Array.of(1, NaN), 2)).toThrow(/score NaN to class 1/);
  });

  it("refuses free lengths that do not fit, and names the shape that was tried", async () => {
    const free = {
      inputs: [{ name: "x", shape: ["batch", "length"] }],
      weights: [{ name: "w", shape: [3, 2], values: new Float32Array(6) }],
    };
    await expect(load(free)).rejects.toThrow(/\.onnx: fails on inputs of shape \[64, 1\]: /);
  });

  it("refuses batches that are not a whole number of inputs", async () => {
    const classifier = await loadOnnxClassifier(MNIST_MODEL, MNIST);
    await expect(classifier.classify(new Float32Array(785))).rejects.toThrow(
      /multiple of 784 values, got 785/,
    );
  });

  it("refuses a model whose scores depend on the rest of the batch", async () => {
    const centerd = {
      nodes: [
        { operator: "ReduceMean", inputs: ["x"], output: "mean", attributes: { axes: [0], keepdims: 1 } },
        { operator: "Sub", inputs: ["x", "mean"], output: "centerd" },
        { operator: "MatMul", inputs: ["centerd", "w"], output: "y" },
      ],
    };
    await expect(load(centerd)).rejects.toThrow(
      /must not depend on the rest of its batch or on chance .* not a base classifier/,
    );
  });

  it("refuses an exact model whose scores depend on the place in the batch, however little", async () => {
    const placed = (difference: number): Promise<unknown> =>
      load({
        inputs: [{ name: "x", shape: [64, 1] }],
        output: { name: "y", shape: [64, 2] },
        nodes: [
          { operator: "QuantizeLinear", inputs: ["x", "scale"], output: "q" },
          { operator: "DequantizeLinear", inputs: ["q", "scale"], output: "d" },
          { operator: "Mul", inputs: ["d", "w"], output: "signed" },
          { operator: "Add", inputs: ["signed", "places"], output: "y" },
        ],
        weights: [
          { name: "scale", shape: [], values: Float32Array.of(1 / 128) },
          { name: "w", shape: [1, 2], values: Float32Array.of(-1, 1) },
          {
            name: "places",
            shape: [64, 2],
            values: Float32Array.from({ length: 128 }, (_, i) => (i < 64 ? 0 : difference)),
          },
        ],
      });
    await expect(placed(1e-5)).rejects.toThrow(
      /must not depend on the rest of its batch .* not a base classifier/,
    );
    await placed(0);
  });

  it("names the missing device and the available ones", async () => {
    await expect(loadOnnxClassifier(MNIST_MODEL, MNIST, { device: "cuda" })).rejects.toThrow(
      /^device cuda is not available: .*\(cpu always is; ONNX Runtime here offers cpu, webgpu/,
    );
    await expect(loadOnnxClassifier(MNIST_MODEL, MNIST, { device: "tpu" as "cpu" })).rejects.toThrow(
      /^device must be one of cpu, webgpu, cuda, got "tpu"/,
    );
  });
});

describe("images and the input of a model", () => {
  const image = { channels: 3, height: 2, width: 4 };
  /** Sixteen classes by a random matrix applied to the channels-first image. */
  const weights = [{ name: "w", shape: [24, 16], values: noise(24, 16) }];
  const scores = { operator: "MatMul", inputs: ["flat", "w"], output: "y" };
  const flatten = { operator: "Flatten", inputs: ["first"], output: "flat" };
  const output = { name: "y", shape: ["batch", 16] };
  const channelsFirst = {
    inputs: [{ name: "first", shape: ["batch", 3, 2, 4] }],
    nodes: [flatten, scores],
    weights,
    output,
  };

  it("height × width × channels and flat inputs get the same image", async () => {
    const inputs = noise(50, 24);
    const expected = await (await load(channelsFirst, image)).classify(inputs);
    expect(new Set(expected).size).toBeGreaterThan(5);
    const channelsLast = await load(
      {
        ...channelsFirst,
        inputs: [{ name: "last", shape: ["batch", 2, 4, 3] }],
        nodes: [
          { operator: "Transpose", inputs: ["last"], output: "first", attributes: { perm: [0, 3, 1, 2] } },
          flatten,
          scores,
        ],
      },
      image,
    );
    expect(await channelsLast.classify(inputs)).toEqual(expected);
    const flat = await load(
      { ...channelsFirst, inputs: [{ name: "flat", shape: ["batch", 24] }], nodes: [scores] },
      image,
    );
    expect(await flat.classify(inputs)).toEqual(expected);
    const free = await load(
      { ...channelsFirst, inputs: [{ name: "first", shape: ["batch", 3, "height", "width"] }] },
      image,
    );
    expect(await free.classify(inputs)).toEqual(expected);
  });

  it("normalization per channel equals that of a model which includes it", async () => {
    const [mean, std] = [
      [0.5, -0.25, 0.1],
      [0.25, 0.5, 2],
    ];
    const inputs = noise(50, 24);
    const plain = await (await load(channelsFirst, image)).classify(inputs);
    const outside = await load(channelsFirst, image, { normalization: { mean, std } });
    const inside = await load(
      {
        ...channelsFirst,
        inputs: [{ name: "raw", shape: ["batch", 3, 2, 4] }],
        weights: [
          ...weights,
          { name: "mean", shape: [3, 1, 1], values: Float32Array.from(mean) },
          { name: "std", shape: [3, 1, 1], values: Float32Array.from(std) },
        ],
        nodes: [
          { operator: "Sub", inputs: ["raw", "mean"], output: "centerd" },
          { operator: "Div", inputs: ["centerd", "std"], output: "first" },
          flatten,
          scores,
        ],
      },
      image,
    );
    const expected = await inside.classify(inputs);
    expect(await outside.classify(inputs)).toEqual(expected);
    expect(expected).not.toEqual(plain);
    expect(outside.identity).toMatchObject({ mean: "0.5 -0.25 0.1", std: "0.25 0.5 2" });
    await expect(load(channelsFirst, image, { normalization: { mean, std: [1, 0, 1] } })).rejects.toThrow(
      /std must be 3 positive numbers, one for each channel, got \[1, 0, 1\]/,
    );
    for (const [normalization, message] of [
      [{ mean }, "std must be 3 positive numbers, one for each channel, got undefined"],
      [{ mean: 0.5, std }, "mean must be 3 numbers, one for each channel, got 0.5"],
      [{ mean, sd: std }, 'normalization has no option "sd"; its options are mean, std'],
    ] as const) {
      await expect(load(channelsFirst, image, { normalization: normalization as never })).rejects.toThrow(
        message,
      );
    }
  });

  it("a model with a fixed batch size always gets batches of that size", async () => {
    const fixed = await load({ ...channelsFirst, inputs: [{ name: "first", shape: [7, 3, 2, 4] }] }, image);
    const inputs = noise(50, 24);
    expect(fixed.batchSize).toBe(7);
    expect(await fixed.classify(inputs)).toEqual(await (await load(channelsFirst, image)).classify(inputs));
    const other = load({ ...channelsFirst, inputs: [{ name: "first", shape: [7, 3, 2, 4] }] }, image, {
      setup: { batchSize: 8 },
    });
    await expect(other).rejects.toThrow(/takes batches of 7 only, got batchSize 8/);
  });
});

describe("the setup of ONNX Runtime", () => {
  it("does not change any vote of an integer model, and is not part of its identity", async () => {
    const x = new Float32Array(784).fill(0.3);
    const samples = { seed: 1, input: 0, first: 0, count: 1500 };
    const usual = await loadOnnxClassifier(INT8_MODEL, MNIST);
    const expected = await countVotes(usual, x, 1, samples);
    expect(expected.filter((count) => count > 0).length).toBeGreaterThan(3);
    for (const setup of [
      { workers: 1, threads: 1, batchSize: 1 },
      { workers: 3, threads: 1, batchSize: 17 },
      { workers: 1, threads: 2, batchSize: 256 },
    ]) {
      const classifier = await loadOnnxClassifier(INT8_MODEL, MNIST, { setup });
      expect(await countVotes(classifier, x, 1, samples)).toEqual(expected);
      expect(classifier.identity).toEqual(usual.identity);
      await classifier.close();
    }
    await usual.close();
  });

  it("is part of a floating-point model's identity, and by default the same on every machine", async () => {
    const identityWith = async (setup?: OnnxClassifierOptions["setup"]): Promise<Record<string, string>> => {
      const classifier = await loadOnnxClassifier(MNIST_MODEL, MNIST, { setup });
      await classifier.close();
      return classifier.identity;
    };
    const usual = await identityWith();
    expect(usual).toMatchObject({ batchSize: "64", threads: "1" });
    expect(await identityWith("measured")).toEqual(usual);
    expect(await identityWith({ workers: 1 })).toEqual(usual);
    expect(await identityWith({ workers: 1, batchSize: 1 })).toEqual({ ...usual, batchSize: "1" });
    expect(await identityWith({ workers: 1, threads: 2 })).toEqual({ ...usual, threads: "2" });
  });

  it("is part of an integer model's identity if sums with its weights may saturate", async () => {
    const identityWith = async (weight: number): Promise<Record<string, string>> => {
      const model = decodeModel(encodeOnnx(graph()));
      model.graph.initializer = [
        tensor("scale", [], Float32Array.of(1 / 255)),
        tensor("zero", [], Uint8Array.of(0)),
        tensor("w", [1, 2], Int8Array.of(weight, 1)),
        tensor("w zero", [], Int8Array.of(0)),
      ];
      model.graph.node = [
        standardNode("QuantizeLinear", ["x", "scale", "zero"], "levels"),
        standardNode(
          "QLinearMatMul",
          ["levels", "scale", "zero", "w", "scale", "w zero", "scale", "zero"],
          "sum",
        ),
        standardNode("DequantizeLinear", ["sum", "scale", "zero"], "y"),
      ];
      const classifier = await loadOnnxClassifier(await fileWith(encodeModel(model)), ONE);
      await classifier.close();
      return classifier.identity;
    };
    for (const weight of [64, -64]) expect(await identityWith(weight)).not.toHaveProperty("batchSize");
    for (const weight of [65, -65])
      expect(await identityWith(weight)).toMatchObject({ batchSize: "64", threads: "1" });
  });

  it("gives every batch the same shape", async () => {
    // The score of class 0 is how many inputs are in a batch, less 7; that of class 1 is 0.
    const model = decodeModel(encodeOnnx(graph()));
    model.graph.node = [
      standardNode("Shape", ["x"], "shape"),
      standardNode("Slice", ["shape", "first", "second"], "size"),
      standardNode("Cast", ["size"], "count", { to: 1 }),
      standardNode("Sub", ["count", "seven"], "more"),
      standardNode("Mul", ["x", "zero"], "nothing"),
      standardNode("Add", ["nothing", "more"], "score"),
      standardNode("Concat", ["score", "nothing"], "y", { axis: 1 }),
    ];
    model.graph.initializer = [
      tensor("first", [1], BigInt64Array.of(0n)),
      tensor("second", [1], BigInt64Array.of(1n)),
      tensor("seven", [], Float32Array.of(7)),
      tensor("zero", [], Float32Array.of(0)),
    ];
    const path = await fileWith(encodeModel(model));
    for (const [batchSize, expected] of [
      [7, 0],
      [6, 1],
      [8, 0],
    ]) {
      const classifier = await loadOnnxClassifier(path, ONE, { setup: { workers: 1, batchSize } });
      expect(classifier.identity.batchSize).toBe(String(batchSize));
      for (const count of [1, 5, 7, 8, 20]) {
        expect(new Set(await classifier.classify(noise(count, 1)))).toEqual(new Set([expected]));
      }
      await classifier.close();
    }
  });

  it("is measured on request for an integer model, within the machine's limits", async () => {
    const { setup, close } = await loadOnnxClassifier(INT8_MODEL, MNIST, { setup: "measured" });
    expect(setup.workers * setup.threads).toBeGreaterThan(0);
    expect([16, 32, 64, 128, 256]).toContain(setup.batchSize);
    await close();
  });

  it.each([
    [{ workers: 0 }, MNIST, /workers must be an integer from 1 to \d+, got 0/],
    [{ workers: 100_000 }, MNIST, /workers must be an integer from 1 to \d+, got 100000/],
    [{ threads: 1_000_000 }, MNIST, /threads must be an integer from 1 to \d+, got 1000000/],
    [{ batchSize: 1_000_000 }, MNIST, /batchSize must be an integer from 1 to 4096, got 1000000/],
    [{ batchSize: NaN }, MNIST, /batchSize must be an integer from 1 to 4096, got NaN/],
    [
      { workers: 16, batchSize: 4096 },
      { channels: 3, height: 224, width: 224 },
      /16 workers with batches of 4096 inputs need more memory than this machine has/,
    ],
  ])("out of range is refused at once, naming it: %j", async (setup, image, message) => {
    const { channels, height, width } = image;
    const path = await fileWith(
      encodeOnnx(graph({ inputs: [{ name: "x", shape: ["batch", channels, height, width] }] })),
    );
    const before = process.memoryUsage().rss;
    await expect(loadOnnxClassifier(path, image, { setup })).rejects.toThrow(message);
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
  });
});

describe("a likely mistake", () => {
  afterEach(() => void vi.restoreAllMocks());
  const warnings = () => vi.spyOn(console, "warn").mockImplementation(() => {});

  it("causes one warning: values outside [0, 1]", async () => {
    const warn = warnings();
    const classifier = await loadOnnxClassifier(INT8_MODEL, MNIST, { setup: { workers: 1 } });
    const samples = { seed: 1, input: 0, first: 0, count: 10 };
    await countVotes(classifier, new Float32Array(784).fill(1), 0.5, samples);
    expect(warn).not.toHaveBeenCalled();
    for (let i = 0; i < 2; i++)
      await countVotes(classifier, new Float32Array(784).fill(200, 3, 4), 0.5, samples);
    expect(warn.mock.calls).toEqual([
      [
        "warning: an input of int8.onnx has values from 0 to 200, expected pixels in [0, 1] (divide bytes by 255)",
      ],
    ]);
    const other = await loadOnnxClassifier(INT8_MODEL, MNIST, { setup: { workers: 1 }, levels: 1 });
    await countVotes(other, new Float32Array(784).fill(200), 50, samples);
    expect(warn).toHaveBeenCalledTimes(1);
    await Promise.all([classifier.close(), other.close()]);
  });

  it.skipIf(noMnist)("is warned of: an accuracy far below the model's own log", async () => {
    const warn = warnings();
    const test = await loadMnist("test");
    const setup = { workers: 1 };
    for (const path of [INT8_MODEL, MNIST_MODEL]) {
      await (await loadOnnxClassifier(path, test, { setup })).close();
      expect(warn).not.toHaveBeenCalled();
      const normalization = { mean: [2], std: [0.5] };
      await (await loadOnnxClassifier(path, test, { setup, normalization })).close();
      expect(warn.mock.calls[0][0]).toMatch(
        /^warning: .*onnx has accuracy 0\.\d\d on mnist at σ = 0[\d.]*, but .*json says 0.9\d: does the model expect/,
      );
      warn.mockClear();
    }
  });
});

/** The Vulkan driver in software that Debian's chromium brings: WebGPU without a graphics card. */
const SOFTWARE_DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

describe.skipIf(!existsSync(SOFTWARE_DRIVER))("WebGPU", () => {
  it("classifies like the CPU, and is named in the identity, with the CPU if it computes operators", async () => {
    const program = `
      const { loadOnnxClassifier, fillStandardNormal } = require("idrs");
      const { countVotes } = require("./dist/sampling/count-votes");
      (async () => {
        const image = { channels: 1, height: 28, width: 28 };
        const inputs = new Float32Array(8 * 784);
        fillStandardNormal(inputs, 3, 0, 0);
        const classes = {};
        for (const device of ["cpu", "webgpu"]) {
          const setup = { workers: 1, batchSize: 4 };
          const classifier = await loadOnnxClassifier(${JSON.stringify(MNIST_MODEL)}, image, { device, setup });
          // Votes are counted on noisy copies that are made in other threads for WebGPU.
          const samples = { seed: 1, input: 0, first: 0, count: 10 };
          const votes = await countVotes(classifier, inputs.subarray(0, 784), 0.25, samples);
          classes[classifier.identity.provider] = [...(await classifier.classify(inputs)), ...votes];
        }
        // WebGPU has no integer operators: the processor computes those.
        const setup = { workers: 1, batchSize: 4 };
        const int8 = await loadOnnxClassifier(${JSON.stringify(INT8_MODEL)}, image, { device: "webgpu", setup });
        console.log(JSON.stringify({ ...classes, int8: int8.identity.provider }));
        process.exit();
      })();`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], {
      cwd: join(__dirname, "..", ".."),
      env: {
        ...process.env,
        VK_DRIVER_FILES: SOFTWARE_DRIVER,
        VK_ICD_FILENAMES: SOFTWARE_DRIVER,
        XDG_RUNTIME_DIR: folder,
      },
    });
    const { CPUExecutionProvider: cpu, WebGpuExecutionProvider: webgpu, int8 } = JSON.parse(stdout);
    expect(new Set(cpu).size).toBeGreaterThan(1);
    expect(webgpu).toEqual(cpu);
    expect(int8).toBe("WebGpuExecutionProvider, CPUExecutionProvider");
  });
});
