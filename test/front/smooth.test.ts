import { describe, expect, it } from "vitest";
import type { ImageDataset } from "../../src/datasets/image-dataset";
import { smooth } from "../../src/front/smooth";
import { certify, CERTIFY_DEFAULTS } from "../../src/smoothing/certify";
import { constant } from "../../src/variance/constant";
import { nearestNeighbor } from "../../src/variance/nearest-neighbor";
import { halfSpaceClassifier } from "../smoothing/linear-classifier";

describe("smooth", () => {
  const classifier = halfSpaceClassifier(3, 0.1);
  const x = Float32Array.of(0.4, 0, 0);
  const g = smooth(classifier, constant(0.5));

  it("certifies with the defaults of the paper: n0 = 100, n = 100,000, α = 0.001, seed 0, index 0", async () => {
    const expected = await certify(classifier, constant(0.5), x, CERTIFY_DEFAULTS, 0);
    expect(await g.certify(x)).toEqual(expected);
    expect(await g.certify(x, { n0: undefined, seed: undefined })).toEqual(expected);
    expect(expected).toMatchObject({ n0: 100, n: 100_000, predicted: 1 });
    // The boundary is 0.3 away, and the grid's may be half a level nearer.
    expect(expected.radius).toBeGreaterThan(0.28);
    expect(expected.radius).toBeLessThan(0.3 + 1 / 255);
  });

  it("predicts the class that it certifies", async () => {
    expect(await g.predict(x)).toBe(1);
    expect(await g.predict(x.map((value) => value - 0.6))).toBe(0);
    expect(await g.predict(Float32Array.of(26 / 255, 0, 0), { n: 100 })).toBe(-1);
  });

  it("gives inputs with different indices independent noise", async () => {
    const [one, two, again] = await Promise.all([0, 1, 0].map((index) => g.certify(x, { n: 1000, index })));
    expect(one.votes).not.toEqual(two.votes);
    expect(one.votes).toEqual(again.votes);
  });

  it("says what a data set is to a call that got a promise", async () => {
    const promise = Promise.resolve() as never;
    const message = 'expected a data set, such as await loadMnist("test"), got [object Promise]';
    await expect(g.certifyDataset(promise)).rejects.toThrow(message);
    const options = { sigmaBase: 0.5, rate: 0.01, center: 1.5 };
    expect(() => nearestNeighbor({ database: promise, ...options })).toThrow(message);
  });

  it("refuses options that do not exist, which plain JavaScript does not check", async () => {
    const misspelled: object = { alhpa: 0.05 };
    const message = /has no option "alhpa"; its options are n0, n, alpha, seed, /;
    await expect(g.certify(x, misspelled)).rejects.toThrow(message);
    await expect(g.predict(x, misspelled)).rejects.toThrow(message);
    await expect(g.certifyDataset({} as ImageDataset, misspelled)).rejects.toThrow(message);
  });

  it("refuses what is no input, no base classifier or no variance function", async () => {
    const other = (value: unknown): never => value as never;
    await expect(g.certify(other(3))).rejects.toThrow("x must be a Float32Array of 3 values, got 3");
    await expect(g.predict(new Float32Array(2))).rejects.toThrow("of 3 values, got 2 values");
    expect(() => smooth(classifier, other(undefined))).toThrow(/needs a variance function, .* got undefined/);
    expect(() => smooth(other(Promise.resolve(classifier)), constant(1))).toThrow(
      "await loadOnnxClassifier(…)",
    );
  });

  it.each([
    [{ n: 0 }, "n must be an integer from 1 to 4294967295, got 0"],
    [{ alpha: 1 }, "alpha must be a number between 0 and 1, got 1"],
    [{ seed: -1 }, "seed must be an integer of at least 0, got -1"],
    [{ index: 0.5 }, "must be an integer"],
    [{ n: 5 }, "n must be at least 10"],
  ])("refuses %j before anything is sampled", async (options, message) => {
    await expect(g.certify(x, options)).rejects.toThrow(RangeError);
    await expect(g.certify(x, options)).rejects.toThrow(message);
  });
});
