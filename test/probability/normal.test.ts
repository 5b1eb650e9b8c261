import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalDensity, normalQuantile } from "../../src/probability/normal";

/** mpmath, 40 digits. */
const CDF: [number, number][] = [
  [-37, 5.725571222524577e-300],
  [-20, 2.7536241186062337e-89],
  [-8, 6.220960574271784e-16],
  [-3, 0.0013498980316300946],
  [-1, 0.15865525393145705],
  [-0.5, 0.3085375387259869],
  [0.5, 0.6914624612740131],
  [2, 0.9772498680518208],
];
const QUANTILE: [number, number][] = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [1e-12, -7.034483825301132],
  [0.001, -3.0902323061678136],
  [0.3, -0.5244005127080408],
  [0.49993896484375, -0.00015299244899961214],
];

describe("the normal distribution", () => {
  it.each(CDF)("computes Φ(%d) to full precision, also in the far tail", (z, p) => {
    expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-14);
  });

  it.each(QUANTILE)("computes Φ⁻¹(%d) to full precision, also in the far tail", (p, z) => {
    expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(1e-14);
  });

  it("keeps the relative precision of Φ⁻¹ next to 1/2", () => {
    const q = 2 ** -40;
    expect(normalQuantile(0.5 + q) / (Math.sqrt(2 * Math.PI) * q)).toBeCloseTo(1, 13);
    expect(normalQuantile(0.5)).toBe(0);
  });

  it("inverts itself, is symmetric and increases", () => {
    fc.assert(
      fc.property(fc.double({ min: -37, max: 8, noNaN: true }), (z) => {
        // The upper tail is only as good as 1 − p.
        const tolerance = z > 1 ? 1e-15 / normalDensity(z) : 1e-12;
        expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(tolerance);
        expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 14);
        expect(normalCdf(z + 0.01)).toBeGreaterThanOrEqual(normalCdf(z));
      }),
    );
  });

  it("is exact at the ends of its ranges", () => {
    expect(normalCdf(-Infinity)).toBe(0);
    expect(normalCdf(Infinity)).toBe(1);
    expect(normalCdf(-50)).toBe(0);
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(5e-324)).toBeCloseTo(-38.4675, 3);
  });

  it.each([NaN, -1e-9, 1.1, "0.5", undefined])("refuses the probability %j", (p) => {
    expect(() => normalQuantile(p as number)).toThrow(/^p must be a probability in \[0, 1\], got /);
    expect(() => normalQuantile(p as number)).toThrow(RangeError);
  });

  it("refuses values that are not numbers", () => {
    expect(() => normalCdf(NaN)).toThrow("z must be a number, got NaN");
    expect(() => normalCdf("1" as never)).toThrow('z must be a number, got "1"');
  });
});
