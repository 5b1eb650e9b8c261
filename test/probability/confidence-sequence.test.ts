import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clopperPearsonLower } from "../../src/probability/binomial";
import { confidenceSequenceLower, confidenceSequenceUpper } from "../../src/probability/confidence-sequence";
import { readReference } from "../reference/read-reference";
import { coin } from "./coin";

type Bound = (successes: number, trials: number, alpha: number) => number;

/** For each number of trials t, the fewest successes with which `bound` is above p (t + 1 if none). */
function fewestAbove(bound: Bound, p: number, trials: number, alpha: number): Int32Array {
  const fewest = new Int32Array(trials + 1);
  fewest[0] = 1;
  for (let t = 1, k = 1; t <= trials; t++) {
    while (k <= t && bound(k, t, alpha) <= p) k++;
    fewest[t] = k;
  }
  return fewest;
}

/** The probability, exactly, that the successes of a coin of probability p ever reach `fewest`. */
function everReached(fewest: Int32Array, p: number): number {
  const going = new Float64Array(fewest.length + 1);
  going[0] = 1;
  let reached = 0;
  for (let t = 1; t < fewest.length; t++) {
    for (let k = Math.min(t, fewest[t - 1]); k > 0; k--) going[k] = going[k] * (1 - p) + going[k - 1] * p;
    going[0] *= 1 - p;
    for (let k = fewest[t]; k <= t && going[k] > 0; k++) {
      reached += going[k];
      going[k] = 0;
    }
  }
  return reached;
}

describe("the confidence sequence", () => {
  const rows =
    readReference<Record<"successes" | "trials" | "alpha" | "lower" | "complement", number>>(
      "confidence_sequence.csv",
    );

  it.each(rows)("of $successes in $trials at α = $alpha is just outside the exact bound", (row) => {
    const { successes, trials, alpha } = row;
    const lower = confidenceSequenceLower(successes, trials, alpha) / row.lower - 1;
    expect(lower).toBeLessThan(0);
    expect(lower).toBeGreaterThan(-1e-13);
    const upper = confidenceSequenceUpper(trials - successes, trials, alpha) / row.complement - 1;
    expect(upper).toBeGreaterThanOrEqual(0);
    expect(upper).toBeLessThan(2e-14);
  });

  it("increases with successes and α, decreases with failures, and stays below Clopper-Pearson", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 100_000 })
          .chain((t) => fc.tuple(fc.integer({ min: 0, max: t }), fc.constant(t))),
        fc.double({ min: 1e-12, max: 0.4, noNaN: true }),
        ([k, t], alpha) => {
          const lower = confidenceSequenceLower(k, t, alpha);
          expect(lower).toBeGreaterThanOrEqual(0);
          expect(confidenceSequenceLower(k + 1, t + 1, alpha)).toBeGreaterThan(lower);
          if (k > 0) {
            expect(lower).toBeLessThan(clopperPearsonLower(k, t, alpha));
            expect(confidenceSequenceLower(k, t + 1, alpha)).toBeLessThan(lower);
            expect(confidenceSequenceLower(k, t, alpha / 2)).toBeLessThan(lower);
          }
        },
      ),
    );
  });

  it("is symmetric in successes and failures", () => {
    for (const [k, t] of [
      [0, 0],
      [0, 7],
      [3, 7],
      [7, 7],
      [9990, 10_000],
    ]) {
      const lower = confidenceSequenceLower(k, t, 0.01);
      expect(confidenceSequenceUpper(t - k, t, 0.01)).toBeCloseTo(1 - lower, 14);
      expect(confidenceSequenceUpper(k, t, 0.01)).toBeGreaterThan(lower);
    }
  });

  it("is trivial before the first trial, and trivial on the side of an extreme count", () => {
    expect([confidenceSequenceLower(0, 0, 0.1), confidenceSequenceUpper(0, 0, 0.1)]).toEqual([0, 1]);
    expect([confidenceSequenceLower(0, 9, 0.1), confidenceSequenceUpper(9, 9, 0.1)]).toEqual([0, 1]);
  });

  it("stays a probability for every α between 0 and 1", () => {
    for (const alpha of [Number.MIN_VALUE, 1e-300, 0.5, 0.9999, 1 - 2 ** -53]) {
      for (const [k, t] of [
        [1, 1],
        [1, 10 ** 8],
        [500, 1000],
        [999, 1000],
        [10 ** 8, 10 ** 8],
      ]) {
        const lower = confidenceSequenceLower(k, t, alpha);
        expect(lower >= 0 && lower < 1).toBe(true);
        const upper = confidenceSequenceUpper(t - k, t, alpha);
        expect(upper > 0 && upper <= 1).toBe(true);
      }
    }
  });

  it.each([
    [[5, 3, 0.1], "successes must be at most trials (3), got 5"],
    [[-1, 3, 0.1], "successes must be an integer of at least 0, got -1"],
    [[1.5, 3, 0.1], "successes must be an integer of at least 0, got 1.5"],
    [[0, -1, 0.1], "trials must be an integer of at least 0, got -1"],
    [[1, "3", 0.1], 'trials must be an integer of at least 0, got "3"'],
    [[1, 3, 0], "alpha must be a number between 0 and 1, got 0"],
    [[1, 3, 1], "alpha must be a number between 0 and 1, got 1"],
    [[0, 3, NaN], "alpha must be a number between 0 and 1, got NaN"],
  ])("refuses %j", (args, message) => {
    for (const bound of [confidenceSequenceLower, confidenceSequenceUpper]) {
      const call = (): number => bound(...(args as [number, number, number]));
      expect(call).toThrow(RangeError);
      expect(call).toThrow(message);
    }
  });
});

