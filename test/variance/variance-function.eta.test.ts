import { describe, expect, it } from "vitest";
import { type ByteDataset, imageAt } from "../../src/datasets/image-dataset";
import { loadMnist } from "../../src/datasets/mnist";
import { clamp, mixture, product, scale } from "../../src/variance/combinators";
import { constant } from "../../src/variance/constant";
import { nearestDistances, SUMMING_ERROR } from "../../src/variance/nearest-distances";
import { nearestNeighbor } from "../../src/variance/nearest-neighbor";
import { exponentialOfLipschitz, userFunction } from "../../src/variance/user-function";
import { noMnist } from "../datasets/mnist-available";
import { exactDistances, exactSigma, relativeError } from "./exact-sigma";

const U = 2 ** -53;

function imagesOf(pixels: Uint8Array, dimension: number): ByteDataset {
  const count = pixels.length / dimension;
  return {
    name: "some",
    split: "train",
    channels: 1,
    height: 1,
    width: dimension,
    count,
    dimension,
    pixels,
    labels: new Uint8Array(count),
    classNames: ["only"],
    checksums: { some: String(count) },
  };
}

/** Bytes that repeat after a while only. */
const bytes = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i + 977 * seed, 2654435761) >>> 13) & 255);

/** The number that a float stands for, for {@link exactDistances}. */
function standsFor(value: number, levels: number): number | readonly [number, number] {
  const level = Math.round(value * levels);
  return Math.fround(level / levels) === value ? [level, levels] : value;
}

describe("σ(x) of the nearest neighbors", () => {
  const database = imagesOf(bytes(40 * 200, 1), 200);
  const query = bytes(200, 2);

  it.each([
    ["bytes", 255, (byte: number) => byte / 255],
    ["bytes of 16 bits", 65_535, (byte: number) => byte / 255],
    ["16 bits", 65_535, (byte: number, p: number) => (byte * 257 + p) / 65_535],
    ["seven levels", 7, (byte: number) => (byte % 8) / 7],
    ["2^23 - 1 levels", 2 ** 23 - 1, (byte: number, p: number) => (byte * 32_896 + p) / (2 ** 23 - 1)],
    ["numbers off the grid", 255, (byte: number, p: number) => byte / 255 + Math.sin(p) / 300],
    ["numbers far away", 255, (byte: number, p: number) => 1000 * Math.sin(p * byte)],
  ])("is that of the point that floats stand for, to η: %s", async (_, levels, valueOf) => {
    const options = { sigmaBase: 0.3, rate: 0.7, center: 5.1, neighbors: 3 };
    const variance = nearestNeighbor({ database, ...options });
    const x = Float32Array.from(query, valueOf);
    const [sigma] = await variance.sigma([x], levels);
    const distances = exactDistances(
      database,
      Array.from(x, (value) => standsFor(value, levels)),
    );
    const farthest = BigInt(16 * Math.floor(Math.sqrt(200) * 2 ** 40)) << 260n;
    if (distances[0] > farthest) {
      // Beyond 16 √N the function does not grow.
      expect(sigma).toBe(0.3 * Math.exp(0.7 * (16 * Math.sqrt(200) - 5.1)));
      return;
    }
    expect(Math.abs(relativeError(sigma, exactSigma(distances, options)))).toBeLessThan(variance.eta);
    const found = (await nearestDistances(database, [x], 3, levels))[0];
    found.forEach((distance, i) => {
      expect(Math.abs(relativeError(distance, distances[i]))).toBeLessThan((SUMMING_ERROR + 2) * U);
    });
  });

  it("has an η of a few units in the last place of r h", () => {
    const options = { database: imagesOf(new Uint8Array(20 * 3072), 3072), sigmaBase: 0.5, center: 5 };
    const { eta, isConstant } = nearestNeighbor({ ...options, rate: 0.01 });
    expect(isConstant).toBe(false);
    expect(eta).toBeGreaterThan(1e-14);
    expect(eta).toBeLessThan(1e-12);
    expect(nearestNeighbor({ ...options, rate: 0 }).eta).toBe(4 * U);
    expect(nearestNeighbor({ ...options, rate: 0.02 }).eta / eta).toBeCloseTo(2, 1);
  });

  it("sums any number of small differences next to a large one", async () => {
    // Each square is below half a unit in the last place of the first: added one by one, they would all be lost.
    const dimension = 200_000;
    const x = new Float32Array(dimension).fill(7e-9);
    x[0] = 1;
    const zeros = imagesOf(new Uint8Array(dimension), dimension);
    const [[distance]] = await nearestDistances(zeros, [x], 1);
    const small = BigInt(x[1] * 2 ** 80) ** 2n * BigInt(dimension - 1);
    const square = (1n << 160n) + small;
    expect(Number(small) / 2 ** 160).toBeGreaterThan(9e-12);
    const error = Number(((BigInt(distance * 2 ** 60) << 20n) ** 2n - square) / 2n) / Number(square);
    expect(Math.abs(error)).toBeLessThan((SUMMING_ERROR + 2) * U);
  });

  it("is the same in integers and one by one", async () => {
    // Zeros that are added to all images change no distance, but make them too large for the search in integers.
    const wide = (narrow: Uint8Array): Uint8Array => {
      const all = new Uint8Array((narrow.length / 200) * 17_000);
      for (let i = 0; i < narrow.length; i++) all[Math.floor(i / 200) * 17_000 + (i % 200)] = narrow[i];
      return all;
    };
    const padded = imagesOf(wide(database.pixels), 17_000);
    const image = imagesOf(query, 200);
    const [inIntegers] = await nearestDistances(database, [imageAt(image, 0)], 40);
    const [oneByOne] = await nearestDistances(padded, [imageAt(imagesOf(wide(query), 17_000), 0)], 40);
    expect(oneByOne).toEqual(inIntegers);
  });

  it("refuses invalid levels, and values without a level", async () => {
    const variance = nearestNeighbor({ database, sigmaBase: 0.5, rate: 0.1, center: 5 });
    const x = new Float32Array(200);
    for (const levels of [0, -1, 2.5, NaN, 2 ** 23]) {
      await expect(variance.sigma([x], levels)).rejects.toThrow(
        `levels must be an integer from 1 to 8388607, got ${levels}`,
      );
    }
    await expect(variance.sigma([x.fill(33_000)])).rejects.toThrow(/values below 32896.* got 33000/);
  });

  it("refuses a σ(x) that is too small or too large for a double", async () => {
    const options = { database, sigmaBase: 0.5, neighbors: 1 };
    const x = imageAt(imagesOf(query, 200), 0);
    for (const [rate, center, message] of [
      [1, 725, /at least 2\^-1022/],
      [1, 900, /positive number, got 0/],
      [1, -900, /positive number, got Infinity/],
    ] as const) {
      await expect(nearestNeighbor({ ...options, rate, center }).sigma([x])).rejects.toThrow(message);
    }
  });
});

