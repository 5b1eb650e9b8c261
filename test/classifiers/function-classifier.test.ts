import { describe, expect, it } from "vitest";
import {
  batchClassifier,
  functionClassifier,
  type BatchClassifierOptions,
} from "../../src/classifiers/function-classifier";
import { fillStandardNormal } from "../../src/noise/gaussian-noise";

const sign = { name: "sign", dimension: 2, classCount: 2 };

function noise(count: number): Float32Array {
  const values = new Float32Array(2 * count);
  fillStandardNormal(values, 7, 0, 0);
  return values;
}

const signs = (batch: Float32Array): number[] =>
  Array.from({ length: batch.length / 2 }, (_, i) => (batch[2 * i] > 0 ? 1 : 0));

describe("a function of one input as a base classifier", () => {
  it("returns the classes of the function, up to 2^31 of them", async () => {
    const inputs = noise(30);
    const classifier = functionClassifier({ ...sign, classOf: (x) => (x[0] > 0 ? 1 : 0) });
    expect(Array.from(await classifier.classify(inputs))).toEqual(signs(inputs));
    const classCount = 2 ** 31;
    const many = functionClassifier({
      ...sign,
      classCount,
      classOf: (x) => (x[0] > 0 ? 66_000 : classCount - 1),
    });
    const expected = signs(inputs).map((c) => (c === 1 ? 66_000 : classCount - 1));
    expect(Array.from(await many.classify(inputs))).toEqual(expected);
  });

  it("passes on the levels of its function", () => {
    const options = { ...sign, levels: 65_536 };
    expect(functionClassifier({ ...options, classOf: () => 0 }).levels).toBe(65_536);
    expect(batchClassifier({ ...options, classesOf: () => [0] }).levels).toBe(65_536);
  });

  it.each([
    [() => undefined, "undefined"],
    [() => null, "null"],
    [() => NaN, "NaN"],
    [() => 0.5, "0.5"],
    [() => -1, "-1"],
    [() => 2, "2"],
    [() => Infinity, "Infinity"],
    [() => "1", '"1"'],
    [() => true, "true"],
    [() => [1], "[object Array]"],
    [() => Promise.resolve(1), "[object Promise]"],
    [() => 2n, "2"],
  ])("refuses what is no class: %s", async (classOf, shown) => {
    const classifier = functionClassifier({ ...sign, classOf: classOf as () => number });
    await expect(classifier.classify(noise(1))).rejects.toThrow(
      `sign returned class ${shown}, expected an integer from 0 to 1`,
    );
  });

  it.each([
    [{ dimension: 0 }, /dimension must be an integer of at least 1, got 0/],
    [{ classCount: 2 ** 31 + 1 }, /classCount must be an integer from 1 to 2147483648, got 2147483649/],
    [{ classCount: NaN }, /classCount must be .* got NaN/],
  ])("refuses %j", (change, message) => {
    expect(() => functionClassifier({ ...sign, ...change, classOf: () => 0 })).toThrow(message);
    expect(() => batchClassifier({ ...sign, ...change, classesOf: () => [0] })).toThrow(message);
  });

  it("refuses batches that are not a whole number of inputs", async () => {
    const classifier = functionClassifier({ ...sign, classOf: () => 0 });
    await expect(classifier.classify(new Float32Array(3))).rejects.toThrow(/multiple of 2 values, got 3/);
  });
});

