import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  binomialTest,
  clopperPearsonLower,
  clopperPearsonUpper,
  logBinomialDensity,
} from "../../src/probability/binomial";
import { readReference } from "../reference/read-reference";

describe("the upper Clopper-Pearson bound", () => {
  it("leaves probability α to so few successes, rounded up", () => {
    for (const [k, n, alpha] of [
      [0, 1, 0.05],
      [0, 1000, 0.001],
      [3, 10, 0.01],
      [999, 1000, 0.001],
      [500, 1000, 0.9],
    ]) {
      const p = clopperPearsonUpper(k, n, alpha);
      let atMost = 0;
      for (let i = 0; i <= k; i++) {
        atMost += i === 0 ? (1 - p) ** n : Math.exp(logBinomialDensity(i, n, p, 1 - p));
      }
      expect(atMost / alpha).toBeCloseTo(1, 9);
      expect(atMost / alpha).toBeLessThan(1 + 1e-11);
    }
    expect(clopperPearsonUpper(10, 10, 0.01)).toBe(1);
    expect(() => clopperPearsonUpper(3, 2, 0.01)).toThrow("successes must be at most trials (2), got 3");
    expect(() => clopperPearsonUpper(1, 2, 0)).toThrow(/alpha must be/);
  });
});

describe("the Clopper-Pearson lower bound", () => {
  const rows =
    readReference<Record<"successes" | "trials" | "alpha" | "lower", number>>("clopper_pearson.csv");

  it.each(rows)("of $successes in $trials at α = $alpha is just below the exact bound", (row) => {
    const error = clopperPearsonLower(row.successes, row.trials, row.alpha) / row.lower - 1;
    expect(error).toBeLessThan(0);
    expect(error).toBeGreaterThan(-1e-13);
  });

  it("gives Cohen's waterfall, α^(1/n), when every sample agrees", () => {
    expect(clopperPearsonLower(100_000, 100_000, 0.001)).toBeCloseTo(0.001 ** 1e-5, 14);
  });

  it("is 0 without a success, and below the observed share if α is below 1/2", () => {
    expect(clopperPearsonLower(0, 10, 0.001)).toBe(0);
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 100_000 })
          .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))),
        fc.double({ min: 1e-12, max: 0.4, noNaN: true }),
        ([k, n], alpha) => {
          const p = clopperPearsonLower(k, n, alpha);
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThan(k / n + 1e-15);
          if (k < n) expect(clopperPearsonLower(k + 1, n, alpha)).toBeGreaterThan(p);
          expect(clopperPearsonLower(k, n, alpha / 2)).toBeLessThanOrEqual(p);
        },
      ),
    );
  });

  it("is 0 where double precision would round it, and could round it up", () => {
    for (const [k, n, alpha] of [
      [1, 1e9, 1e-300],
      [1, 1e9, 7e-300],
      [1, 1e8, 2e-300],
    ]) {
      expect(clopperPearsonLower(k, n, alpha)).toBe(0); // about α/n, below 2^-1022
    }
    expect(clopperPearsonLower(1, 1e8, 1e-299)).toBeGreaterThan(9e-308);
  });

  it("stays a probability for every α between 0 and 1", () => {
    for (const alpha of [1e-300, 0.5, 0.9999, 1 - 1e-9, 1 - 2 ** -53]) {
      for (const [k, n] of [
        [1, 1000],
        [500, 1000],
        [999, 1000],
        [1, 2],
        [7, 10 ** 8],
      ]) {
        const p = clopperPearsonLower(k, n, alpha);
        expect(p >= 0 && p < 1).toBe(true);
      }
    }
  });

  it.each([
    [[5, 3, 0.1], "successes must be at most trials (3), got 5"],
    [[-1, 3, 0.1], "successes must be an integer of at least 0, got -1"],
    [[1.5, 3, 0.1], "successes must be an integer of at least 0, got 1.5"],
    [[1, 0, 0.1], "trials must be an integer of at least 1, got 0"],
    [["1", 3, 0.1], 'successes must be an integer of at least 0, got "1"'],
    [[1, 3, 0], "alpha must be a number between 0 and 1, got 0"],
    [[1, 3, NaN], "alpha must be a number between 0 and 1, got NaN"],
  ])("refuses %j", (args, message) => {
    const call = (): number => clopperPearsonLower(...(args as [number, number, number]));
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});

describe("the binomial test", () => {
  it.each([
    [60, 100, 0.05688793364098079],
    [40, 100, 0.05688793364098079],
    [900, 1000, 1.3403435580012592e-161],
    [51_000, 100_000, 2.588716038346898e-10],
    [7, 9, 0.1796875],
    [10, 10, 2 ** -9],
    [1, 1, 1],
    [5, 10, 1],
    [0, 0, 1],
  ])("of %d in %d gives the p-value %d", (k, n, p) => {
    expect(Math.abs(binomialTest(k, n) / p - 1)).toBeLessThan(1e-12);
  });

  it("refuses invalid counts", () => {
    expect(() => binomialTest(3, 2)).toThrow("successes must be at most trials (2), got 3");
    expect(() => binomialTest(1, 2.5)).toThrow("trials must be an integer of at least 0, got 2.5");
  });
});