describe.skipIf(noMnist)("σ(x) of the nearest neighbors on MNIST", () => {
  it("changes by at most r ‖x − y‖ + 2η if a pixel changes by one ulp", async () => {
    const [train, test] = await Promise.all([loadMnist("train"), loadMnist("test")]);
    const variance = nearestNeighbor({ database: train, sigmaBase: 0.5, rate: 0.01, center: 1.5 });
    for (const index of [0, 4]) {
      const x = imageAt(test, index);
      const p = x.findIndex((value) => value > 0.3 && value < 0.5);
      const y = x.slice();
      y[p] += 2 ** -25;
      expect(y[p]).toBeGreaterThan(x[p]);
      const [sx, sy] = await variance.sigma([x, y]);
      const distance = Math.abs(y[p] - Math.round(255 * x[p]) / 255);
      expect(distance).toBeLessThan(5e-8);
      expect(Math.abs(Math.log(sx) - Math.log(sy))).toBeLessThanOrEqual(
        variance.rate * distance + 2 * variance.eta + U,
      );
    }
  });
});

describe("η of variance functions built from others", () => {
  const [a, b] = [1e-6, 3e-7].map((eta, i) =>
    userFunction({ name: `part ${i}`, rate: 0.1, eta, sigma: () => 1 }),
  );

  it("adds up in products, is the largest in mixtures, and grows by their rounding", () => {
    expect(product(a, b).eta).toBeGreaterThanOrEqual(1.3e-6 + 2 * U);
    expect(product(a, b).eta).toBeLessThan(1.3e-6 + 8 * U);
    expect(mixture([b, a, b], [1, 2, 3]).eta).toBeGreaterThanOrEqual(1e-6 + 3 * U);
    expect(mixture([b, a, b], [1, 2, 3]).eta).toBeLessThan(1e-6 + 10 * U);
    expect(scale(a, 3).eta).toBeGreaterThanOrEqual(1e-6 + U);
    expect(scale(a, 3).eta).toBeLessThan(1e-6 + 4 * U);
    expect(clamp(a, 0.1, 1).eta).toBe(1e-6);
    expect(product(scale(a, 2), mixture([b, b], [1, 1])).eta).toBeCloseTo(1.3e-6, 14);
    expect([product(a, b), mixture([a, b], [1, 1]), scale(a, 2), clamp(a, 1, 2)]).toMatchObject(
      Array(4).fill({ isConstant: false }),
    );
  });

  it("is 0 for constant functions", () => {
    const [one, two] = [constant(0.5), constant(0.25)];
    for (const built of [
      one,
      scale(one, 3),
      clamp(one, 0.3, 0.4),
      product(one, two),
      mixture([one, two], [1, 3]),
    ]) {
      expect(built).toMatchObject({ rate: 0, eta: 0, isConstant: true });
    }
    expect(product(one, a)).toMatchObject({ isConstant: false });
    expect(product(one, a).eta).toBeGreaterThan(a.eta);
  });

  it("covers the parts at the requested levels", async () => {
    const seen: unknown[] = [];
    const spy = {
      ...a,
      sigma: (inputs: readonly Float32Array[], levels?: number) => (seen.push(levels), a.sigma(inputs)),
    };
    for (const built of [scale(spy, 2), clamp(spy, 1, 2), product(spy, b), mixture([spy, b], [1, 1])]) {
      await built.sigma([new Float32Array(1)], 7);
    }
    expect(seen).toEqual([7, 7, 7, 7]);
  });

  it("refuse values with fewer than 53 bits", async () => {
    const tiny = constant(1e-200);
    await expect(product(tiny, tiny, constant(1e300)).sigma([new Float32Array(1)])).rejects.toThrow(
      /positive number, got 0/,
    );
    await expect(scale(constant(1e-300), 1e-10).sigma([new Float32Array(1)])).rejects.toThrow(/2\^-1022/);
    await expect(mixture([constant(1e-300), tiny], [1e-10, 1]).sigma([new Float32Array(1)])).rejects.toThrow(
      /2\^-1022/,
    );
  });
});

