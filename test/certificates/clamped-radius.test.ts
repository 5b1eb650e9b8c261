import { describe, expect, it } from "vitest";
import { clampedRadius, CLAMPS } from "../../src/certificates/clamped-radius";
import { certifiedRadius } from "../../src/certificates/certified-radius";

describe("the clamped, one-sided radius of earlier code", () => {
  const setting = { dimension: 784, sigma: 0.5, rate: 0.01, pA: 0.99, clamp: CLAMPS.mnist };

  it("equals the radius of ξ_> alone where the clamp does not act, which exceeds the certified radius", () => {
    const steep = { ...setting, rate: 0.05, clamp: 0.999999 };
    const { radius, decreasing } = certifiedRadius(steep);
    expect(clampedRadius(steep).radius / decreasing).toBeCloseTo(1, 6);
    expect(clampedRadius(steep).radius).toBeGreaterThan(radius);
  });

  it("is smaller where the clamp acts, never above Cohen's, and 0 at p_A ≤ 1/2", () => {
    expect(clampedRadius({ ...setting, clamp: 0.97 }).radius).toBeLessThan(clampedRadius(setting).radius);
    expect(clampedRadius(setting).radius).toBeLessThan(certifiedRadius(setting).cohen);
    expect(clampedRadius({ ...setting, pA: 0.5 }).radius).toBe(0);
    expect(() => clampedRadius({ ...setting, clamp: 1.1 })).toThrow(/clamp must give a ratio .* got 1.1/);
  });
});
