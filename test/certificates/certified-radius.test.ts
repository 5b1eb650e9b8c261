import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certifiedRadius, type CertifiedRadiusOptions } from "../../src/certificates/certified-radius";
import { cohenRadius } from "../../src/certificates/cohen";
import { seenFromOther } from "../../src/certificates/worst-case";
import { ballHolding } from "../../src/probability/ball-probability";
import { normalCdf, normalQuantile } from "../../src/probability/normal";
import { independentBallProbability } from "../probability/independent-ball-probability";
import { readReference } from "../reference/read-reference";

const logUniform = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);

const dimension = logUniform(1, 1e7).map(Math.round);
const sigma = logUniform(0.05, 5);
const rate = logUniform(1e-6, 1);
const pB = fc.oneof(
  logUniform(1e-12, 0.5 - 1e-6),
  logUniform(1e-6, 0.4).map((q) => 0.5 - q),
);
const options: fc.Arbitrary<CertifiedRadiusOptions> = fc.record({ dimension, sigma, rate, pB });

/** The next radii may differ by their rounding. */
const ROUNDING = 1 + 1e-9;

describe("the certified radius", () => {
  it("agrees with the reference table, where the growing side always binds", () => {
    const rows = readReference<Record<string, number>>("certified_radius.csv");
    expect(rows.length).toBe(200);
    for (const row of rows) {
      const found = certifiedRadius({
        dimension: row.dimension,
        sigma: row.sigma0,
        rate: row.rate,
        pA: row.pA,
      });
      for (const [radius, expected] of [
        [found.radius, row.radius],
        [found.decreasing, row.radius_decreasing],
        [found.increasing, row.radius_increasing],
      ]) {
        expect(radius / expected - 1).toBeGreaterThan(-1e-9);
        expect(radius / expected - 1).toBeLessThan(5e-11); // half a unit of the table's last digit
      }
      expect(found.cohen / row.cohen).toBeCloseTo(1, 10);
      expect(found.increasing).toBeLessThan(found.decreasing * (1 + 1e-14)); // equal but for rounding as r vanishes
    }
  });

  it.each(
    readReference<Record<"dimension" | "sigma" | "rate" | "pB" | "decreasing" | "increasing", number>>(
      "certified_radius_extremes.csv",
    ),
  )("is just below the exact one at N = $dimension, σ = $sigma, r = $rate, p_B = $pB", (row) => {
    const found = certifiedRadius(row);
    for (const side of ["decreasing", "increasing"] as const) {
      const error = found[side] / row[side] - 1;
      expect(error).toBeLessThan(-1e-10);
      expect(error).toBeGreaterThan(-4e-10);
    }
  });

  it("leaves the worst case at most 1/2, by independent methods", () => {
    fc.assert(
      fc.property(options, (o) => {
        const found = certifiedRadius(o);
        for (const side of [-1, 1]) {
          const growth = side * o.rate * o.sigma;
          const distance = (side < 0 ? found.decreasing : found.increasing) / o.sigma;
          const gap = -Math.expm1(2 * growth * distance);
          const square = Math.exp(2 * growth * distance);
          const ball = ballHolding(o.dimension, (distance / gap) ** 2, side * normalQuantile(o.pB!));
          const seen0 = independentBallProbability(ball);
          const seen1 = independentBallProbability(seenFromOther(ball, square, gap, distance));
          const [p0, p1] = side < 0 ? [seen0.inside, seen1.inside] : [seen0.outside, seen1.outside];
          expect(Math.abs(p0 / o.pB! - 1)).toBeLessThan(1e-11);
          expect(p1).toBeLessThanOrEqual(o.pB! < 0.3 ? 0.5 : 0.5 + 1e-11);
        }
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it("is the closed form in one dimension", () => {
    // The worst-case set is an interval (σ falling) or the outside of one (σ growing).
    for (const [s0, r, p] of [
      [0.5, 0.3, 0.01],
      [1, 0.1, 0.2],
      [2, 0.4, 1e-6],
      [0.3, 1, 0.45],
    ]) {
      const found = certifiedRadius({ dimension: 1, sigma: s0, rate: r, pB: p });
      for (const [side, radius] of [
        [-1, found.decreasing],
        [1, found.increasing],
      ]) {
        const s1 = s0 * Math.exp(side * r * radius);
        const center = (s0 ** 2 * radius) / Math.abs(s0 ** 2 - s1 ** 2);
        const inside = (half: number, distance: number, s: number): number =>
          normalCdf((half - distance) / s) - normalCdf((-half - distance) / s);
        let [low, high] = [0, center + 20];
        for (let i = 0; i < 200; i++) {
          const half = (low + high) / 2;
          if (inside(half, center, s0) < (side < 0 ? p : 1 - p)) low = half;
          else high = half;
        }
        const held = inside(low, (s1 ** 2 / s0 ** 2) * center, s1);
        expect(side < 0 ? held : 1 - held).toBeCloseTo(0.5, 8);
      }
    }
  });

  it("approaches Cohen's radius from below as r vanishes", () => {
    for (const N of [1, 2, 3072, 10_000_000]) {
      let previous = 0;
      for (const r of [1e-2, 1e-4, 1e-6, 1e-8, 1e-12, 1e-20, 1e-200]) {
        const { radius, cohen } = certifiedRadius({ dimension: N, sigma: 0.5, rate: r, pA: 0.99 });
        expect(radius).toBeLessThan(cohen);
        expect(radius).toBeGreaterThanOrEqual(previous * (1 - 1e-12));
        previous = radius;
      }
      const { radius, cohen } = certifiedRadius({ dimension: N, sigma: 0.5, rate: 0, pA: 0.99 });
      expect(radius).toBe(cohen);
      expect(previous / cohen).toBeCloseTo(1, 9);
    }
  });

  it("increases with p_A and decreases with r and N", () => {
    fc.assert(
      fc.property(options, fc.double({ min: 1.001, max: 2, noNaN: true }), (o, factor) => {
        const { radius, cohen, decreasing, increasing } = certifiedRadius(o);
        expect(radius).toBe(Math.min(decreasing, increasing));
        expect(radius).toBeGreaterThan(0);
        expect(radius).toBeLessThan(cohen);
        expect(certifiedRadius({ ...o, pB: o.pB! / factor }).radius).toBeGreaterThan(radius / ROUNDING);
        expect(certifiedRadius({ ...o, rate: o.rate * factor }).radius).toBeLessThan(radius * ROUNDING);
        const larger = Math.ceil(o.dimension * factor);
        expect(certifiedRadius({ ...o, dimension: larger }).radius).toBeLessThan(radius * ROUNDING);
      }),
      { numRuns: 300 },
    );
  });

  it("depends on σ and r only through rσ, in units of σ", () => {
    fc.assert(
      fc.property(options, logUniform(1e-3, 1e3), (o, unit) => {
        const scaled = certifiedRadius({ ...o, sigma: o.sigma * unit, rate: o.rate / unit });
        expect(scaled.radius / unit / certifiedRadius(o).radius).toBeCloseTo(1, 9);
      }),
      { numRuns: 200 },
    );
  });

  it("accepts p_B instead of p_A", () => {
    const o = { dimension: 3072, sigma: 0.25, rate: 0.01 };
    expect(certifiedRadius({ ...o, pB: 0.25 })).toEqual(certifiedRadius({ ...o, pA: 0.75 }));
    expect(certifiedRadius({ ...o, pB: 1e-100 }).radius).toBeGreaterThan(
      certifiedRadius({ ...o, pB: 1e-12 }).radius,
    );
  });

  it("is 0 up to p_A = 1/2 and infinite at p_A = 1", () => {
    const o = { dimension: 3072, sigma: 0.25, rate: 0.01 };
    for (const pA of [0, 0.3, 0.5]) {
      expect(certifiedRadius({ ...o, pA })).toEqual({ radius: 0, decreasing: 0, increasing: 0, cohen: 0 });
    }
    expect(certifiedRadius({ ...o, pA: 1 }).radius).toBe(Infinity);
  });

  it("is never NaN, even for the most extreme arguments", () => {
    for (const N of [1, 2, 1e15]) {
      for (const s of [1e-300, 1e-3, 1e3, 1e300]) {
        for (const r of [1e-300, 1e-8, 1, 1e300]) {
          for (const p of [5e-324, 1e-12, 0.5 - 2 ** -54]) {
            const { radius, cohen } = certifiedRadius({ dimension: N, sigma: s, rate: r, pB: p });
            expect(radius >= 0 && radius <= cohen).toBe(true);
          }
        }
      }
    }
  });

  it("is never above the exact one where double precision ends", () => {
    // A power of two as a factor is exact, so σ 2^200 has the radius R 2^200, without this end.
    const sigma = fc
      .oneof(fc.integer({ min: 1, max: 2 ** 20 }), logUniform(1, 2 ** 60))
      .map((k) => k * 2 ** -1074);
    fc.assert(
      fc.property(sigma, logUniform(1e-12, 0.499999), fc.constantFrom(0, 1e-6), (s, q, eta) => {
        const [small, large] = [s, s * 2 ** 200].map((one) =>
          certifiedRadius({ dimension: 784, sigma: one, rate: 0, eta, pB: q }),
        );
        for (const key of ["radius", "decreasing", "increasing", "cohen"] as const) {
          expect(small[key] * 2 ** 200).toBeLessThanOrEqual(large[key]);
          if (small[key] > 0) expect(small[key]).toBeGreaterThanOrEqual(2 ** -1022);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
    for (const rate of [0, 1e-310]) {
      const { radius, cohen } = certifiedRadius({ dimension: 784, sigma: Number.MAX_VALUE, rate, pA: 0.999 });
      expect([radius <= 1.7e308, cohen]).toEqual([true, 1.7e308]);
    }
  });

  const good = { dimension: 10, sigma: 1, rate: 0.1, pA: 0.9 };
  it.each([
    [{ dimension: 0 }, "dimension must be an integer of at least 1, got 0"],
    [{ dimension: 2.5 }, "dimension must be an integer of at least 1, got 2.5"],
    [{ dimension: "784" }, 'dimension must be an integer of at least 1, got "784"'],
    [{ sigma: 0 }, "sigma must be a positive number, got 0"],
    [{ sigma: -1 }, "sigma must be a positive number, got -1"],
    [{ sigma: Infinity }, "sigma must be a positive number, got Infinity"],
    [{ rate: -0.1 }, "rate must be a number of at least 0, got -0.1"],
    [{ rate: NaN }, "rate must be a number of at least 0, got NaN"],
    [{ pA: 1.01 }, "pA must be a probability in [0, 1], got 1.01"],
    [{ pA: "0.9" }, 'pA must be a probability in [0, 1], got "0.9"'],
    [{ pA: undefined }, "pA must be a probability in [0, 1], got undefined"],
    [{ pA: undefined, pB: -1 }, "pB must be a probability in [0, 1], got -1"],
  ])("refuses %j", (bad, message) => {
    const call = (): unknown => certifiedRadius({ ...good, ...bad } as CertifiedRadiusOptions);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});

describe("Cohen's radius", () => {
  it("is σ Φ⁻¹(p_A), rounded down", () => {
    // Φ⁻¹(0.9) = 1.2815515655446004 to 17 digits.
    const { radius } = cohenRadius({ sigma: 0.25, pA: 0.9 });
    expect(radius / (0.25 * 1.2815515655446004)).toBeCloseTo(1, 13);
    expect(radius).toBeLessThan(0.25 * 1.2815515655446004);
    expect(cohenRadius({ sigma: 0.25, pA: 0.4 }).radius).toBe(0);
  });
});
