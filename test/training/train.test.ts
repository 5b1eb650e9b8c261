import { beforeEach, describe, expect, it, vi } from "vitest";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { leaveOneOutSigma } from "../../src/variance/leave-one-out";
import { readCheckpoint } from "../../src/training/checkpoint";
import {
  trainClassifier,
  TRAINING_DEFAULTS,
  type EpochLog,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingRun,
} from "../../src/training/train";
import { shuffledIndices, trainingBatch } from "../../src/training/training-batch";
import { loadTensorFlow } from "../../src/training/tensorflow";
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
/** The data set of the first images only. */
const firstOf = (count: number): ImageDataset => ({
  ...dataset,
  count,
  pixels: dataset.pixels.subarray(0, count * 64),
  labels: dataset.labels.subarray(0, count),
});
const options: TrainingOptions = {
  ...TRAINING_DEFAULTS,
  architecture: "small-cnn",
  sigma: 0.3,
  epochs: 3,
  seed: 2,
  batchSize: 30,
};

describe("training on the WebAssembly backend", () => {
  it("learns, reports every epoch, drops the rate by thirds, and is the same for the same seed", async () => {
    const told: EpochLog[] = [];
    const { log, onnx, backend } = await trainClassifier(dataset, options, {
      backend: "wasm",
      onEpoch: (epoch) => told.push(epoch),
    });
    expect(backend).toBe("wasm");
    expect(told).toEqual(log);
    expect(log.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    [0.1, 0.01, 0.001].forEach((rate, i) => expect(log[i].learningRate).toBeCloseTo(rate, 12));
    expect(log[2].accuracy).toBeGreaterThan(0.9);
    expect(log[2].loss).toBeLessThan(log[0].loss / 2);

    const again = await trainClassifier(dataset, options, { backend: "wasm" });
    expect(Buffer.from(again.onnx).equals(Buffer.from(onnx))).toBe(true);
    const other = await trainClassifier(dataset, { ...options, epochs: 1, seed: 3 }, { backend: "wasm" });
    expect(Buffer.from(other.onnx).equals(Buffer.from(onnx))).toBe(false);
  });

  it.each([
    [{ epochs: 0 }, /epochs must be .* got 0/],
    [{ sigma: -1 }, /sigma must be .* got -1/],
    [{ learningRate: NaN }, /learningRate must be .* got NaN/],
    [{ seed: 0.5 }, /seed must be .* got 0.5/],
    [{ architecture: "transformer" }, /architecture must be one of small-cnn, .*, got "transformer"/],
    [{ schedule: "linear" as "cosine" }, /schedule must be one of step, cosine, got linear/],
    [{ sigma: new Float64Array(299) }, /sigma must have 300 values, one per image, got 299/],
    [{ sigma: new Float64Array(300).fill(1).fill(NaN, 7, 8) }, /sigma of image 7 must be .* got NaN/],
    [{ learningRate: 1e30 }, /the loss became/],
  ])("refuses %j", async (change, message) => {
    await expect(trainClassifier(dataset, { ...options, ...change }, { backend: "wasm" })).rejects.toThrow(
      message,
    );
  });
});

describe("images that do not fit", () => {
  it.each([
    [
      dataset,
      { ...dataset, height: 16, dimension: 128, count: 150, labels: dataset.labels.subarray(0, 150) },
      /inputs of 64 values, but squares has 128/,
    ],
    [dataset, { ...dataset, classNames: ["left", "middle", "right", "up"] }, /3 classes, but squares has 4/],
    [{ ...dataset, labels: dataset.labels.map((label) => 2 * label) }, dataset, /label/],
    [firstOf(0), dataset, /count of squares/],
  ])("are refused before the first step: %#", async (training, test, message) => {
    const epochs: EpochLog[] = [];
    const run: TrainingRun = { backend: "wasm", test, onEpoch: (epoch) => epochs.push(epoch) };
    await expect(trainClassifier(training, options, run)).rejects.toThrow(message);
    expect(epochs).toEqual([]);
  });
});

describe("an interrupted training run", () => {
  const residual = {
    ...options,
    architecture: "resnet-8",
    augment: true,
    schedule: "cosine",
    epochs: 2,
  } as const;
  const small = firstOf(100);
  let out: string;
  let checkpoint: string;
  beforeEach(async () => {
    out = join(await mkdtemp(join(tmpdir(), "idrs-")), "deep", "out");
    checkpoint = join(out, "checkpoint.bin");
  });

  /** Trains until so many steps are done. */
  function interruptAfter(steps: number, run: TrainingRun = {}): Promise<unknown> {
    const controller = new AbortController();
    let done = 0;
    return trainClassifier(small, residual, {
      backend: "wasm",
      out,
      signal: controller.signal,
      onStep: () => {
        if (++done === steps) controller.abort(new Error("enough"));
      },
      ...run,
    });
  }

  it("resumes and ends with the weights and the log of an uninterrupted one", async () => {
    const undisturbed = await trainClassifier(small, residual, { backend: "wasm" });
    const progress: TrainingProgress[] = [];
    await expect(interruptAfter(2)).rejects.toThrow("enough"); // inside the first epoch
    await expect(interruptAfter(2)).rejects.toThrow("enough"); // at its end
    await expect(interruptAfter(1)).rejects.toThrow("enough"); // inside the second
    const { onnx, log } = await trainClassifier(small, residual, {
      backend: "wasm",
      out,
      onStep: (step) => progress.push(step),
    });
    expect(progress.map(({ epoch, images }) => [epoch, images])).toEqual([
      [2, 60],
      [2, 90],
      [2, 100],
    ]);
    expect(Buffer.from(onnx).equals(Buffer.from(undisturbed.onnx))).toBe(true);
    const untimed = (log: EpochLog[]) => log.map(({ seconds, ...rest }) => ({ ...rest, timed: seconds > 0 }));
    expect(untimed(log)).toEqual(untimed(undisturbed.log));

    // A finished one has nothing left to do, and keeps its weights only.
    expect((await readCheckpoint(checkpoint))!.velocities.size).toBe(0);
    const again = await trainClassifier(small, residual, {
      backend: "wasm",
      out,
      onStep: () => expect.unreachable(),
    });
    expect(Buffer.from(again.onnx).equals(Buffer.from(onnx))).toBe(true);
  });

  it("writes its checkpoint also within an epoch, after some time", async () => {
    const steps: number[] = [];
    await interruptAfter(3, {
      checkpointMinutes: 0,
      onStep: () => {
        if (steps.push(0) === 3) throw new Error("killed");
      },
    }).catch(() => undefined);
    expect((await readCheckpoint(checkpoint))?.position.step).toBe(2);
  });

  it("is not resumed with other options, and the difference is named", async () => {
    await expect(interruptAfter(1)).rejects.toThrow("enough");
    const go = (change: Partial<TrainingOptions>, data = small) =>
      trainClassifier(data, { ...residual, ...change }, { backend: "wasm", out });
    await expect(go({ epochs: 3 })).rejects.toThrow(
      /checkpoint.bin belongs to a different training run: options.epochs is 3, and was 2/,
    );
    await expect(go({ sigma: 0.31 })).rejects.toThrow(/options.sigma is 0.31, and was 0.3/);
    await expect(go({ sigma: new Float64Array(100).fill(0.3) })).rejects.toThrow(/options.sigma is "sha256 /);
    await expect(go({}, firstOf(99))).rejects.toThrow(/dataset.count is 99, and was 100/);
    await expect(go({ start: checkpoint })).rejects.toThrow(/start is "sha256 [0-9a-f]*", and was "random"/);
    await expect(go({ architecture: "resnet-8-wide", start: checkpoint })).rejects.toThrow(
      /the weights belong to a different network/,
    );
  });

  it("does not resume from a damaged checkpoint", async () => {
    await expect(interruptAfter(1)).rejects.toThrow("enough");
    const whole = await readFile(checkpoint);
    const changed = Buffer.from(whole);
    changed[Math.floor(whole.length / 2)] ^= 1;
    for (const content of [
      whole.subarray(0, whole.length / 2),
      whole.subarray(0, 10),
      Buffer.alloc(0),
      changed,
    ]) {
      await writeFile(checkpoint, content);
      await expect(interruptAfter(1)).rejects.toThrow(
        /checkpoint.bin: the checkpoint is truncated or damaged/,
      );
    }
  });

  it("leaves no lock if its lock cannot be written", async () => {
    await mkdir(out, { recursive: true });
    const file = await open(join(out, "any"), "w");
    vi.spyOn(Object.getPrototypeOf(file), "writeFile").mockRejectedValueOnce(new Error("the disk is full"));
    await file.close();
    await expect(trainClassifier(dataset, options, { backend: "wasm", out })).rejects.toThrow(
      "the disk is full",
    );
    expect(await readdir(out)).toEqual(["any"]);
  });

  it("writes model, log and checkpoint only, and keeps other runs out of its folder", async () => {
    const run = { backend: "wasm", out, test: { ...dataset, split: "test" }, command: "by hand" } as const;
    await mkdir(out, { recursive: true });
    await writeFile(join(out, "checkpoint.bin.0a1b2c3d.part"), "left behind by a killed training");
    const lockOf = (pid: number, host = hostname()): Promise<void> =>
      writeFile(join(out, ".lock"), JSON.stringify({ pid, host }));
    await lockOf(process.ppid); // which is alive
    await expect(trainClassifier(dataset, options, run)).rejects.toThrow(
      /^.*out: another training run \(process \d+\) is writing here; if it is not, remove .*out\/.lock$/,
    );
    await lockOf(1, "elsewhere");
    await expect(trainClassifier(dataset, options, run)).rejects.toThrow(
      /another training run \(on elsewhere\)/,
    );
    await lockOf(2 ** 22 + 1); // which no process can have
    let other: Promise<unknown> | undefined; // of the same process
    const onStep = (): void =>
      void (other ??= trainClassifier(dataset, options, run).catch((error: Error) => error.message));
    const training = trainClassifier(dataset, { ...options, epochs: 2 }, { ...run, onStep });
    const { onnx, testAccuracy, log } = await training;
    expect(await other).toMatch(/out: another training run \(process \d+\) is writing here/);
    expect((await readdir(out)).sort()).toEqual(["checkpoint.bin", "model.onnx", "training.json"]);
    expect(Buffer.from(onnx).equals(await readFile(join(out, "model.onnx")))).toBe(true);
    expect(JSON.parse(await readFile(join(out, "training.json"), "utf8"))).toMatchObject({
      ...{ command: "by hand", dataset: { name: "squares", split: "train" }, sigma: 0.3, backend: "wasm" },
      ...{ options: { architecture: "small-cnn", epochs: 2 }, epochs: log, testAccuracy },
      model: { file: "model.onnx", sha256: createHash("sha256").update(onnx).digest("hex") },
    });
    expect(testAccuracy!.noisy).toBeGreaterThan(0.9);
  });

  it("obeys a signal after its last step, before anything is written", async () => {
    const controller = new AbortController();
    const run = { backend: "wasm", out, test: dataset, signal: controller.signal } as const;
    const training = trainClassifier(
      dataset,
      { ...options, epochs: 1 },
      { ...run, onEpoch: () => controller.abort(new Error("late")) },
    );
    await expect(training).rejects.toThrow("late");
    expect(await readdir(out)).toEqual(["checkpoint.bin"]);
  });

  it("is refused before any work if its folder cannot be written", async () => {
    await writeFile(join(out, "..", "..", "file"), "");
    for (const folder of [join(out, "..", "..", "file"), join(out, "..", "..", "file", "out"), "/proc/out"]) {
      await expect(
        trainClassifier(dataset, options, {
          backend: "wasm",
          out: folder,
          onStep: () => expect.unreachable(),
        }),
      ).rejects.toThrow(`${folder}: cannot be written`);
    }
  });

  it("trains each image at its own σ(x) of the paper's variance function, and logs it", async () => {
    const sigma = { database: dataset, sigmaBase: 0.3, rate: 0.01, center: 1, neighbors: 5 };
    const { log } = await trainClassifier(
      dataset,
      { ...options, sigma, epochs: 1 },
      { backend: "wasm", out },
    );
    const each = await trainClassifier(
      dataset,
      { ...options, sigma: await leaveOneOutSigma(sigma), epochs: 1 },
      { backend: "wasm" },
    );
    expect(log[0].loss).toBe(each.log[0].loss);
    const described = JSON.parse(await readFile(join(out, "training.json"), "utf8"));
    expect(described.sigma).toMatchObject({
      function: "nearest-neighbor",
      sigmaBase: 0.3,
      rate: 0.01,
      center: 1,
    });
  });

  it("provides the initial weights of another training run", async () => {
    await trainClassifier(dataset, { ...options, epochs: 2 }, { backend: "wasm", out });
    const other = join(out, "..", "other");
    const { log } = await trainClassifier(
      dataset,
      { ...options, epochs: 1, start: checkpoint, learningRate: 0.01 },
      { backend: "wasm", out: other },
    );
    const sha256 = createHash("sha256")
      .update(await readFile(checkpoint))
      .digest("hex");
    const described = JSON.parse(await readFile(join(other, "training.json"), "utf8"));
    expect(described.options.start).toEqual({ file: checkpoint, sha256 });
    const { log: cold } = await trainClassifier(
      dataset,
      { ...options, epochs: 1, learningRate: 0.01 },
      { backend: "wasm" },
    );
    expect(log[0].loss).toBeLessThan(cold[0].loss / 2);
  });
});

describe("the images of a step", () => {
  it("have noise of their σ, and their labels", async () => {
    const tf = await loadTensorFlow("wasm");
    const indices = Uint32Array.from({ length: 300 }, (_, i) => 299 - i);
    const sigma = Float64Array.from({ length: 300 }, (_, i) => (i < 150 ? 0 : 0.1 + i / 300));
    const { images, labels } = trainingBatch(tf, dataset, indices, 3, { sigma, augment: false, seed: 1 });
    expect(images.shape).toEqual([300, 8, 8, 1]);
    const values = images.dataSync();
    indices.forEach((index, i) => {
      expect(labels.dataSync()[i]).toBe(dataset.labels[index]);
      let square = 0;
      for (let p = 0; p < 64; p++) square += (values[i * 64 + p] - dataset.pixels[index * 64 + p] / 255) ** 2;
      // The norm of 64 normal variables is within 5 standard deviations of √64.
      expect(Math.abs(Math.sqrt(square) - 8 * sigma[index])).toBeLessThan(5 * 0.71 * sigma[index] + 1e-6);
    });
  });
});

describe("training on native TensorFlow", () => {
  it("takes the same steps as on WebAssembly, up to rounding", async (context) => {
    const reason = await loadTensorFlow("tensorflow").then(
      () => "",
      (error: Error) => error.message,
    );
    context.skip(reason !== "", reason);
    const oneEpoch = { ...options, epochs: 1 };
    const native = await trainClassifier(dataset, oneEpoch, { backend: "tensorflow" });
    const wasm = await trainClassifier(dataset, oneEpoch, { backend: "wasm" });
    expect([native.backend, wasm.backend]).toEqual(["tensorflow", "wasm"]);
    expect(Math.abs(native.log[0].loss - wasm.log[0].loss)).toBeLessThan(1e-3);
    expect(Math.abs(native.log[0].accuracy - wasm.log[0].accuracy)).toBeLessThan(0.02);
  });
});

describe("the order of the images", () => {
  it("is a permutation that differs between epochs and seeds", () => {
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
