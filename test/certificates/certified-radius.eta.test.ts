import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certifiedRadius, type CertifiedRadiusOptions } from "../../src/certificates/certified-radius";
import { seenFromOther, worstCaseProbability } from "../../src/certificates/worst-case";
import { ballHolding } from "../../src/probability/ball-probability";
import { normalCdf, normalQuantile } from "../../src/probability/normal";
import { independentBallProbability } from "../probability/independent-ball-probability";
import { readReference } from "../reference/read-reference";

const logUniform = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);

const settings: fc.Arbitrary<CertifiedRadiusOptions & { eta: number; pB: number }> = fc.record({
  dimension: logUniform(1, 1e7).map(Math.round),
  sigma: logUniform(0.05, 5),
  rate: fc.oneof(fc.constant(0), logUniform(1e-6, 1)),
  eta: logUniform(1e-14, 0.1),
  pB: fc.oneof(
    logUniform(1e-12, 0.5 - 1e-6),
    logUniform(1e-6, 0.4).map((q) => 0.5 - q),
  ),
});

describe("the certified radius with an error η of ln σ", () => {
  it.each(
    readReference<
      Record<"dimension" | "sigma" | "rate" | "eta" | "pB" | "decreasing" | "increasing", number>
    >("certified_radius_eta.csv"),
  )("is just below the exact one at N = $dimension, σ = $sigma, r = $rate, η = $eta, p_B = $pB", (row) => {
    const found = certifiedRadius(row);
    // Near the least z that certifies anything, where the radius vanishes, it changes faster than z.
    const z = normalQuantile(row.pB);
    const steepness = z ** 2 / (z ** 2 - 8 * row.dimension * row.eta ** 2);
    for (const side of ["decreasing", "increasing"] as const) {
      const error = found[side] / row[side] - 1;
      expect(error).toBeLessThan(-1e-10);
      expect(error).toBeGreaterThan(-4e-10 * steepness);
    }
  });

  it("leaves the worst case at most 1/2 at its end, by independent methods", () => {
    let certified = 0;
    fc.assert(
      fc.property(settings, (o) => {
        const found = certifiedRadius(o);
        expect(found.radius).toBe(Math.min(found.decreasing, found.increasing));
        for (const side of [-1, 1]) {
          const distance = (side < 0 ? found.decreasing : found.increasing) / o.sigma;
          if (distance === 0) continue;
          certified++;
          const change = side * (o.rate * o.sigma * distance + 2 * o.eta);
          const gap = -Math.expm1(2 * change);
          const ball = ballHolding(o.dimension, (distance / gap) ** 2, side * normalQuantile(o.pB));
          const seen0 = independentBallProbability(ball);
          const seen1 = independentBallProbability(seenFromOther(ball, Math.exp(2 * change), gap, distance));
          const [p0, p1] = side < 0 ? [seen0.inside, seen1.inside] : [seen0.outside, seen1.outside];
          expect(Math.abs(p0 / o.pB - 1)).toBeLessThan(1e-11);
          expect(p1).toBeLessThanOrEqual(o.pB < 0.3 ? 0.5 : 0.5 + 1e-11);
        }
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(certified).toBeGreaterThan(500);
  });

  it("leaves every σ(x1) within the bounds less than 1/2, at every distance", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(settings, share, fc.double({ min: -1, max: 1, noNaN: true }), (o, at, of) => {
        const { dimension, sigma, rate, eta, pB } = o;
        const distance = at * certifiedRadius(o).radius;
        if (distance === 0) return;
        const sigma1 = sigma * Math.exp(of * (rate * distance + 2 * eta));
        const xi = worstCaseProbability({ dimension, sigma0: sigma, sigma1, distance, pB });
        expect(xi).toBeLessThan(0.5 + 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  it("equals the radius without η for η = 0, and decreases with η", () => {
    fc.assert(
      fc.property(settings, fc.double({ min: 1.001, max: 2, noNaN: true }), ({ eta, ...o }, factor) => {
        const without = certifiedRadius(o);
        expect(certifiedRadius({ ...o, eta: 0 })).toEqual(without);
        const { radius } = certifiedRadius({ ...o, eta });
        expect(radius).toBeLessThanOrEqual(without.radius * (1 + 1e-9));
        expect(certifiedRadius({ ...o, eta: eta * factor }).radius).toBeLessThanOrEqual(radius * (1 + 1e-9));
      }),
      { numRuns: 300 },
    );
  });

  it("is Cohen's radius at rate 0 only for η = 0", () => {
    for (const dimension of [1, 3072, 10_000_000]) {
      const o = { dimension, sigma: 0.5, rate: 0, pA: 0.9 };
      const { cohen } = certifiedRadius(o);
      expect(certifiedRadius(o).radius).toBe(cohen);
      for (const eta of [1e-16, 1e-9, 1e-4]) {
        expect(certifiedRadius({ ...o, eta }).radius).toBeLessThan(cohen * (1 - 1e-10));
      }
    }
  });

  it("loses as much as the closed form says, for large N", () => {
    // (R/σ)² = z² − 2N (rR + 2η)² ; at rate 0, R = σ sqrt(z² − 8 N η²).
    for (const [dimension, eta] of [
      [3072, 1e-3],
      [150_528, 2e-4],
    ]) {
      const { radius } = certifiedRadius({ dimension, sigma: 2, rate: 0, eta, pA: 0.9 });
      const z = normalQuantile(0.9);
      expect(radius / (2 * Math.sqrt(z * z - 8 * dimension * eta * eta))).toBeCloseTo(1, 3);
    }
  });

  it("is 0 where Φ⁻¹(p_A) is below about 2 √(2N) η", () => {
    for (const dimension of [784, 3072, 150_528]) {
      for (const eta of [1e-13, 1e-9, 1e-6, 1e-4]) {
        const least = 2 * Math.sqrt(2 * dimension) * eta;
        for (const rate of [0, 0.01]) {
          const at = (z: number) =>
            certifiedRadius({ dimension, sigma: 0.5, rate, eta, pA: normalCdf(z) }).radius;
          expect(at(0.99 * least)).toBe(0);
          expect(at(1.01 * least)).toBeGreaterThan(0);
        }
      }
    }
  });

  it("is never NaN, even for the most extreme arguments", () => {
    for (const dimension of [1, 3072, 1e15]) {
      for (const rate of [0, 1e-300, 1e-8, 1, 1e300]) {
        for (const eta of [5e-324, 1e-300, 1e-150, 1e-16, 1e-8, 0.1, 149.9, 150, 1e300, Number.MAX_VALUE]) {
          for (const pB of [5e-324, 1e-12, 0.25, 0.5 - 1e-15]) {
            const found = certifiedRadius({ dimension, sigma: 0.5, rate, eta, pB });
            expect(found.radius >= 0 && found.radius <= found.cohen).toBe(true);
          }
        }
      }
    }
  });

  it.each([
    [-1e-9, "eta must be a number of at least 0, got -1e-9"],
    [NaN, "eta must be a number of at least 0, got NaN"],
    [Infinity, "eta must be a number of at least 0, got Infinity"],
    ["1e-6", 'eta must be a number of at least 0, got "1e-6"'],
  ])("refuses η = %s", (eta, message) => {
    const call = (): unknown =>
      certifiedRadius({ dimension: 2, sigma: 1, rate: 0, pA: 0.9, eta: eta as number });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