describe("a function of a batch as a base classifier", () => {
  const batch = (options: Partial<BatchClassifierOptions>) =>
    batchClassifier({ ...sign, classesOf: signs, ...options });

  it("has another identity with another batch size", () => {
    expect(batch({}).identity).toEqual({ name: "sign", batchSize: "256" });
    expect(batch({ batchSize: 64 }).identity).toEqual({ name: "sign", batchSize: "64" });
  });

  it.each([
    ["numbers", signs],
    ["numbers, asynchronously", async (inputs: Float32Array) => signs(inputs)],
    [
      "64-bit integers, as an argmax gives",
      (inputs: Float32Array) => BigInt64Array.from(signs(inputs), BigInt),
    ],
  ])("may give %s", async (_, classesOf) => {
    const inputs = noise(600);
    expect(Array.from(await batch({ classesOf }).classify(inputs))).toEqual(signs(inputs));
  });

  it("always gets batches of equal size, and may change them", async () => {
    const sizes = new Set<number>();
    const classesOf = (inputs: Float32Array): number[] => {
      sizes.add(inputs.length / 2);
      const classes = signs(inputs);
      inputs.fill(NaN);
      return classes;
    };
    const classifier = batch({ classesOf, batchSize: 7 });
    for (const count of [1, 3, 7, 8, 30]) {
      const inputs = noise(count);
      expect(Array.from(await classifier.classify(inputs))).toEqual(signs(inputs));
    }
    expect([...sizes]).toEqual([7]);
  });

  it("is refused if a class depends on the rest of the batch or on chance", async () => {
    const centerd = (inputs: Float32Array): number[] => {
      const mean = inputs.reduce((sum, x, i) => sum + (i % 2 ? 0 : x), 0) / (inputs.length / 2);
      return signs(inputs.map((x, i) => (i % 2 ? x : x - mean)));
    };
    const first = (inputs: Float32Array): number[] =>
      signs(inputs).map((c, i, classes) => (i ? classes[i - 1] : c));
    const random = (inputs: Float32Array): number[] => signs(inputs).map(() => Math.round(Math.random()));
    const shifted = noise(40).map((x, i) => x + (i < 40 ? 3 : 0));
    for (const [classesOf, inputs] of [
      [centerd, shifted],
      [centerd, noise(256).map((x, i) => x + (i < 256 ? 3 : 0))],
      [first, noise(200)],
      [random, noise(200)],
    ] as const) {
      const classifier = batch({ classesOf });
      for (let attempt = 0; attempt < 3; attempt++) {
        await expect(classifier.classify(inputs)).rejects.toThrow(
          /^sign gave an input class \d, but class \d (at another place in|with).* its batch.*: a class must depend on its input only$/,
        );
      }
    }
  });

  it("is refused if a class depends on the place in the batch, wherever in the batch", async () => {
    for (const place of [0, 1, 99, 100, 200, 255]) {
      const classesOf = (inputs: Float32Array): number[] =>
        Array.from({ length: inputs.length / 2 }, (_, i) => Number(i === place));
      const message = /^sign gave an input class \d, but class \d (at another place in|with) its batch/;
      for (const count of [1, 100, 256]) {
        await expect(batch({ classesOf }).classify(noise(count))).rejects.toThrow(message);
      }
    }
  });

  it.each([
    [() => undefined, "sign returned undefined, expected a list of classes, one for each of 256 inputs"],
    [() => "01", "sign returned 01, expected a list of classes"],
    [() => [0, 1], "sign returned 2 classes, expected a list of classes, one for each of 256 inputs"],
    [() => new Array(256), "sign returned class undefined, expected an integer from 0 to 1"],
    [(inputs: Float32Array) => signs(inputs).map((c) => c + 0.5), "sign returned class"],
    [() => new Float32Array(256).fill(NaN), "sign returned class NaN"],
  ])("refuses what is no list of classes: %s", async (classesOf, message) => {
    const classifier = batch({ classesOf: classesOf as unknown as () => number[] });
    await expect(classifier.classify(noise(2))).rejects.toThrow(message);
  });

  it("refuses a class list that lacks only the last input's class", async () => {
    const classesOf = (inputs: Float32Array): number[] => {
      const classes = signs(inputs);
      delete classes[255];
      return classes;
    };
    await expect(batch({ classesOf }).classify(noise(256))).rejects.toThrow("sign returned class undefined");
  });

  it("refuses an invalid batch size", () => {
    expect(() => batch({ batchSize: 0 })).toThrow(/batchSize must be an integer of at least 1, got 0/);
  });
});
