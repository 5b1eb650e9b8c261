import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import {
  worstCaseProbability,
  worstCaseRegion,
  type WorstCaseOptions,
} from "../../src/certificates/worst-case";
import { noncentralChiSquared } from "../../src/probability/noncentral-chi-squared";
import { normalCdf, normalQuantile } from "../../src/probability/normal";

/** Seeded standard normal numbers (mulberry32 and Box-Muller). */
function normalNumbers(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe("the worst-case region", () => {
  it.each<WorstCaseOptions>([
    { dimension: 1, sigma0: 1, sigma1: 0.7, distance: 0.5, pA: 0.8 },
    { dimension: 2, sigma0: 0.5, sigma1: 0.4, distance: 0.3, pA: 0.9 },
    { dimension: 3, sigma0: 1, sigma1: 1.5, distance: 1, pA: 0.7 },
    { dimension: 5, sigma0: 2, sigma1: 2.2, distance: 0.1, pA: 0.95 },
    { dimension: 4, sigma0: 1, sigma1: 1, distance: 0.8, pA: 0.85 },
    { dimension: 8, sigma0: 1, sigma1: 0.5, distance: 0, pA: 0.99 },
  ])("has probability p_B at x0 and ξ at x1, counted: %j", (options) => {
    const { dimension, sigma0, sigma1, distance, pA } = options;
    const region = worstCaseRegion(options);
    const normal = normalNumbers(7);
    const samples = 100_000;
    const share = (position: number, sigma: number): number => {
      let inside = 0;
      for (let i = 0; i < samples; i++) {
        const along = position + sigma * normal();
        let across = 0;
        for (let k = 1; k < dimension; k++) across += (sigma * normal()) ** 2;
        if (region.kind === "half-space") {
          if (along >= region.offset) inside++;
        } else {
          const inBall = (along - region.center) ** 2 + across <= region.radius ** 2;
          if (inBall === (region.kind === "ball")) inside++;
        }
      }
      return inside / samples;
    };
    const five = (p: number): number => 5 * Math.sqrt((p * (1 - p)) / samples);
    const xi = worstCaseProbability(options);
    expect(Math.abs(share(0, sigma0) - (1 - pA!))).toBeLessThan(five(1 - pA!));
    expect(Math.abs(share(distance, sigma1) - xi)).toBeLessThan(five(xi));
  });

  it("begins at its offset", () => {
    const o = { dimension: 3072, sigma0: 0.25, distance: 0.1, pA: 0.99 };
    const ball = worstCaseRegion({ ...o, sigma1: 0.24 });
    const outside = worstCaseRegion({ ...o, sigma1: 0.26 });
    const half = worstCaseRegion({ ...o, sigma1: 0.25 });
    if (ball.kind !== "ball" || outside.kind !== "complement of a ball") throw new Error("wrong kind");
    expect(ball.center).toBeGreaterThan(o.distance);
    expect(ball.offset).toBeCloseTo(ball.center - ball.radius, 12);
    expect(outside.center).toBeLessThan(0);
    expect(outside.offset).toBeCloseTo(outside.center + outside.radius, 12);
    expect(half).toEqual({ kind: "half-space", offset: 0.25 * normalQuantile(0.99) });
    // A ball whose center is far away begins where the half-space begins.
    expect(worstCaseRegion({ ...o, sigma1: 0.25 * (1 + 2 ** -50) }).offset).toBeCloseTo(half.offset, 11);
    expect(worstCaseRegion({ ...o, sigma1: 0.25 * (1 - 2 ** -50) }).offset).toBeCloseTo(half.offset, 11);
  });
});

describe("the worst-case probability ξ", () => {
  it("is the paper's expression in noncentral chi-squared functions", () => {
    const { cdf, sf, quantile, upperQuantile } = noncentralChiSquared;
    const [N, s0, a, pB] = [100, 1, 0.5, 0.05];
    for (const s1 of [0.9, 0.97, 1.05, 1.3]) {
      const d = Math.abs(s0 ** 2 - s1 ** 2);
      const [l0, l1] = [((s0 ** 2 * a) / d / s0) ** 2, ((s1 ** 2 * a) / d / s1) ** 2];
      const expected =
        s1 < s0
          ? cdf((s0 ** 2 / s1 ** 2) * quantile(pB, N, l0), N, l1)
          : sf((s0 ** 2 / s1 ** 2) * upperQuantile(pB, N, l0), N, l1);
      const found = worstCaseProbability({ dimension: N, sigma0: s0, sigma1: s1, distance: a, pB });
      expect(Math.abs(found / expected - 1)).toBeLessThan(1e-10);
    }
  });

  it("is continuous where the variances are equal, and there that of a half-space", () => {
    const o = { dimension: 3072, sigma0: 0.25, distance: 0.2, pA: 0.99 };
    const equal = worstCaseProbability({ ...o, sigma1: 0.25 });
    expect(equal).toBe(normalCdf(0.8 - normalQuantile(0.99)));
    for (const e of [-1e-13, -1e-15, 1e-15, 1e-13]) {
      expect(worstCaseProbability({ ...o, sigma1: 0.25 * (1 + e) }) / equal).toBeCloseTo(1, 10);
    }
  });

  it("increases with the distance, starts at p_B or more, and decreases with p_A", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 1e-9, max: 0.6, noNaN: true }),
        (dimension, logRatio, distance, pB) => {
          const o = { dimension, sigma0: 1, sigma1: Math.exp(logRatio), distance, pB };
          const xi = worstCaseProbability(o);
          expect(xi).toBeGreaterThanOrEqual(pB * (1 - 1e-9));
          expect(xi).toBeLessThanOrEqual(1);
          expect(worstCaseProbability({ ...o, distance: distance + 0.1 })).toBeGreaterThanOrEqual(
            xi * (1 - 1e-9),
          );
          expect(worstCaseProbability({ ...o, pB: pB / 2 })).toBeLessThanOrEqual(xi * (1 + 1e-9));
        },
      ),
    );
  });

  it("crosses 1/2 at the two sides of the certified radius", () => {
    const o = { dimension: 3072, sigma: 0.5, rate: 0.02, pA: 0.99 };
    const found = certifiedRadius(o);
    for (const [side, radius] of [
      [-1, found.decreasing],
      [1, found.increasing],
    ]) {
      const at = (distance: number): number =>
        worstCaseProbability({
          dimension: o.dimension,
          sigma0: o.sigma,
          sigma1: o.sigma * Math.exp(side * o.rate * distance),
          distance,
          pA: o.pA,
        });
      expect(at(radius)).toBeLessThan(0.5);
      expect(at(radius * (1 + 1e-9))).toBeGreaterThan(0.5);
    }
  });

  it("is exact at the ends of its ranges", () => {
    const o = { dimension: 2, sigma0: 1, distance: 1 };
    for (const sigma1 of [0.9, 1, 1.1]) {
      expect(worstCaseProbability({ ...o, sigma1, pA: 1 })).toBe(0);
      expect(worstCaseProbability({ ...o, sigma1, pA: 0 })).toBe(1);
    }
    expect(worstCaseProbability({ ...o, sigma1: 1e-5, pA: 0.99 })).toBe(1);
    expect(worstCaseProbability({ ...o, sigma1: 1.1, distance: 1e200, pA: 0.99 })).toBe(1);
  });

  it.each([
    [{ sigma0: 0 }, "sigma0 must be a positive number, got 0"],
    [{ sigma1: NaN }, "sigma1 must be a positive number, got NaN"],
    [{ distance: -1 }, "distance must be a number of at least 0, got -1"],
    [{ dimension: "3" }, 'dimension must be an integer of at least 1, got "3"'],
  ])("refuses %j", (bad, message) => {
    const good = { dimension: 3, sigma0: 1, sigma1: 2, distance: 1, pA: 0.9 };
    const call = (): unknown => worstCaseProbability({ ...good, ...bad } as WorstCaseOptions);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });

  it("is a probability even for the most extreme arguments", () => {
    for (const dimension of [1, 2, 3072, 1e15]) {
      for (const sigma1 of [1e-300, 1e-140, 1e-5, 1 - 1e-13, 1 + 1e-13, 1e5, 1e140, 1e300]) {
        for (const distance of [0, 1e-300, 1e-5, 1e5]) {
          for (const pB of [0, 5e-324, 1e-300, 0.5, 1 - 2 ** -53, 1]) {
            const xi = worstCaseProbability({ dimension, sigma0: 1, sigma1, distance, pB });
            expect(xi >= 0 && xi <= 1).toBe(true);
          }
        }
      }
    }
  });
});
