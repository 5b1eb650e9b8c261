import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disagreement, remainingAlpha } from "../../src/noise/disagreement";
import { noisyCopies, noisyInput } from "../../src/noise/noisy-copies";
import { exactCopies } from "./exact-noise";

/** Compares bits, zeros with their sign included. */
function expectSameBits(actual: Float32Array, expected: Float32Array): void {
  const [a, b] = [actual, expected].map((values) => new Uint32Array(values.slice().buffer));
  const at = a.findIndex((bits, i) => bits !== b[i]);
  expect(at === -1 ? "the same" : `value ${at}: ${actual[at]}, expected ${expected[at]}`).toBe("the same");
  expect(a.length).toBe(b.length);
}

const onGrid = fc.integer({ min: -300, max: 600 }).map((k) => Math.fround(k / 255));
const offGrid = fc.oneof(
  fc.float({ min: -2, max: 2, noNaN: true }),
  onGrid.map((v) => v + 2 ** -24),
);

describe("noisyCopies", () => {
  it.each([
    ["bytes", onGrid],
    ["any floats", offGrid],
    ["bytes with floats among them", fc.oneof(onGrid, offGrid)],
  ])("gives the levels of integer arithmetic, bit for bit, from %s", (_name, value) => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 1e-3, max: 5, noNaN: true }),
        fc.maxSafeNat(),
        fc.nat(),
        fc.oneof(fc.nat(1000), fc.constant(2 ** 32 - 2), fc.constant(2 ** 40 - 5)),
        (values, sigma, seed, input, first) => {
          const x = Float32Array.from(values);
          const samples = { seed, input, first, count: 4 };
          expectSameBits(noisyCopies(noisyInput(x, sigma), samples), exactCopies(x, sigma, 255, samples));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("does so for other levels, for 16-bit images and much finer ones", () => {
    const x = Float32Array.of(0, 1, 0.5, 1 / 3, 0.1, -2, 40_000 / 65_535, 7);
    for (const [levels, sigma] of [
      [1, 30],
      [15, 0.5],
      [65_535, 0.25],
      [2 ** 17, 0.01],
    ]) {
      const samples = { seed: 5, input: 6, first: 7, count: 20 };
      expectSameBits(
        noisyCopies(noisyInput(x, sigma, levels), samples),
        exactCopies(x, sigma, levels, samples),
      );
    }
  });

  it("gives large inputs the same levels as their parts", () => {
    const x = Float32Array.from({ length: 9001 }, (_, i) => Math.fround((i % 256) / 255));
    const samples = { seed: 1, input: 2, first: 3, count: 3 };
    const copies = noisyCopies(noisyInput(x, 0.5), samples).slice();
    for (const length of [8, 1000, 4096, 4097, 9000]) {
      const part = noisyCopies(noisyInput(x.subarray(0, length), 0.5), samples);
      for (let row = 0; row < 3; row++) {
        expectSameBits(
          part.slice(row * length, (row + 1) * length),
          copies.slice(row * 9001, row * 9001 + length),
        );
      }
    }
    const exact = exactCopies(x, 0.5, 255, { ...samples, count: 1 });
    expectSameBits(copies.slice(8190, 9001), exact.slice(8190, 9001));
  });

  it("agrees bit for bit between the table and sampling one by one", () => {
    const x = Float32Array.from({ length: 784 }, (_, i) => Math.fround((i % 256) / 255));
    const samples = { seed: 8, input: 0, first: 0, count: 300 };
    for (const sigma of [1e-3, 0.12, 0.5, 5]) {
      const input = noisyInput(x, sigma);
      expect(input.others.length).toBe(0);
      const one = {
        ...input,
        others: Uint32Array.from(x.keys()),
        otherCenters: Float64Array.from(input.centers),
      };
      expectSameBits(noisyCopies(input, samples).slice(), noisyCopies(one, samples));
    }
  });

  it("does not depend on how samples are divided among calls", () => {
    const x = Float32Array.from({ length: 100 }, (_, i) => i / 99);
    const input = noisyInput(x, 0.3);
    const all = noisyCopies(input, { seed: 1, input: 2, first: 10, count: 30 }).slice();
    for (let i = 0; i < 30; i++) {
      const one = noisyCopies(input, { seed: 1, input: 2, first: 10 + i, count: 1 });
      expectSameBits(one, all.slice(i * 100, (i + 1) * 100));
    }
  });

  it("depends on seed, input, stream and sample only", () => {
    const input = noisyInput(new Float32Array(64).fill(0.5), 0.5);
    const samples = { seed: 2 ** 40 + 1, input: 2, first: 3, count: 1, stream: 1 };
    const hash = (change: object): string =>
      createHash("sha256")
        .update(new Uint8Array(noisyCopies(input, { ...samples, ...change }).slice().buffer))
        .digest("hex");
    const hashes = [
      {},
      { seed: 1 },
      { seed: 2 ** 41 + 1 },
      { input: 3 },
      { stream: 2 },
      { first: 4 },
      { first: 2 ** 32 + 3 },
      { first: 2 ** 33 + 3 },
    ].map(hash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash({})).toBe(hashes[0]);
  });

  it("never changes between versions, because records depend on it", () => {
    const x = Float32Array.from({ length: 3072 }, (_, i) => Math.fround((i % 256) / 255));
    const copies = noisyCopies(noisyInput(x, 0.5), { seed: 1, input: 2, first: 3, count: 8 });
    expect(Array.from(copies.slice(0, 6), (v) => Math.round(v * 255))).toEqual(GOLDEN);
    expect(createHash("sha256").update(new Uint8Array(copies.slice().buffer)).digest("hex")).toBe(
      GOLDEN_SHA256,
    );
  });

  it.each([
    [{ seed: -1 }, "seed must be an integer of at least 0, got -1"],
    [{ input: 2 ** 32 }, "input must be an integer from 0 to 4294967295, got 4294967296"],
    [{ count: 0 }, "count must be an integer from 1 to 4294967296, got 0"],
    [{ first: 2 ** 40 }, "first must be an integer from 0 to 1099511627775, got 1099511627776"],
    [{ stream: 0 }, "stream must be an integer from 1 to 65535, got 0"],
  ])("refuses samples %j", (change, message) => {
    const input = noisyInput(new Float32Array(3), 0.5);
    const samples = { seed: 1, input: 2, first: 3, count: 1, ...change };
    expect(() => noisyCopies(input, samples)).toThrow(new RangeError(message));
  });

  it.each([
    [NaN, "an input has a non-finite value: got NaN at 1"],
    [Infinity, "an input has a non-finite value: got Infinity at 1"],
    [40_000, "an input must have values below 32896.50196078431 in size (2^23 levels), got 40000 at 1"],
  ])("refuses the value %f", (value, message) => {
    expect(() => noisyInput(Float32Array.of(0, value), 0.5)).toThrow(new RangeError(message));
  });
});

describe("disagreement", () => {
  it("is below 1e-12 up to the size of ImageNet and a million samples, and is subtracted from α", () => {
    expect(disagreement(150_528, 1_000_100)).toBeLessThan(2e-20);
    fc.assert(
      fc.property(fc.double({ min: 1e-15, max: 0.5, noNaN: true }), (alpha) => {
        const tau = disagreement(3072, 100_100);
        expect(remainingAlpha(alpha, tau)).toBeLessThan(alpha);
        expect(remainingAlpha(alpha, tau)).toBeGreaterThan(alpha * (1 - 1e-6));
      }),
    );
  });
});

const GOLDEN = [60, -61, 281, 84, -66, 132];
const GOLDEN_SHA256 = "5e88b78fdb126d3f3d2261aadf1ddb5ee0569a0e6caefde627de2cafb8d30c11";
