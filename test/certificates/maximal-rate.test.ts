import { describe, expect, it } from "vitest";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { maximalRate } from "../../src/certificates/maximal-rate";

describe("the largest rate for a tolerated loss", () => {
  it.each([
    [3072, 0.01, 0.99],
    [784, 0.1, 0.9],
    [2, 0.05, 0.99],
    [1, 0.5, 0.7],
    [150_528, 1e-6, 0.99],
    [3072, 0.999, 0.99],
  ])("keeps the promise, and hardly more, at N = %d, loss = %d, p_A = %d", (dimension, loss, pA) => {
    const rate = maximalRate({ dimension, sigma: 0.25, loss, pA });
    const kept = (r: number): number => {
      const { radius, cohen } = certifiedRadius({ dimension, sigma: 0.25, rate: r, pA });
      return radius / cohen;
    };
    expect(kept(rate)).toBeGreaterThanOrEqual(1 - loss);
    expect(kept(rate * 1.001)).toBeLessThan(1 - loss);
  });

  it("uses p_A = 0.99 by default, and scales with 1/σ", () => {
    const o = { dimension: 3072, sigma: 0.25, loss: 0.02 };
    expect(maximalRate(o)).toBe(maximalRate({ ...o, pA: 0.99 }));
    expect(maximalRate({ ...o, sigma: 0.5 }) * 2).toBeCloseTo(maximalRate(o), 9);
  });

  it("is 0 if no loss is tolerated, or less than the rounding of the radius", () => {
    expect(maximalRate({ dimension: 3072, sigma: 0.25, loss: 0 })).toBe(0);
    expect(maximalRate({ dimension: 3072, sigma: 0.25, loss: 1e-12 })).toBe(0);
  });

  it.each([
    [{ loss: 1 }, "loss must be at least 0 and below 1, got 1"],
    [{ loss: NaN }, "loss must be at least 0 and below 1, got NaN"],
    [{ pA: 0.5 }, "pA must be above 1/2, got 0.5"],
    [{ pA: 1 }, "pA must be below 1: at 1 no rate loses any radius"],
    [{ sigma: 0 }, "sigma must be a positive number, got 0"],
  ])("refuses %j", (bad, message) => {
    const call = (): number => maximalRate({ dimension: 784, sigma: 0.25, loss: 0.1, ...bad });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
