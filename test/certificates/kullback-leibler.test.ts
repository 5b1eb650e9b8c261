import { describe, expect, it } from "vitest";
import {
  coinDivergence,
  divergenceThresholds,
  scaleDivergence,
  xiOfShift,
  xiOfShrinkingUniform,
} from "../../src/certificates/kullback-leibler";
import { worstCaseProbability } from "../../src/certificates/worst-case";

const confidences = [0.51, 0.9, 0.99, 0.9999];

describe("ξ and the Kullback-Leibler divergence", () => {
  it.each(confidences)("of shifted Gaussians equals the worst case, p_A = %s", (pA) => {
    for (const distance of [0, 0.3, 2]) {
      const xi = worstCaseProbability({ dimension: 7, sigma0: 0.5, sigma1: 0.5, distance, pA });
      expect(xiOfShift((distance / 0.5) ** 2 / 2, pA)).toBeCloseTo(xi, 12);
    }
  });

  it.each(confidences)("never exceeds the bound of the data-processing inequality, p_A = %s", (pA) => {
    for (const k of [0.001, 0.1, 1, 3]) {
      expect(coinDivergence(xiOfShift(k, pA), 1 - pA)).toBeLessThanOrEqual(k + 1e-12);
      expect(coinDivergence(xiOfShrinkingUniform(k, pA), 1 - pA)).toBeLessThanOrEqual(k + 1e-12);
    }
    for (const dimension of [1, 20, 3072]) {
      for (const change of [-0.3, -0.01, 0.01, 0.3]) {
        const xi = worstCaseProbability({ dimension, sigma0: 1, sigma1: Math.exp(change), distance: 0, pA });
        expect(coinDivergence(xi, 1 - pA)).toBeLessThanOrEqual(
          scaleDivergence(dimension, change) * (1 + 1e-9),
        );
      }
    }
  });

  it("of Gaussians of different scale equals the integral in its definition", () => {
    // ∫ p1 ln(p1/p0) for N = 1, by the midpoint rule.
    const [s1, step] = [Math.exp(-0.4), 1e-3];
    let sum = 0;
    for (let x = step / 2 - 12; x < 12; x += step) {
      const p1 = Math.exp(-((x / s1) ** 2) / 2) / (s1 * Math.sqrt(2 * Math.PI));
      sum += step * p1 * (x ** 2 / 2 - (x / s1) ** 2 / 2 - Math.log(s1));
    }
    expect(scaleDivergence(1, -0.4)).toBeCloseTo(sum, 9);
    expect(scaleDivergence(784, 0.01)).toBeCloseTo(784 * scaleDivergence(1, 0.01), 12);
  });
});

describe("the thresholds of the divergence", () => {
  it.each(confidences)("ascend and are where the majority is lost, p_A = %s", (pA) => {
    const { kept, shifted, lost } = divergenceThresholds(pA);
    expect(kept).toBeCloseTo(Math.log(1 / (4 * pA * (1 - pA))) / 2, 12);
    expect(kept).toBeLessThan(shifted);
    expect(shifted).toBeLessThan(lost);
    expect(xiOfShift(shifted, pA)).toBeCloseTo(0.5, 12);
    for (const dimension of [1, 784]) {
      // A Gaussian that shrinks so far that its divergence is ln(1/p_B).
      let [near, far] = [0, -40];
      for (let i = 0; i < 100; i++) {
        const change = (near + far) / 2;
        if (scaleDivergence(dimension, change) < lost) near = change;
        else far = change;
      }
      const sigma1 = Math.exp(far);
      expect(worstCaseProbability({ dimension, sigma0: 1, sigma1, distance: 0, pA })).toBeGreaterThan(0.5);
    }
  });

  it("are refused without a majority", () => {
    expect(() => divergenceThresholds(0.5)).toThrow("pA must be above 1/2, got 0.5");
  });
});
