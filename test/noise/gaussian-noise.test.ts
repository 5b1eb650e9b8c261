import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillStandardNormal, fillStandardNormals, NoiseStream } from "../../src/noise/gaussian-noise";
import { normalCdf } from "../../src/probability/normal";
import { philox4x32 } from "../../src/probability/philox";
import { referenceNormals } from "./reference-noise";

describe("philox4x32", () => {
  // Known answers published with the generator (Random123, kat_vectors, philox 4x32 10 rounds).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("gives the published words for counter %j and key %j", (counter, key, expected) => {
    const words = new Uint32Array(4);
    philox4x32(words, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
    expect(Array.from(words)).toEqual(expected);
  });
});

describe("the Gaussian noise", () => {
  /** `count` variables, from samples of 1000. */
  function draw(count: number, seed: number): Float32Array {
    const all = new Float32Array(count);
    fillStandardNormals(all, { seed, input: 3, first: 0, count: count / 1000 });
    return all;
  }

  it("has the moments and the distribution of N(0, 1)", () => {
    const count = 1_000_000;
    const sample = draw(count, 7);
    const moment = (power: number) => sample.reduce((sum, x) => sum + x ** power, 0) / count;
    // Within five standard errors of the moments 0, 1, 0, 3.
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count));

    // Kolmogorov-Smirnov: the distance exceeds 1.95 / √n with probability 1e-3 only.
    const sorted = sample.slice().sort();
    let distance = 0;
    sorted.forEach((x, i) => {
      const p = normalCdf(x);
      distance = Math.max(distance, p - i / count, (i + 1) / count - p);
    });
    expect(distance).toBeLessThan(1.95 / Math.sqrt(count));
  });

  it("has the tails of N(0, 1), which a second word refines", () => {
    const count = 4_000_000;
    const sample = draw(count, 8);
    for (const z of [3, 4, 4.5]) {
      const expected = count * normalCdf(-z);
      for (const tail of [sample.filter((x) => x < -z), sample.filter((x) => x > z)]) {
        expect(Math.abs(tail.length - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1);
      }
    }
    const extreme = sample.filter((x) => Math.abs(x) > 4.2);
    expect(new Set(extreme).size).toBe(extreme.length); // no grid in the tail
  });

  it("has cells of equal probability equally full", () => {
    const cells = new Uint32Array(1000);
    const count = 4_000_000;
    for (const x of draw(count, 9)) cells[Math.floor(normalCdf(x) * 1000)]++;
    const expected = count / 1000;
    const chiSquare = cells.reduce((sum, observed) => sum + (observed - expected) ** 2 / expected, 0);
    // 999 degrees of freedom; five standard deviations either side
    expect(Math.abs(chiSquare - 999)).toBeLessThan(5 * Math.sqrt(2 * 999));
  });

  it("has the distribution of N(0, 1) within the tails beyond 4.2", () => {
    const count = 16_000_000;
    const tail = draw(count, 10)
      .filter((x) => Math.abs(x) > 4.2)
      .map(Math.abs)
      .sort();
    const expected = 2 * count * normalCdf(-4.2);
    expect(Math.abs(tail.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
    let distance = 0;
    tail.forEach((x, i) => {
      const p = 1 - normalCdf(-x) / normalCdf(-4.2);
      distance = Math.max(distance, p - i / tail.length, (i + 1) / tail.length - p);
    });
    expect(distance).toBeLessThan(1.95 / Math.sqrt(tail.length));
  });

  it("is uncorrelated between neighboring variables, samples, inputs and seeds, and so are its squares", () => {
    const [size, count] = [1000, 1000];
    const all = size * count;
    const noise = (seed: number, input: number, first: number): Float32Array => {
      const out = new Float32Array(all);
      fillStandardNormals(out, { seed, input, first, count });
      return out;
    };
    const base = noise(20, 5, 100);
    const others = [
      ...[1, 2, 3, 4, 16, 32].map((lag) => base.map((_, i) => base[(i + lag) % all])),
      noise(20, 5, 101),
      noise(20, 6, 100),
      noise(21, 5, 100),
      noise(20 + 2 ** 32, 5, 100),
    ];
    for (const other of others) {
      const correlation = base.reduce((sum, x, i) => sum + x * other[i], 0);
      expect(Math.abs(correlation)).toBeLessThan(5 * Math.sqrt(all));
      const ofSquares = base.reduce((sum, x, i) => sum + (x * x - 1) * (other[i] * other[i] - 1), 0);
      expect(Math.abs(ofSquares)).toBeLessThan(5 * 2 * Math.sqrt(all));
    }
  });

  it("depends on each of seed, stream, input and sample", () => {
    const noise = (seed: number, input: number, sample: number, stream?: number) => {
      const out = new Float32Array(784);
      fillStandardNormal(out, seed, input, sample, stream);
      return out;
    };
    const first = noise(1, 2, 3);
    expect(noise(1, 2, 3)).toEqual(first);
    const others = [
      noise(2, 2, 3),
      noise(1 + 2 ** 32, 2, 3),
      noise(1, 3, 3),
      noise(1, 2, 4),
      noise(1, 3, 2),
      noise(1, 2, 3, NoiseStream.training),
      noise(1, 2, 3, NoiseStream.evaluation),
    ];
    for (const other of others) {
      const correlation = first.reduce((sum, x, i) => sum + x * other[i], 0) / 784;
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(784));
    }
  });

  it("is the same for a prefix of the dimensions, and in every version", () => {
    const [short, long] = [new Float32Array(5), new Float32Array(784)];
    fillStandardNormal(short, 42, 0, 0);
    fillStandardNormal(long, 42, 0, 0);
    expect(long.subarray(0, 5)).toEqual(short);
    expect(Array.from(short)).toEqual(GOLDEN);
  });

  it("is the same in every version for large samples and in the tails", () => {
    const all = new Float32Array(4 * 150_528);
    fillStandardNormals(all, { seed: 2 ** 53 - 1, input: 9999, first: 100, count: 4 });
    expect(all.some((x) => x > 4.2) && all.some((x) => x < -4.2)).toBe(true);
    expect(createHash("sha256").update(new Uint8Array(all.buffer)).digest("hex")).toBe(GOLDEN_SHA256);
  });
});