describe("η of a user's function", () => {
  it("is what the user states, or by default what a float32 network and rounded inputs need", () => {
    const options = { name: "own", rate: 0.2, sigma: () => 1 };
    expect(userFunction({ ...options, eta: 1e-9 }).eta).toBe(1e-9);
    expect(userFunction(options).eta).toBeCloseTo(6e-6, 12);
    const network = { name: "network", lipschitzConstant: 0.2, output: () => 0, sigmaBase: 1 };
    expect(exponentialOfLipschitz({ ...network, eta: 1e-7 }).eta).toBe(1e-7);
    expect(exponentialOfLipschitz(network).eta).toBeCloseTo(6e-6, 12);
  });

  it("by default covers the rounding of inputs, and is refused for inputs that round by more", async () => {
    const own = { name: "own", rate: 0.2, sigma: () => 1 };
    const network = { name: "own", lipschitzConstant: 0.2, output: () => 0, sigmaBase: 1 };
    for (const levels of [255, 65_535, 2 ** 23 - 1]) {
      for (let k = 1; k < 2 ** 23; k = Math.ceil(1.01 * k)) {
        const float = Math.fround(k / levels);
        expect(Math.abs(float - k / levels)).toBeLessThanOrEqual(2 ** -24 * float * (1 + 1e-8));
      }
    }
    const largestRadius = 19; // points in the certified ball may have larger norms than its center
    expect(2 ** -24 * (400 + largestRadius) * 0.2 + 1e-6).toBeLessThan(userFunction(own).eta);
    const white = new Float32Array(160_000).fill(1);
    const large = [new Float32Array(160_001).fill(1), Float32Array.of(0, -401), Float32Array.of(NaN)];
    for (const byDefault of [
      userFunction(own),
      exponentialOfLipschitz(network),
      scale(userFunction(own), 2),
    ]) {
      expect((await byDefault.sigma([white, Float32Array.of(3, -399)])).length).toBe(2);
      for (const x of large) {
        await expect(byDefault.sigma([white, x])).rejects.toThrow(
          /^the default η of own is only for inputs of norm up to 400, got (400\.001\d*|401|NaN): give eta$/,
        );
      }
    }
    const given = [userFunction({ ...own, eta: 1e-4 }), exponentialOfLipschitz({ ...network, eta: 1e-4 })];
    for (const { sigma } of given) expect((await sigma(large)).length).toBe(3);
  });

  it.each([-1e-9, NaN, Infinity])("is refused at %d", (eta) => {
    expect(() => userFunction({ name: "own", rate: 0.2, eta, sigma: () => 1 })).toThrow(
      `eta must be a number of at least 0, got ${eta}`,
    );
  });
});
