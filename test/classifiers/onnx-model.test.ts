import { copyFile, link, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { loadOnnxClassifier, type OnnxClassifierOptions } from "../../src/classifiers/onnx-classifier";
import { quantizeClassifier } from "../../src/classifiers/quantize";
import type { ImageDataset, ImageShape } from "../../src/datasets/image-dataset";
import { fillStandardNormal } from "../../src/noise/gaussian-noise";
import {
  decodeModel,
  encodeModel,
  standardNode,
  type ModelMessage,
  type NodeMessage,
} from "../../src/onnx/onnx-file";
import { encodeOnnx } from "../../src/onnx/onnx-format";
import { ELEMENT_TYPES, tensor } from "../../src/onnx/onnx-tensor";

const DIGIT: ImageShape = { channels: 1, height: 28, width: 28 };
const ONE: ImageShape = { channels: 1, height: 1, width: 1 };
const EXTERNAL = join(__dirname, "../onnx/external.onnx");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});

function noise(count: number, dimension: number): Float32Array {
  const values = new Float32Array(count * dimension);
  fillStandardNormal(values, 7, 0, 0);
  return values;
}

/** Scores −x and x of the only value of an input, and more nodes before, as a test wants. */
function sign(nodes: NodeMessage[] = [], input = "x"): ModelMessage {
  const model = decodeModel(
    encodeOnnx({
      name: "sign",
      inputs: [{ name: "x", shape: ["batch", 1] }],
      output: { name: "y", shape: ["batch", 2] },
      nodes: [{ operator: "MatMul", inputs: [input, "w"], output: "y" }],
      weights: [{ name: "w", shape: [1, 2], values: Float32Array.of(-1, 1) }],
    }),
  );
  model.graph.node = [...nodes, ...model.graph.node];
  return model;
}

async function load(
  model: ModelMessage,
  options?: OnnxClassifierOptions,
): ReturnType<typeof loadOnnxClassifier> {
  const path = join(folder, "model.onnx");
  await writeFile(path, encodeModel(model));
  return loadOnnxClassifier(path, ONE, { setup: { workers: 1 }, ...options });
}

async function classesOf(path: string, inputs: Float32Array): Promise<number[]> {
  const classifier = await loadOnnxClassifier(path, DIGIT, { setup: { workers: 1 } });
  const classes = Array.from(await classifier.classify(inputs));
  await classifier.close();
  return classes;
}

