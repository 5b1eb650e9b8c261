import { describe, expect, it } from "vitest";
import { noncentralChiSquared } from "../../src/probability/noncentral-chi-squared";
import { readReference } from "../reference/read-reference";

const { cdf, sf, pdf, quantile, upperQuantile } = noncentralChiSquared;

interface Row {
  x: number;
  degrees_of_freedom: number;
  noncentrality: number;
}

describe("the noncentral chi-squared distribution", () => {
  it("has both tails of the reference table", () => {
    for (const row of readReference<Row & { cdf: number; sf: number }>("noncentral_chi_squared.csv")) {
      const { x, degrees_of_freedom: n, noncentrality: l } = row;
      expect(Math.abs(cdf(x, n, l) / row.cdf - 1)).toBeLessThan(1e-12);
      expect(Math.abs(sf(x, n, l) / row.sf - 1)).toBeLessThan(1e-12);
    }
  });

  it("computes its tails down to 1e-280, and inverts them", () => {
    for (const row of readReference<Row & { tail: string; probability: number }>(
      "noncentral_chi_squared_tails.csv",
    )) {
      const { x, degrees_of_freedom: n, noncentrality: l, tail, probability } = row;
      const found = tail === "lower" ? cdf(x, n, l) : sf(x, n, l);
      expect(Math.abs(found / probability - 1)).toBeLessThan(2e-12);
      const inverse = tail === "lower" ? quantile(probability, n, l) : upperQuantile(probability, n, l);
      expect(Math.abs(inverse / x - 1)).toBeLessThan(1e-12);
    }
  });

  it("is elementary for two degrees of freedom and λ = 0", () => {
    for (const x of [1e-200, 1e-9, 0.3, 1.4, 40, 1000]) {
      expect(Math.abs(sf(x, 2, 0) / Math.exp(-x / 2) - 1)).toBeLessThan(1e-12);
      expect(Math.abs(cdf(x, 2, 0) / -Math.expm1(-x / 2) - 1)).toBeLessThan(1e-12);
      expect(Math.abs(pdf(x, 2, 0) / (Math.exp(-x / 2) / 2) - 1)).toBeLessThan(1e-12);
    }
  });

  it("accepts any positive number of degrees of freedom", () => {
    // χ²_N(0) with N = 0.5 at its reference median (mpmath).
    expect(cdf(0.08734665, 0.5, 0)).toBeCloseTo(0.5, 2);
    expect(quantile(cdf(3.3, 2.5, 1.5), 2.5, 1.5)).toBeCloseTo(3.3, 12);
  });

  it("is exact at the ends of its ranges", () => {
    expect(cdf(0, 3, 1)).toBe(0);
    expect(sf(-5, 3, 1)).toBe(1);
    expect(cdf(Infinity, 3, 1)).toBe(1);
    expect(sf(Infinity, 3, 1)).toBe(0);
    expect([quantile(0, 3, 0), quantile(1, 3, 0)]).toEqual([0, Infinity]);
    expect([upperQuantile(1, 3, 2), upperQuantile(0, 3, 2)]).toEqual([0, Infinity]);
    expect([pdf(0, 1, 1), pdf(0, 2, 0), pdf(0, 3, 0)]).toEqual([Infinity, 0.5, 0]);
    expect(quantile(1e-280, 1, 0)).toBeLessThan(1e-300); // 1.6e-560 is no double
  });

  it.each([
    [() => cdf(NaN, 3, 1), "x must be a number, got NaN"],
    [() => cdf(1, 0, 1), "degreesOfFreedom must be a positive number, got 0"],
    [() => sf(1, 3, -1), "noncentrality must be a number of at least 0, got -1"],
    [() => quantile(1.5, 3, 1), "p must be a probability in [0, 1], got 1.5"],
    [() => quantile(0.5, 0.02, 0), "degreesOfFreedom must be at least 0.05 for a quantile, got 0.02"],
    [() => upperQuantile(0.5, Infinity, 1), "degreesOfFreedom must be a positive number, got Infinity"],
    [() => pdf(1, 3, "1" as never), 'noncentrality must be a number of at least 0, got "1"'],
  ])("names a bad argument (%#)", (call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