describe("looking after every trial", () => {
  const ALPHA = 0.05;
  const CASES = [0.01, 0.1, 0.3, 0.5, 0.6915, 0.8413, 0.9, 0.99, 0.999].map((p) => [
    p,
    p > 0.99 ? 10_000 : 2000, // before about 5/(1 − p) trials nothing is above p
  ]);

  it.each(CASES)("the confidence sequence is ever above p = %d with probability at most α", (p, trials) => {
    const failing = everReached(fewestAbove(confidenceSequenceLower, p, trials, ALPHA), p);
    expect(failing).toBeLessThanOrEqual(ALPHA);
    expect(failing).toBeGreaterThan(ALPHA / 5);
  });

  it.each(CASES)("the Clopper-Pearson bound is ever above p = %d far more often", (p, trials) => {
    const failing = everReached(fewestAbove(clopperPearsonLower, p, trials, ALPHA), p);
    expect(failing).toBeGreaterThan(2 * ALPHA);
  });

  it.each([0.5, 0.9, 0.99])(
    "simulated trials agree: few of probability %d ever fail, on either side",
    (p) => {
      const [runs, trials] = [1000, 2000];
      const below = fewestAbove(confidenceSequenceLower, p, trials, ALPHA);
      const above = fewestAbove(confidenceSequenceLower, 1 - p, trials, ALPHA); // of failures: U_t < p
      const fixed = fewestAbove(clopperPearsonLower, p, trials, ALPHA);
      const failures = { lower: 0, upper: 0, fixed: 0 };
      for (let run = 0; run < runs; run++) {
        const toss = coin(p, 11, run);
        let [lower, upper, peeked] = [0, 0, 0];
        for (let t = 1, k = 0; t <= trials; t++) {
          if (toss()) k++;
          if (k >= below[t]) lower = 1;
          if (t - k >= above[t]) upper = 1;
          if (k >= fixed[t]) peeked = 1;
        }
        failures.lower += lower;
        failures.upper += upper;
        failures.fixed += peeked;
      }
      const slack = 4 * Math.sqrt(ALPHA * (1 - ALPHA) * runs);
      expect(failures.lower).toBeLessThan(ALPHA * runs + slack);
      expect(failures.upper).toBeLessThan(ALPHA * runs + slack);
      expect(failures.fixed).toBeGreaterThan(ALPHA * runs + slack);
      const expected = everReached(below, p) * runs;
      expect(Math.abs(failures.lower - expected)).toBeLessThan(4 * Math.sqrt(expected));
    },
  );
});
