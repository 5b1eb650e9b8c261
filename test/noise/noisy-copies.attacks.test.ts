/*
 * Attacks on the sampler, each by a statistic over 10^8 draws that fails a right sampler with probability 1e-6 and is
 * shown to catch one that was broken on purpose (over fewer draws: the faults are coarse). Statistics are standard normal
 * if the sampler is right.
 */
import { describe, expect, it } from "vitest";
import { batchClassifier } from "../../src/classifiers/function-classifier";
import { fillStandardNormals } from "../../src/noise/gaussian-noise";
import { noiseTable } from "../../src/noise/noise-table";
import { noisyCopies, noisyInput, type NoisyInput } from "../../src/noise/noisy-copies";
import { probabilityBelow, roundedGaussian } from "../../src/noise/rounded-gaussian";
import type { SampleRange } from "../../src/noise/uniform-number";
import { certify } from "../../src/smoothing/certify";
import { constant } from "../../src/variance/constant";

/** A right or a broken way to make noisy copies; what it returns may be written again by the next call. */
type Sampler = (input: NoisyInput, samples: SampleRange) => Float32Array;

const DRAWS = 100_000_000;
const FEWER = 4_000_000;

/** Draws off the grid, coordinate by coordinate: as many with `npm run test:sampler`, which takes a quarter of an hour. */
const OFF_GRID = process.env.IDRS_FULL_SIZE ? DRAWS : FEWER;

/** |z| that a standard normal variable exceeds with probability 1e-6. */
const LIMIT = 4.8916;

const [DIMENSION, COUNT] = [4096, 256];
const SIGMA = 0.5;
const SPREAD = 255 * SIGMA;

/** The noise of batches of copies of one gray image in levels, about so many values in all. */
function* noiseBatches(sampler: Sampler, draws: number, gray = 100 / 255, seed = 1): Generator<Float32Array> {
  const input = noisyInput(new Float32Array(DIMENSION).fill(gray), SIGMA);
  for (let first = 0; first * DIMENSION < draws; first += COUNT) {
    yield sampler(input, { seed, input: 0, first, count: COUNT });
  }
}

/** How often each level k + n was drawn, for n = −1024 … 1023. */
function histogram(batches: Iterable<Float32Array>, k = 100): Float64Array {
  const counts = new Float64Array(2048);
  for (const batch of batches)
    for (let i = 0; i < batch.length; i++) counts[Math.round(batch[i] * 255) - k + 1024]++;
  return counts;
}