describe("the WebAssembly of the Gaussian noise", () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const samples = fc.record({
    seed: fc.maxSafeNat(),
    input: word,
    first: fc.integer({ min: 0, max: 2 ** 32 - 8 }),
    count: fc.integer({ min: 1, max: 7 }),
    stream: fc.oneof(
      fc.constantFrom(...Object.values(NoiseStream)),
      fc.integer({ min: 0, max: 2 ** 16 - 2 }),
    ),
  });
  // MNIST, CIFAR-10, sizes that no vector divides, and sizes that are computed in parts
  const dimension = fc.oneof(
    fc.integer({ min: 1, max: 70 }),
    fc.constantFrom(784, 3072, 4095, 4096, 4097, 9001),
  );

  /** Compares bits, and names the first value that differs. */
  function expectSameBits(actual: Float32Array, expected: Float32Array): void {
    const [a, b] = [actual, expected].map((array) => new Uint32Array(array.buffer, 0, array.length));
    const at = a.findIndex((bits, i) => bits !== b[i]);
    expect(at === -1 ? "the same" : `value ${at}: ${actual[at]}, expected ${expected[at]}`).toBe("the same");
    expect(actual.length).toBe(expected.length);
  }

  it("equals plain JavaScript, bit for bit", () => {
    fc.assert(
      fc.property(samples, dimension, (samples, dimension) => {
        const normals = new Float32Array(samples.count * dimension);
        fillStandardNormals(normals, samples);
        for (let i = 0; i < samples.count; i++) {
          const expected = new Float32Array(dimension);
          referenceNormals(expected, samples.seed, samples.input, samples.first + i, samples.stream);
          expectSameBits(normals.slice(i * dimension, (i + 1) * dimension), expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("equals plain JavaScript in the tails, in every lane, and at the ends of samples", () => {
    const counts = new Uint32Array(4);
    const words = new Uint32Array(4);
    for (let counter = 0; Math.min(...counts) < 3; counter++) {
      philox4x32(words, counter, 6, 7, NoiseStream.evaluation, 8, 9);
      words.forEach((word, lane) => {
        if (word >>> 1 >= 2 ** 16) return;
        counts[lane]++;
        const at = counter * 4 + lane;
        const seed = 8 + 9 * 2 ** 32;
        const expected = new Float32Array(at + 1);
        referenceNormals(expected, seed, 7, 6, NoiseStream.evaluation);
        expect(Math.abs(expected[at])).toBeGreaterThan(4.16);
        for (const length of [at, at + 1]) {
          const actual = new Float32Array(length);
          fillStandardNormal(actual, seed, 7, 6, NoiseStream.evaluation);
          expectSameBits(actual, expected.slice(0, length));
        }
      });
    }
  });

  it("does not depend on how the samples are divided", () => {
    const [dimension, count] = [300, 40];
    const whole = new Float32Array(count * dimension);
    fillStandardNormals(whole, { seed: 1, input: 2, first: 0, count });
    for (let first = 0; first < count; first += 8) {
      const part = new Float32Array(8 * dimension);
      fillStandardNormals(part, { seed: 1, input: 2, first, count: 8 });
      expectSameBits(part, whole.slice(first * dimension, (first + 8) * dimension));
    }
  });

  it("refuses arguments out of range, and names them", () => {
    const good = { seed: 1, input: 2, first: 3, count: 4 };
    const attempt =
      (change: object, length = 20) =>
      () =>
        fillStandardNormals(new Float32Array(length), { ...good, ...change });
    for (const [change, message] of [
      [{ seed: -1 }, "seed must be an integer of at least 0, got -1"],
      [{ seed: 2 ** 53 }, "seed must be an integer of at least 0, got 9007199254740992"],
      [{ seed: 0.5 }, "seed must be an integer of at least 0, got 0.5"],
      [{ input: 2 ** 32 }, "input must be an integer from 0 to 4294967295, got 4294967296"],
      [{ input: NaN }, "input must be an integer from 0 to 4294967295, got NaN"],
      [{ count: 0 }, "count must be an integer from 1 to 4294967296, got 0"],
      [{ first: 2 ** 32 - 3 }, "first must be an integer from 0 to 4294967292, got 4294967293"],
      [{ stream: -2 }, "stream must be an integer from 0 to 65534, got -2"],
    ] as const) {
      expect(attempt(change)).toThrow(new RangeError(message));
    }
    expect(attempt({}, 19)).toThrow(
      new RangeError("the length of out must be a multiple of 4, the number of samples, got 19"),
    );
  });
});

/** Trainings and quantizations rest on this noise. */
const GOLDEN = [
  -0.5058529376983643, -0.724780797958374, -1.7913837432861328, -0.9524643421173096, -0.015392996370792389,
];

const GOLDEN_SHA256 = "2e6f81483b8c2b2b49d226ab528653d3d9c6626e47bd38f78a0f0c3cb638d4d7";
