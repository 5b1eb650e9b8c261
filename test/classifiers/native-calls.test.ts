import { spawn } from "node:child_process";
import { writeFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeModel, encodeModel, standardNode } from "../../src/onnx/onnx-file";
import { encodeOnnx } from "../../src/onnx/onnx-format";
import { ELEMENT_TYPES, tensor } from "../../src/onnx/onnx-tensor";
import { noMnist } from "../datasets/mnist-available";

const PROJECT = join(__dirname, "../..");

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  err: string;
}

/** Runs a program, and does something after a time. */
function run(
  args: string[],
  seconds = Infinity,
  after: (kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: PROJECT });
    let err = "";
    child.stderr.on("data", (data) => (err += String(data)));
    child.on("close", (code, signal) => resolve({ code, signal, err }));
    if (seconds < Infinity) setTimeout(() => after((signal) => child.kill(signal)), 1000 * seconds);
  });
}

/** A program with a classifier that four batches are in flight of, all the time. */
function busy(end: string): string[] {
  return [
    "-e",
    `const { loadOnnxClassifier } = require("idrs");
    (async () => {
      const image = { channels: 1, height: 28, width: 28 };
      const model = "models/mnist-sigma-0.5/model.onnx";
      const classifier = await loadOnnxClassifier(model, image, { setup: { workers: 2 } });
      const batch = new Float32Array(64 * 784);
      const keepBusy = async () => { for (;;) await classifier.classify(batch); };
      const all = Promise.allSettled([1, 2, 3, 4].map(keepBusy));
      await new Promise((resolve) => setTimeout(resolve, 40 + 40 * Math.random()));
      ${end}
    })();`,
  ];
}

describe("a program that ends while a classifier is running", () => {
  it.each([
    ["process.exit(0)", "process.exit(0);", 0, /^$/],
    [
      "process.exit(3) before the workers are ready",
      "loadOnnxClassifier(model, image); process.exit(3);",
      3,
      /^$/,
    ],
    ["an error that nobody catches", `throw new Error("thrown");`, 1, /Error: thrown/],
    ["an error in a callback", `setTimeout(() => { throw new Error("late"); });`, 1, /Error: late/],
    [
      "closing the classifier",
      `await classifier.close(); const [{ reason }] = await all; throw reason;`,
      1,
      /model.onnx: the classifier is closed/,
    ],
  ])("ends as it should, by %s", async (_, end, code, err) => {
    for (const ended of await Promise.all([1, 2, 3, 4].map(() => run(busy(end))))) {
      expect(ended).toEqual({ code, signal: null, err: expect.stringMatching(err) });
      expect(ended.err).not.toMatch(/terminate called/);
    }
  });
});

describe.skipIf(noMnist)("a model that never ends", () => {
  it("is ended by SIGTERM", async () => {
    const model = decodeModel(
      encodeOnnx({
        name: "endless",
        inputs: [{ name: "x", shape: ["batch", 784] }],
        output: { name: "y", shape: ["batch", 2] },
        nodes: [{ operator: "MatMul", inputs: ["sum", "w"], output: "y" }],
        weights: [{ name: "w", shape: [784, 2], values: new Float32Array(2 * 784).fill(1) }],
      }),
    );
    const value = (name: string, elemType: number, dim: { dimParam?: string; dimValue?: number }[] = []) => ({
      name,
      type: { tensorType: { elemType, shape: { dim } } },
    });
    const batch = [{ dimParam: "batch" }, { dimValue: 784 }];
    const body = {
      ...{ name: "body", initializer: [], valueInfo: [] },
      node: [standardNode("Identity", ["goes"], "going"), standardNode("Neg", ["z"], "next")],
      input: [
        value("i", ELEMENT_TYPES.int64),
        value("goes", ELEMENT_TYPES.bool),
        value("z", ELEMENT_TYPES.float32, batch),
      ],
      output: [value("going", ELEMENT_TYPES.bool), value("next", ELEMENT_TYPES.float32, batch)],
    };
    const loop = standardNode("Loop", ["times", "", "x"], "sum");
    loop.attribute = [{ name: "body", g: body, type: 5 }];
    model.graph.node = [loop, ...model.graph.node];
    model.graph.initializer.push(tensor("times", [], BigInt64Array.of(2n ** 62n)));
    const path = join(await mkdtemp(join(tmpdir(), "idrs-")), "endless.onnx");
    await writeFile(path, encodeModel(model));
    const args = ["bin/idrs.js", "certify", "--model", path, "--sigma", "0.5", "--out", `${path}-record`];
    const started = performance.now();
    const { code, signal, err } = await run(args, 5, (kill) => kill("SIGTERM"));
    expect(performance.now() - started).toBeLessThan(9000);
    expect({ code, signal, err }).toEqual({ code: null, signal: "SIGTERM", err: "" }); // a shell says 143
  });
});
