import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { varianceRatioThresholds } from "../../src/certificates/curse-of-dimensionality";
import { worstCaseProbability } from "../../src/certificates/worst-case";

describe("the thresholds on σ1/σ0", () => {
  it.each([
    ["MNIST", 784, [0.946, 0.924, 0.908]],
    ["CIFAR-10", 3072, [0.973, 0.962, 0.953]],
    ["ImageNet", 256 * 256 * 3, [0.997, 0.995, 0.994]],
  ])("are those of the paper's table for %s", (_, dimension, lower) => {
    const found = [0.9, 0.99, 0.999].map((pA) => varianceRatioThresholds({ dimension, pA }).theorem.lower);
    expect(found.map((ratio) => Number(ratio.toFixed(3)))).toEqual(lower);
  });

  it("are ordered: the exact thresholds exclude most, the simplified ones least", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: Math.log(1e-15), max: Math.log(0.499), noNaN: true }).map(Math.exp),
        (dimension, pB) => {
          const { exact, theorem, simplified } = varianceRatioThresholds({ dimension, pB });
          expect(simplified.lower).toBeLessThanOrEqual(theorem.lower);
          expect(theorem.lower).toBeLessThanOrEqual(exact.lower);
          expect(exact.lower).toBeLessThan(1);
          expect(exact.upper).toBeGreaterThan(1);
          expect(theorem.upper).toBeGreaterThanOrEqual(exact.upper);
          expect(simplified.upper).toBeGreaterThanOrEqual(theorem.upper);
        },
      ),
    );
  });

  it("satisfy ξ(0) = 1/2 and the theorem's equations", () => {
    for (const dimension of [2, 10, 784, 150_528]) {
      for (const pB of [1e-12, 0.001, 0.3]) {
        const { exact, theorem } = varianceRatioThresholds({ dimension, pB });
        for (const sigma1 of [exact.lower, exact.upper]) {
          const xi = worstCaseProbability({ dimension, sigma0: 1, sigma1, distance: 0, pB });
          expect(xi).toBeCloseTo(0.5, 9);
        }
        const bound = (2 * Math.log(pB)) / dimension;
        const u = theorem.lower ** 2;
        const y = (theorem.upper ** 2 * (dimension - 1)) / dimension;
        expect((Math.log(u) + 1 - u) / bound).toBeCloseTo(1, 8);
        expect((Math.log(y) + 1 - y) / bound).toBeCloseTo(1, 8);
      }
    }
  });

  it("exclude nothing at p_A = 1, nor σ1 > σ0 by the theorem at N = 1", () => {
    expect(varianceRatioThresholds({ dimension: 10, pA: 1 }).exact).toEqual({ lower: 0, upper: Infinity });
    expect(varianceRatioThresholds({ dimension: 1, pA: 0.9 }).theorem.upper).toBe(Infinity);
  });

  it("are refused for p_A up to 1/2, where nothing is certified anyway", () => {
    expect(() => varianceRatioThresholds({ dimension: 10, pA: 0.5 })).toThrow(
      "pA must be above 1/2, got 0.5",
    );
    expect(() => varianceRatioThresholds({ dimension: 10, pB: 0.7 })).toThrow(
      "pB must be below 1/2, got 0.7",
    );
    expect(() => varianceRatioThresholds({ dimension: 0.5, pA: 0.9 })).toThrow(RangeError);
  });
});