/** Chi-squared over all cells with an expected count of at least 20, the rest pooled in two; as a normal variable. */
function chiSquared(counts: Float64Array, probabilityUpTo: (n: number) => number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let [statistic, cells, seen, expectedSeen] = [0, 0, 0, 0];
  let [count, before] = [0, 0];
  for (let n = -1024; n < 1024; n++) {
    count += counts[n + 1024];
    const upTo = n === 1023 ? 1 : probabilityUpTo(n);
    const expected = total * (upTo - before);
    const left = total * (1 - upTo);
    if (n < 1023 && (expected < 20 || left < 20)) continue;
    statistic += (count - expected) ** 2 / expected;
    [cells, seen, expectedSeen] = [cells + 1, seen + count, expectedSeen + expected];
    [count, before] = [0, upTo];
  }
  expect(seen).toBe(total);
  expect(expectedSeen).toBeCloseTo(total, 3);
  const freedom = cells - 1;
  // Wilson and Hilferty
  return ((statistic / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

const exact = roundedGaussian({ sigma: SIGMA });
const upTo = (n: number): number => Number(exact.cdf(n)) / 2 ** 128;

/** The correlation of two series of noise in levels, as a normal variable. */
function correlation(pairs: Iterable<readonly [Float32Array, Float32Array]>): number {
  let [sum, size] = [0, 0];
  for (const [a, b] of pairs) {
    for (let i = 0; i < a.length; i++) sum += (a[i] * 255 - 100) * (b[i] * 255 - 100);
    size += a.length;
  }
  return sum / (Math.sqrt(size) * SPREAD ** 2);
}

/** The way of every other library: fl(x + σ fl(e)). */
const floats: Sampler = ({ centers, sigma }, samples) => {
  const noise = new Float32Array(samples.count * centers.length);
  fillStandardNormals(noise, { ...samples, stream: 0 });
  return noise.map((e, i) =>
    Math.fround(Math.fround(centers[i % centers.length] / 255) + Math.fround(sigma * e)),
  );
};

/** Values of a sampler with some of them changed. */
const changed =
  (change: (values: Float32Array, input: NoisyInput) => void): Sampler =>
  (input, samples) => {
    const values = noisyCopies(input, samples).slice();
    change(values, input);
    return values;
  };

describe("the distribution of a level", () => {
  it("is that of the rounded Gaussian in every cell", () => {
    expect(Math.abs(chiSquared(histogram(noiseBatches(noisyCopies, DRAWS)), upTo))).toBeLessThan(LIMIT);
  });

  it("would fail this test if 16 bits always decided", () => {
    const { entries } = noiseTable(SPREAD);
    let state = 1;
    const truncated: Sampler = (_input, { count }) =>
      Float32Array.from({ length: count * DIMENSION }, () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (100 + (entries[state >>> 16] >> 1)) / 255;
      });
    expect(chiSquared(histogram(noiseBatches(truncated, DRAWS / 4)), upTo)).toBeGreaterThan(LIMIT);
  });

  /** Counts beyond 4.6 standard deviations, as a normal variable. */
  function tails(sampler: Sampler, draws: number): number {
    const level = Math.ceil(4.6 * SPREAD);
    const counts = histogram(noiseBatches(sampler, draws));
    const beyond = counts.reduce((sum, count, i) => (Math.abs(i - 1024) > level ? sum + count : sum), 0);
    const expected =
      ((2 * Number(exact.sf(level))) / 2 ** 128) * counts.reduce((sum, count) => sum + count, 0);
    return (beyond - expected) / Math.sqrt(expected);
  }

  it("has its tails beyond the end of the table", () => {
    expect(Math.abs(tails(noisyCopies, DRAWS))).toBeLessThan(LIMIT);
    const cut = changed((values) => {
      const most = 4.17 * SPREAD; // what 16 bits reach
      for (let i = 0; i < values.length; i++) {
        const noise = Math.round(values[i] * 255) - 100;
        values[i] = (100 + Math.sign(noise) * Math.min(Math.abs(noise), Math.floor(most))) / 255;
      }
    });
    expect(tails(cut, DRAWS)).toBeLessThan(-LIMIT);
  });

  it("is correct for a value off the grid", () => {
    const value = Math.fround(100.4 / 255);
    const offGrid = (n: number): number =>
      Number(probabilityBelow(100 + n, value * 255, SIGMA, 255)) / 2 ** 128;
    /** The mean of noise and value, as a normal variable. */
    const mean = (counts: Float64Array): number => {
      const draws = counts.reduce((sum, count) => sum + count, 0);
      const sum = counts.reduce((sum, count, i) => sum + count * (i - 1024 - (value * 255 - 100)), 0);
      return sum / Math.sqrt(draws) / SPREAD;
    };
    const counts = histogram(noiseBatches(noisyCopies, OFF_GRID, value));
    expect(Math.abs(chiSquared(counts, offGrid))).toBeLessThan(LIMIT);
    expect(Math.abs(mean(counts))).toBeLessThan(LIMIT);
    // Broken: the value is moved to the grid before noise is added.
    expect(mean(histogram(noiseBatches(noisyCopies, DRAWS / 4)))).toBeLessThan(-LIMIT);
  }, 3_600_000);

  it("changes no more than a pixel that changes by one ulp", () => {
    const x = new Float32Array(512).fill(Math.fround(100 / 255));
    const moved = x.slice();
    moved[7] = Math.fround(x[7] + 2 ** -26);
    expect(moved[7]).not.toBe(x[7]);
    const samples = { seed: 3, input: 1, first: 0, count: 20_000 };
    const [a, b] = [x, moved].map((x) => noisyCopies(noisyInput(x, SIGMA), samples).slice());
    const differences = a.reduce((sum, value, i) => sum + (value === b[i] ? 0 : 1), 0);
    expect(differences).toBe(0); // 2^-26 of 1/255 wide cells: one in 260,000 draws of that pixel
  });
});

describe("the independence of draws", () => {
  const shifted = function* (
    sampler: Sampler,
    draws: number,
    lag: number,
  ): Generator<[Float32Array, Float32Array]> {
    for (const batch of noiseBatches(sampler, draws)) {
      yield [batch.subarray(lag), batch.subarray(0, batch.length - lag)];
    }
  };

  it.each([1, 2, 7, 8, 64, DIMENSION])(
    "holds at a lag of %i coordinates, two to a word, eight to a counter",
    (lag) => {
      expect(Math.abs(correlation(shifted(noisyCopies, DRAWS, lag)))).toBeLessThan(LIMIT);
    },
  );

  it("would fail this test if two coordinates of a word shared bits", () => {
    // The second coordinate of each word takes the sign of the first in one of 64 words.
    const sharing = changed((values) => {
      for (let i = 0; i + 1 < values.length; i += 128) {
        const [first, second] = [values[i], values[i + 1]].map((value) => Math.round(value * 255) - 100);
        values[i + 1] = (100 + Math.sign(first) * Math.abs(second)) / 255;
      }
    });
    expect(correlation(shifted(sharing, FEWER, 1))).toBeGreaterThan(LIMIT);
  });

  /** Noise of two inputs or samples, side by side. */
  function* beside(sampler: Sampler, other: object, draws: number): Generator<[Float32Array, Float32Array]> {
    const input = noisyInput(new Float32Array(DIMENSION).fill(100 / 255), SIGMA);
    for (let first = 0; first * DIMENSION < draws; first += COUNT) {
      const samples = { seed: 1, input: 0, first, count: COUNT };
      const one = sampler(input, samples).slice();
      yield [one, sampler(input, { ...samples, ...shift(samples, other) })];
    }
  }
  const shift = (samples: SampleRange, change: Partial<SampleRange>): Partial<SampleRange> => ({
    ...change,
    ...(change.first !== undefined && { first: samples.first + change.first }),
  });

  it.each([
    ["neighboring inputs", { input: 1 }],
    ["neighboring samples", { first: 1 }],
    ["samples 2^32 apart", { first: 2 ** 32 }],
    ["neighboring seeds", { seed: 2 }],
    ["the stream of shared noise", { stream: 2 }],
  ])("holds between %s", (_name, other) => {
    expect(Math.abs(correlation(beside(noisyCopies, other, DRAWS)))).toBeLessThan(LIMIT);
  });

  it("would fail this test if input and sample indices were added, or the sample's upper bits lost", () => {
    const added: Sampler = (input, samples) =>
      noisyCopies(input, { ...samples, input: 0, first: samples.first + samples.input });
    const ofInputs = function* (): Generator<[Float32Array, Float32Array]> {
      for (const [one, two] of beside(added, { input: 1 }, FEWER)) {
        // sample i + 1 of the one input is sample i of the other
        yield [one.subarray(DIMENSION), two.subarray(0, two.length - DIMENSION)];
      }
    };
    expect(correlation(ofInputs())).toBeGreaterThan(LIMIT);
    const lost: Sampler = (input, samples) =>
      noisyCopies(input, { ...samples, first: samples.first % 2 ** 32 });
    expect(correlation(beside(lost, { first: 2 ** 32 }, FEWER))).toBeGreaterThan(LIMIT);
  });

  it("gives inputs with shared noise the same noise, of the right distribution for each", () => {
    const samples = { seed: 1, input: 0, stream: 2, first: 0, count: COUNT };
    const noise = [20, 230].map((k) => {
      const input = noisyInput(new Float32Array(DIMENSION).fill(Math.fround(k / 255)), SIGMA);
      return noisyCopies(input, samples).map((value) => Math.round(value * 255) - k);
    });
    expect(Buffer.compare(Buffer.from(noise[0].buffer), Buffer.from(noise[1].buffer))).toBe(0);
    const shared: Sampler = (input, samples) => noisyCopies(input, { ...samples, stream: 2 });
    expect(Math.abs(chiSquared(histogram(noiseBatches(shared, DRAWS)), upTo))).toBeLessThan(LIMIT);
  });
});

describe("a base classifier that recognizes the x of a noisy copy", () => {
  const { fround } = Math;
  const dimension = 3072;
  const x0 = Float32Array.from({ length: dimension }, (_, i) => fround(((i * 37) % 256) / 255));
  const x1 = x0.map((value) => fround((value < 1 ? Math.round(value * 255) + 1 : 254) / 255));

  /** Whether fl(x + σe) can be z for some 32-bit float e. */
  function isReachable(z: number, x: number): boolean {
    const e = fround((z - x) / SIGMA);
    return [e, fround(e * (1 + 1.2e-7)), fround(e * (1 - 1.2e-7))].some(
      (t) => fround(x + fround(SIGMA * t)) === z || fround(x + SIGMA * t) === z,
    );
  }
  const classOf = (copy: Float32Array): number =>
    x0.every((value, i) => isReachable(copy[i], value)) ? 0 : 1;
  const classesOf = (batch: Float32Array): number[] =>
    Array.from({ length: batch.length / dimension }, (_, i) =>
      classOf(batch.subarray(i * dimension, (i + 1) * dimension)),
    );

  it("cannot do so in levels: certificates at neighbors agree", async () => {
    const classifier = batchClassifier({
      name: "reachable",
      dimension,
      classCount: 2,
      batchSize: 50,
      classesOf,
    });
    const options = { n0: 20, n: 300, alpha: 0.001, seed: 1 };
    const [one, two] = await Promise.all(
      [x0, x1].map((x) => certify(classifier, constant(SIGMA), x, options)),
    );
    expect(Math.max(one.radius, two.radius)).toBeGreaterThan(Math.hypot(...x0.map((v, i) => v - x1[i])));
    expect(one.predicted).toBe(two.predicted);
  });

  it("distinguishes neighbors if x + σe is rounded to floats", () => {
    const samples = { seed: 1, input: 0, first: 0, count: 50 };
    expect(new Set(classesOf(floats(noisyInput(x0, SIGMA), samples)))).toEqual(new Set([0]));
    expect(new Set(classesOf(floats(noisyInput(x1, SIGMA), samples)))).toEqual(new Set([1]));
  });
});
