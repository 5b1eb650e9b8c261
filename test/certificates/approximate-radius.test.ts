import { describe, expect, it } from "vitest";
import { approximateRadius } from "../../src/certificates/approximate-radius";
import { certifiedRadius } from "../../src/certificates/certified-radius";

describe("the closed form of the radius", () => {
  it("is within 1 % of the certificate for N ≥ 784 and rσ ≤ 0.02", () => {
    for (const dimension of [784, 3072, 150_528]) {
      for (const [sigma, rate] of [
        [0.12, 0.01],
        [0.5, 0.015],
        [1, 0.02],
        [0.25, 0],
      ]) {
        for (const pA of [0.55, 0.9, 0.999]) {
          const o = { dimension, sigma, rate, pA };
          expect(Math.abs(approximateRadius(o).radius / certifiedRadius(o).radius - 1)).toBeLessThan(0.01);
        }
      }
    }
  });

  it("is bounded in σ, is 0 up to p_A = 1/2, and refuses invalid arguments", () => {
    const o = { dimension: 3072, rate: 0.01, pA: 0.9 };
    const limit = 1.2815515655446004 / (0.01 * Math.sqrt(6144));
    expect(approximateRadius({ ...o, sigma: 1e6 }).radius).toBeCloseTo(limit, 6);
    expect(approximateRadius({ ...o, sigma: 1, pA: 0.4 }).radius).toBe(0);
    expect(() => approximateRadius({ ...o, sigma: -1 })).toThrow("sigma must be a positive number, got -1");
  });
});