describe("weights in separate files", () => {
  const inputs = noise(64, 784).map((x) => 30 * x);

  it("are read as PyTorch's exporter writes them, from the model's folder", async () => {
    const expected = await classesOf(join(__dirname, "../onnx/dynamo.onnx"), inputs);
    expect(new Set(expected).size).toBeGreaterThan(1);
    expect(await classesOf(EXTERNAL, inputs)).toEqual(expected);
    // From a folder below, by a link inside, and with a path that says "./".
    const model = decodeModel(await readFile(EXTERNAL));
    for (const { externalData = [] } of model.graph.initializer) {
      for (const entry of externalData) if (entry.key === "location") entry.value = "./deep/er/weights";
    }
    await mkdir(join(folder, "deep/er"), { recursive: true });
    await copyFile(`${EXTERNAL}.data`, join(folder, "elsewhere"));
    await symlink("../../elsewhere", join(folder, "deep/er/weights"));
    await writeFile(join(folder, "model.onnx"), encodeModel(model));
    expect(await classesOf(join(folder, "model.onnx"), inputs)).toEqual(expected);
  });

  it("are quantized like other weights", async () => {
    const images: ImageDataset = {
      ...{ name: "noise", split: "train", ...DIGIT, count: 8, dimension: 784, classNames: ["0"] },
      ...{ pixels: Uint8Array.from({ length: 8 * 784 }, (_, i) => (i * 37) % 256), checksums: {} },
      labels: new Uint8Array(8),
    };
    const [external, inside] = await Promise.all(
      [EXTERNAL, join(__dirname, "../onnx/dynamo.onnx")].map((path) =>
        quantizeClassifier(path, { dataset: images, sigma: 0.1 }).then(({ onnx }) => onnx),
      ),
    );
    const weights = (bytes: Uint8Array) =>
      decodeModel(bytes).graph.initializer.map(({ name, rawData }) => [name, Array.from(rawData!)]);
    expect(weights(external)).toEqual(weights(inside));
    const named = decodeModel(external).metadataProps.find(({ key }) => key.endsWith("from_weights"));
    expect(named?.value).toMatch(/^external.onnx.data [0-9a-f]{64}$/);
  });

  it("are named with their checksums, so that an exchanged file is noticed", async () => {
    const identity = async (): Promise<Record<string, string>> => {
      const classifier = await loadOnnxClassifier(join(folder, "m.onnx"), DIGIT, { setup: { workers: 1 } });
      await classifier.close();
      return classifier.identity;
    };
    await copyFile(EXTERNAL, join(folder, "m.onnx"));
    await copyFile(`${EXTERNAL}.data`, join(folder, "external.onnx.data"));
    const before = await identity();
    expect(before.weights).toMatch(/^external.onnx.data [0-9a-f]{64}$/);
    const changed = await readFile(`${EXTERNAL}.data`);
    changed[40] ^= 1;
    await writeFile(join(folder, "external.onnx.data"), changed);
    const after = await identity();
    expect(after).toEqual({ ...before, weights: after.weights });
    expect(after.weights).not.toBe(before.weights);
  });

  /** The model with its weight at a location of a file with the values of the weight. */
  function external(location: string, entries: Record<string, string> = {}): ModelMessage {
    const model = sign();
    const [w] = model.graph.initializer;
    w.rawData = new Uint8Array();
    w.dataLocation = 1;
    w.externalData = Object.entries({ location, ...entries }).map(([key, value]) => ({ key, value }));
    return model;
  }

  it.each([
    [
      "/etc/passwd",
      /the weight w is in the file "\/etc\/passwd", expected a file in the model's folder or below/,
    ],
    ["../w", /is in the file "..\/w", expected a file in the model's folder/],
    ["a/../../w", /is in the file "a\/..\/..\/w", expected/],
    ["a\\..\\..\\w", /expected a file in the model's folder/],
    ["C:\\w", /expected a file in the model's folder/],
    ["", /is in the file "", expected/],
    [".", /is in the file ".", expected/],
    ["nowhere", /there is no file of weights .*nowhere/],
    ["out", /the file of weights .*out is a link to .*, outside the model's folder/],
    ["outside/w", /the file of weights .*outside\/w is a link to .*, outside the model's folder/],
    ["folder", /is a folder, expected a file/],
    ["pipe", /is a pipe, expected a file/],
    ["*/_ORT_MEM_ADDR_/*", /there is no file of weights/],
    ["a\0b", /there is no file of weights/],
  ])("are refused if they are not a file in the folder or below it: %j", async (location, message) => {
    const other = await mkdtemp(join(tmpdir(), "idrs-"));
    await writeFile(join(other, "w"), new Uint8Array(8));
    await symlink(join(other, "w"), join(folder, "out"));
    await symlink(other, join(folder, "outside"));
    await mkdir(join(folder, "folder"));
    spawnSync("mkfifo", [join(folder, "pipe")]);
    await expect(load(external(location))).rejects.toThrow(message);
  });

  it.each([
    [{ offset: "4", length: "8" }, /the weight w is at bytes 4 to 12 of w.bin, which has only 8/],
    [{ offset: "9" }, /the weight w is at bytes 9 to 8 of w.bin, which has only 8/],
    [{ length: "1e12" }, /the weight w is at bytes 0 to 1000000000000 of w.bin, which has only 8/],
    [{ offset: "-1" }, /the offset of the weight w must be a number of bytes, got "-1"/],
    [{ length: "many" }, /the length of the weight w must be a number of bytes, got "many"/],
    [{ length: "4" }, /is not a model that ONNX Runtime can run/],
  ])("are refused where they end too early: %j", async (entries, message) => {
    await writeFile(join(folder, "w.bin"), new Uint8Array(8));
    await expect(load(external("w.bin", entries))).rejects.toThrow(message);
  });

  it("may belong to a constant in a branch", async () => {
    await writeFile(join(folder, "w.bin"), new Uint8Array(Float32Array.of(-1, 1).buffer));
    const model = external("w.bin");
    const w = model.graph.initializer[0];
    const constant = standardNode("Constant", [], "v");
    constant.attribute = [{ name: "value", t: { ...w, name: "" }, type: 4 }];
    const branch = {
      ...{ name: "branch", node: [constant], initializer: [], input: [], valueInfo: [] },
      output: [{ name: "v", type: { tensorType: { elemType: 1 } } }],
    };
    const choice = standardNode("If", ["yes"], "w");
    choice.attribute = ["then_branch", "else_branch"].map((name) => ({ name, g: branch, type: 5 }));
    model.graph.initializer = [
      { name: "yes", dims: [], dataType: ELEMENT_TYPES.bool, rawData: Uint8Array.of(1) },
    ];
    model.graph.node = [choice, ...model.graph.node];
    const classifier = await load(model);
    expect(Array.from(await classifier.classify(Float32Array.of(-1, 2)))).toEqual([0, 1]);
    await classifier.close();
  });
});

describe("a model that draws random numbers", () => {
  const noisy = [
    { ...standardNode("RandomNormalLike", ["x"], "noise"), name: "jitter" },
    standardNode("Add", ["x", "noise"], "z"),
  ];
  it.each([
    [
      "in the graph",
      noisy,
      /draws random numbers \(RandomNormalLike jitter\), so it is not a base classifier$/,
    ],
    ["as uniform numbers", [standardNode("RandomUniformLike", ["x"], "z")], /\(RandomUniformLike z\)/],
    ["as a coin", [standardNode("Bernoulli", ["x"], "z")], /\(Bernoulli z\)/],
    ["as dropout that is on", [standardNode("Dropout", ["x", "ratio", "on"], "z")], /\(Dropout z\)/],
  ])("is refused by the name of the operator: %s", async (_, nodes, message) => {
    const model = sign(nodes, "z");
    model.graph.initializer.push(tensor("ratio", [], Float32Array.of(0.5)), {
      ...{ name: "on", dims: [], dataType: ELEMENT_TYPES.bool },
      rawData: Uint8Array.of(1),
    });
    await expect(load(model)).rejects.toThrow(message);
  });

  it("is refused even if the operator is in a branch or a function", async () => {
    const body = {
      ...{ name: "body", node: noisy, initializer: [], input: [], valueInfo: [] },
      output: [{ name: "z", type: { tensorType: { elemType: 1 } } }],
    };
    const choice = standardNode("If", ["yes"], "z");
    choice.attribute = ["then_branch", "else_branch"].map((name) => ({ name, g: body, type: 5 }));
    await expect(load(sign([choice], "z"))).rejects.toThrow(/\(RandomNormalLike jitter\)/);
    const deeper = standardNode("If", ["yes"], "z");
    deeper.attribute = [{ name: "then_branch", g: { ...body, node: [choice] }, type: 5 }];
    await expect(load(sign([deeper], "z"))).rejects.toThrow(/\(RandomNormalLike jitter\)/);
    const model = sign([{ ...standardNode("Jitter", ["x"], "z"), domain: "mine" }], "z");
    model.functions = [{ name: "Jitter", node: noisy }];
    await expect(load(model)).rejects.toThrow(/\(RandomNormalLike jitter\)/);
  });

  it("is not a model with inactive dropout", async () => {
    const model = sign([standardNode("Dropout", ["x", "", "off"], "z")], "z");
    model.graph.initializer = [
      ...model.graph.initializer,
      { name: "off", dims: [], dataType: ELEMENT_TYPES.bool, rawData: Uint8Array.of(0) },
    ];
    await (await load(model)).close();
    await (await load(sign([standardNode("Dropout", ["x"], "z")], "z"))).close();
  });
});

describe("a model whose scores depend on more than the input", () => {
  it.each([
    ["a trace of the mean of the batch", ["ReduceMean"], 1e-4],
    ["a trace of the largest in the batch", ["ReduceMax"], 1e-4],
    ["the inputs before it", ["CumSum"], 1],
  ])("is refused: %s", async (_, [operator], share) => {
    const nodes =
      operator === "CumSum"
        ? [standardNode("CumSum", ["x", "axis"], "all")]
        : [standardNode(operator, ["x"], "all", { axes: [0], keepdims: 1 })];
    nodes.push(standardNode("Mul", ["all", "share"], "part"), standardNode("Add", ["x", "part"], "z"));
    const model = sign(nodes, "z");
    model.graph.initializer.push(
      tensor("share", [], Float32Array.of(share)),
      tensor("axis", [], BigInt64Array.of(0n)),
    );
    await expect(load(model)).rejects.toThrow(/depend on the rest of its batch or on chance/);
  });
});

describe("inputs and outputs of a model", () => {
  it("may have half or double precision", async () => {
    for (const type of ["float16", "float64"] as const) {
      const model = sign();
      model.graph.input[0].type!.tensorType!.elemType = ELEMENT_TYPES[type];
      model.graph.output[0].type!.tensorType!.elemType = ELEMENT_TYPES[type];
      const [w] = model.graph.initializer;
      w.dataType = ELEMENT_TYPES[type];
      const bytes = type === "float16" ? Uint16Array.of(0xbc00, 0x3c00) : Float64Array.of(-1, 1);
      w.rawData = new Uint8Array(bytes.buffer);
      const classifier = await load(model);
      expect(Array.from(await classifier.classify(Float32Array.of(-2, 3, 0)))).toEqual([0, 1, 0]);
      await classifier.close();
    }
  });

  it("are chosen by name if there are several outputs", async () => {
    const model = sign();
    model.graph.node.push(standardNode("Neg", ["y"], "turned"));
    model.graph.output = [...model.graph.output, { ...model.graph.output[0], name: "turned" }];
    await expect(load(model)).rejects.toThrow(
      /the model has 2 outputs \(y, turned\), expected one: name the one with the class scores/,
    );
    await expect(load(model, { output: "z" })).rejects.toThrow(
      /the model has no output "z", only \(y, turned\)/,
    );
    const classifier = await load(model, { output: "turned" });
    expect(Array.from(await classifier.classify(Float32Array.of(-2, 3)))).toEqual([1, 0]);
    expect(classifier.identity.output).toBe("turned");
    await classifier.close();
  });

  it("are refused with a clear reason if they are not scores", async () => {
    const model = sign();
    model.graph.node.push(standardNode("ArgMax", ["y"], "class", { axis: 1, keepdims: 0 }));
    const classes = (elemType: number) => [
      { name: "class", type: { tensorType: { elemType, shape: { dim: [{ dimParam: "batch" }] } } } },
    ];
    model.graph.output = classes(ELEMENT_TYPES.int64);
    await expect(load(model)).rejects.toThrow(
      /the output class has type int64, expected class scores: export the model without its argmax/,
    );
    model.graph.output = classes(ELEMENT_TYPES.bool);
    await expect(load(model)).rejects.toThrow(
      /the output class is bool, expected float32, float16 or float64/,
    );
    model.graph.output = classes(16);
    await expect(load(model)).rejects.toThrow(/the output class is of element type 16, expected float32/);
    const bytes = sign();
    bytes.graph.input[0].type!.tensorType!.elemType = ELEMENT_TYPES.uint8;
    await expect(load(bytes)).rejects.toThrow(/the input x is uint8, expected float32, float16 or float64/);
    const shapeless = sign();
    shapeless.graph.input[0].type!.tensorType!.shape = undefined;
    await expect(load(shapeless)).rejects.toThrow(/the input x has no shape/);
  });

  it("may have scores of −∞, and any number of classes", async () => {
    // Class 0 is masked in all inputs, class 1 in those below 0: log(max(x, 0)).
    const masked = sign([standardNode("Relu", ["x"], "r"), standardNode("Log", ["r"], "l")]);
    masked.graph.initializer.push(tensor("mask", [2], Float32Array.of(-Infinity, 0)));
    masked.graph.node[2] = standardNode("Add", ["l", "mask"], "y");
    const classifier = await load(masked);
    expect(Array.from(await classifier.classify(Float32Array.of(-1, 2, 0)))).toEqual([0, 1, 0]);
    await classifier.close();

    const classCount = 70_000;
    const many = sign();
    const weights = Float32Array.from(
      { length: classCount },
      (_, c) => Math.sin(c) - (c === 66_000 ? -9 : 0),
    );
    many.graph.initializer = [tensor("w", [1, classCount], weights)];
    many.graph.output[0].type!.tensorType!.shape!.dim[1].dimValue = classCount;
    const wide = await load(many);
    expect(wide.classCount).toBe(classCount);
    expect(Array.from(await wide.classify(Float32Array.of(1)))).toEqual([66_000]);
    await wide.close();
  });
});

describe("a denoiser in front of a classifier", () => {
  const shape = { channels: 3, height: 2, width: 2 };
  /** A network of one dense layer or one operator. */
  function network(nodes: NodeMessage[], outputShape: (number | string)[]): Uint8Array {
    const model = decodeModel(
      encodeOnnx({
        name: "network",
        inputs: [{ name: "x", shape: ["batch", 3, 2, 2] }],
        output: { name: "y", shape: outputShape },
        nodes: [],
        weights: [{ name: "w", shape: [12, 5], values: noise(12, 5) }],
      }),
    );
    model.graph.node = nodes;
    model.graph.initializer.push(tensor("half", [], Float32Array.of(0.5)));
    return encodeModel(model);
  }
  const files = async (denoiser: NodeMessage[], denoised: (number | string)[]) => {
    const paths = { classifier: join(folder, "classifier.onnx"), denoiser: join(folder, "denoiser.onnx") };
    const dense = [standardNode("Flatten", ["x"], "f"), standardNode("MatMul", ["f", "w"], "y")];
    await writeFile(paths.classifier, network(dense, ["batch", 5]));
    await writeFile(paths.denoiser, network(denoiser, denoised));
    return paths;
  };

  it("changes the classifier's input before normalization, and is part of the identity", async () => {
    const { classifier, denoiser } = await files(
      [standardNode("Sub", ["x", "half"], "y")],
      ["batch", 3, 2, 2],
    );
    const normalization = { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] };
    const setup = { workers: 1 };
    const chained = await loadOnnxClassifier(classifier, shape, { denoiser, normalization, setup });
    const alone = await loadOnnxClassifier(classifier, shape, { normalization, setup });
    const inputs = noise(100, 12);
    const classes = Array.from(await chained.classify(inputs));
    expect(classes).toEqual(Array.from(await alone.classify(inputs.map((x) => x - 0.5))));
    expect(classes).not.toEqual(Array.from(await alone.classify(inputs)));
    expect(chained.identity.denoiser).toBe("denoiser.onnx");
    expect(chained.identity.denoiserSha256).toMatch(/^[0-9a-f]{64}$/);
    await Promise.all([chained.close(), alone.close()]);
  });

  it("is refused if it returns no images, draws random numbers, or is missing", async () => {
    const flat = await files([standardNode("Flatten", ["x"], "y")], ["batch", 12]);
    await expect(loadOnnxClassifier(flat.classifier, shape, { denoiser: flat.denoiser })).rejects.toThrow(
      /the denoiser .*denoiser.onnx gives an output of shape \[64, 12\], expected the shape of its input, \[64, 3, 2, 2\]/,
    );
    const random = await files([standardNode("RandomNormalLike", ["x"], "y")], ["batch", 3, 2, 2]);
    await expect(loadOnnxClassifier(random.classifier, shape, { denoiser: random.denoiser })).rejects.toThrow(
      /denoiser.onnx: draws random numbers/,
    );
    await expect(loadOnnxClassifier(flat.classifier, shape, { denoiser: "nowhere.onnx" })).rejects.toThrow(
      "nowhere.onnx: there is no such model file",
    );
  });
});

it("a link to a model counts as the model", async () => {
  await copyFile(join(__dirname, "../onnx/dynamo.onnx"), join(folder, "m.onnx"));
  await link(join(folder, "m.onnx"), join(folder, "hard.onnx"));
  await symlink("m.onnx", join(folder, "soft.onnx"));
  const [one, ...others] = await Promise.all(
    ["m.onnx", "hard.onnx", "soft.onnx"].map((name) => classesOf(join(folder, name), noise(64, 784))),
  );
  for (const other of others) expect(other).toEqual(one);
});
