import { describe, expect, it } from "vitest";
import { clopperPearsonLower, clopperPearsonUpper } from "../../src/probability/binomial";
import { logBinomialDensity } from "../../src/probability/binomial";
import { classBounds, type ConfidenceBound, requireBound } from "../../src/sampling/class-bounds";
import { decidePlan, fixedPlan, gainPlan, lowerBound } from "../../src/sampling/sampling-plan";

describe("bounds on all classes", () => {
  it("share α: half for class A, the rest among the others", () => {
    const { pA, pB } = classBounds("all-classes", [10, 600, 0, 390], 1, 0.01);
    expect(pA).toBe(clopperPearsonLower(600, 1000, 0.005));
    expect(pB).toBe(clopperPearsonUpper(390, 1000, 0.005 / 3));
    // No other class has a larger upper bound.
    for (const votes of [10, 0, 390]) {
      expect(clopperPearsonUpper(votes, 1000, 0.005 / 3)).toBeLessThanOrEqual(pB!);
    }
    // A class without votes is bounded too.
    expect(classBounds("all-classes", [0, 1000], 1, 0.01).pB).toBeCloseTo(-Math.log(0.005) / 1000, 4);
  });

  it("do not change p_A of the other bounds", () => {
    for (const bound of ["clopper-pearson", "confidence-sequence"] as const) {
      expect(classBounds(bound, [3, 60, 7], 1, 0.01)).toEqual({ pA: lowerBound[bound](60, 70, 0.01) });
    }
    expect(classBounds("all-classes", [70], 0, 0.01)).toEqual({ pA: clopperPearsonLower(70, 70, 0.01) });
  });

  it("hold together with probability 1 − α, counted over all outcomes, and hardly more", () => {
    const n = 30;
    const alpha = 0.1;
    for (const p of [
      [0.5, 0.3, 0.2],
      [0.1, 0.45, 0.45],
      [0.9, 0.05, 0.05],
    ]) {
      let wrong = 0;
      for (let a = 0; a <= n; a++) {
        for (let b = 0; b <= n - a; b++) {
          const votes = [a, b, n - a - b];
          const { pA, pB } = classBounds("all-classes", votes, 0, alpha);
          if (pA <= p[0] && pB! >= Math.max(p[1], p[2])) continue;
          wrong += binomial(a, n, p[0]) * binomial(b, n - a, p[1] / (p[1] + p[2]));
        }
      }
      expect(wrong).toBeLessThanOrEqual(alpha);
      expect(wrong).toBeGreaterThan(alpha / 10);
    }
  });

  it("need a number of samples fixed in advance", () => {
    for (const bound of ["clopper-pearson", "confidence-sequence", "all-classes"] as const) {
      expect(() => requireBound(bound, fixedPlan)).not.toThrow();
    }
    for (const plan of [decidePlan(0.5), gainPlan(0.1)]) {
      expect(() => requireBound("confidence-sequence", plan)).not.toThrow();
      for (const bound of ["clopper-pearson", "all-classes"] as const) {
        expect(() => requireBound(bound, plan)).toThrow(
          `bound must be "confidence-sequence" if sampling may stop early, got "${bound}"`,
        );
      }
    }
    for (const bound of ["clopper-pearson", "all-classes"] as const) {
      const peeking = { ...decidePlan(0.5), name: "peeking", bound: "clopper-pearson" } as const;
      expect(() => requireBound(bound, peeking)).toThrow(
        `bound must be "confidence-sequence" if sampling may stop early, got "${bound}"`,
      );
    }
    for (const plan of [{ ...fixedPlan }, { ...decidePlan(0.5), name: "fixed" }]) {
      expect(() => requireBound("confidence-sequence", plan)).toThrow(
        'a sampling plan that may stop early must not be named "fixed"',
      );
    }
    expect(() => requireBound("all" as ConfidenceBound, fixedPlan)).toThrow(
      'bound must be one of "clopper-pearson", "confidence-sequence", "all-classes", got "all"',
    );
  });
});

function binomial(k: number, n: number, p: number): number {
  if (k === 0) return (1 - p) ** n;
  if (k === n) return p ** n;
  return Math.exp(logBinomialDensity(k, n, p, 1 - p));
}
