import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approximateRadius } from "../../src/certificates/approximate-radius";
import { certifiedRadius, type CertifiedRadiusOptions } from "../../src/certificates/certified-radius";
import { cohenRadius } from "../../src/certificates/cohen";
import { seenFromOther, worstCaseProbability, worstCaseQuantile } from "../../src/certificates/worst-case";
import { ballHolding } from "../../src/probability/ball-probability";
import { normalCdf, normalQuantile } from "../../src/probability/normal";
import { independentBallProbability } from "../probability/independent-ball-probability";
import { readReference } from "../reference/read-reference";

type Setting = CertifiedRadiusOptions & { pA: number; pB: number; eta: number };

const logUniform = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);

/** p_A from 1e-3 to 1 − 1e-9, and a smaller p_B with p_A + p_B ≤ 1. */
const settings: fc.Arbitrary<Setting> = fc
  .record({
    dimension: logUniform(1, 1e7).map(Math.round),
    sigma: logUniform(0.05, 5),
    rate: logUniform(1e-5, 1),
    eta: fc.oneof(fc.constant(0), logUniform(1e-14, 1e-3)),
    pA: fc.oneof(
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      logUniform(1e-9, 1e-3).map((q) => 1 - q),
    ),
    pB: logUniform(1e-6, 0.999),
  })
  .map((o) => ({ ...o, pB: o.pB * Math.min(o.pA, 1 - o.pA) }));

/**
 * ξ(1 − p_A) + ξ(p_B) at the distance a = `distance` · s0 and s1 = s0 exp(change), by independent methods; the balls are
 * those of the package, whose probabilities at x0 are checked.
 */
function leaving({ dimension, pA, pB }: Setting, distance: number, change: number): number {
  const gap = -Math.expm1(2 * change);
  const xi = (q: number, z: number): number => {
    const ball = ballHolding(dimension, (distance / gap) ** 2, gap > 0 ? z : -z);
    const seen0 = independentBallProbability(ball);
    const seen1 = independentBallProbability(seenFromOther(ball, Math.exp(2 * change), gap, distance));
    const [p0, p1] = gap > 0 ? [seen0.inside, seen1.inside] : [seen0.outside, seen1.outside];
    expect(Math.abs(p0 / q - 1)).toBeLessThan(1e-10);
    return p1;
  };
  return xi(1 - pA, normalQuantile(pA)) + xi(pB, -normalQuantile(pB));
}

/** The furthest ln(s1/s0) on a side at a distance, in units of s0. */
const furthest = ({ rate, sigma, eta }: Setting, distance: number): number =>
  rate * sigma * distance + 2 * eta;

describe("the certified radius with a runner-up", () => {
  it.each(
    readReference<Setting & Record<"decreasing" | "increasing", number>>("certified_radius_runner_up.csv"),
  )(
    "is just below the exact one at N = $dimension, σ = $sigma, r = $rate, η = $eta, p_A = $pA, p_B = $pB",
    (row) => {
      const found = certifiedRadius(row);
      const { pA, pB } = row;
      const rounding =
        (10 * (Math.abs(normalQuantile(pA)) + Math.abs(normalQuantile(pB)))) /
        (normalQuantile(pA) - normalQuantile(pB));
      for (const side of ["decreasing", "increasing"] as const) {
        const error = found[side] / row[side] - 1;
        expect(error).toBeLessThan(-1e-10);
        expect(error).toBeGreaterThan(-4e-10 - 1e-14 * rounding);
      }
    },
  );

  it("keeps class A ahead up to its end and hardly beyond, by independent methods", () => {
    fc.assert(
      fc.property(settings, (o) => {
        const found = certifiedRadius(o);
        for (const side of [-1, 1]) {
          const distance = (side < 0 ? found.decreasing : found.increasing) / o.sigma;
          if (distance === 0) continue;
          expect(leaving(o, distance, side * furthest(o, distance))).toBeLessThan(1 + 1e-11);
          const beyond = distance * (1 + 1e-5);
          expect(leaving(o, beyond, side * furthest(o, beyond))).toBeGreaterThan(1 - 1e-10);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("keeps class A ahead at every smaller distance and every s1 in between (Lemma 3)", () => {
    const share = fc.double({ min: 1e-3, max: 1, noNaN: true });
    fc.assert(
      fc.property(settings, share, share, fc.boolean(), (o, at, of, falling) => {
        const distance = (at * certifiedRadius(o).radius) / o.sigma;
        const change = (falling ? -of : of) * furthest(o, distance);
        if (distance === 0) return;
        expect(leaving(o, distance, change)).toBeLessThan(1 + 1e-11);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it.each([1, 2, 3])("equals the result of a search over all s1 in %d dimensions", (dimension) => {
    for (const [rate, pA, pB] of [
      [0.3, 0.4, 0.3],
      [0.8, 0.6, 0.01],
      [0.5, 0.9, 0.05],
      [1, 0.2, 0.1],
    ]) {
      const o = { dimension, sigma: 1, rate, eta: 0.01, pA, pB };
      const holds = (radius: number): boolean =>
        [-1, -0.9, -0.5, -0.1, 0, 0.1, 0.5, 0.9, 1].every((part) => {
          const change = part * furthest(o, radius);
          if (part === 0)
            return normalCdf(radius - normalQuantile(pA)) + normalCdf(radius + normalQuantile(pB)) < 1;
          const z = [normalQuantile(pA), -normalQuantile(pB)];
          const sum = leavingBySearch(dimension, radius, change, z);
          return sum < 1;
        });
      let [low, high] = [0, cohenRadius(o).radius * 1.001];
      for (let i = 0; i < 24; i++) {
        const middle = (low + high) / 2;
        if (holds(middle)) low = middle;
        else high = middle;
      }
      expect(certifiedRadius(o).radius / low).toBeCloseTo(1, 6);
    }
  });

  it.each([1, 2, 3])("uses the worst of all sets, found by sorting cells, in %d dimensions", (dimension) => {
    for (const [distance, change, q] of [
      [0.5, 0.3, 0.6],
      [0.5, -0.3, 0.6],
      [1, 0.2, 0.05],
      [1, -0.5, 0.05],
    ]) {
      const z = -normalQuantile(q);
      const found = normalCdf(-worstCaseQuantile(dimension, z, distance, change));
      expect(found).toBeCloseTo(worstByCells(dimension, distance, Math.exp(change), q), 2.5);
      const setting = { dimension, sigma0: 2, sigma1: 2 * Math.exp(change), distance: 2 * distance };
      expect(found).toBeCloseTo(worstCaseProbability({ ...setting, pA: 1 - q }), 10);
    }
  });

  it("equals the radius of p_A alone if p_B adds nothing, and is never below it", () => {
    fc.assert(
      fc.property(settings, ({ pB, ...o }) => {
        const alone = certifiedRadius(o);
        for (const useless of [1 - o.pA + 1e-12, 1]) {
          expect(certifiedRadius({ ...o, pB: Math.min(1, useless) })).toEqual(alone);
        }
        const { radius, cohen } = certifiedRadius({ ...o, pB });
        expect(radius).toBeGreaterThanOrEqual(alone.radius * (1 - 1e-9));
        expect(radius).toBeLessThanOrEqual(cohen);
      }),
      { numRuns: 200 },
    );
  });

  it("increases with p_A and decreases with p_B, r, η and N", () => {
    fc.assert(
      fc.property(settings, fc.double({ min: 1.01, max: 2, noNaN: true }), (o, factor) => {
        const { radius } = certifiedRadius(o);
        const most = radius * (1 + 1e-8) + 1e-14;
        expect(certifiedRadius({ ...o, pA: o.pA / factor }).radius).toBeLessThanOrEqual(most);
        expect(certifiedRadius({ ...o, pB: o.pB * factor }).radius).toBeLessThanOrEqual(most);
        expect(certifiedRadius({ ...o, rate: o.rate * factor }).radius).toBeLessThanOrEqual(most);
        expect(certifiedRadius({ ...o, eta: o.eta * factor }).radius).toBeLessThanOrEqual(most);
        const dimension = Math.ceil(o.dimension * factor);
        expect(certifiedRadius({ ...o, dimension }).radius).toBeLessThanOrEqual(most);
      }),
      { numRuns: 200 },
    );
  });

  it("is (σ/2) (Φ⁻¹(p_A) − Φ⁻¹(p_B)) for constant σ, rounded down", () => {
    // Φ⁻¹(0.9) = 1.2815515655446004 and Φ⁻¹(0.025) = −1.9599639845400545 to 17 digits.
    const o = { dimension: 3072, sigma: 0.5, rate: 0, pA: 0.9, pB: 0.025 };
    const exact = 0.25 * (1.2815515655446004 + 1.9599639845400545);
    const { radius, cohen, increasing, decreasing } = certifiedRadius(o);
    expect([cohen, increasing, decreasing]).toEqual([radius, radius, radius]);
    expect(radius / exact).toBeCloseTo(1, 13);
    expect(radius).toBeLessThan(exact);
    expect(cohenRadius(o).radius).toBe(radius);
    // p_A below 1/2, and bounds so close that their difference is all rounding.
    expect(cohenRadius({ sigma: 1, pA: 0.4, pB: 0.3 }).radius).toBeCloseTo(0.135526706, 8);
    expect(cohenRadius({ sigma: 1, pA: 0.01, pB: 0.01 * (1 - 2 ** -53) }).radius).toBe(0);
    expect(
      approximateRadius({ ...o, rate: 0.001 }).radius / certifiedRadius({ ...o, rate: 0.001 }).radius,
    ).toBeCloseTo(1, 2);
  });

  it("is 0 if the runner-up may lead, and infinite if there is none", () => {
    const o = { dimension: 3072, sigma: 0.5, rate: 0.01 };
    const none = { radius: 0, decreasing: 0, increasing: 0, cohen: 0 };
    for (const [pA, pB] of [
      [0.3, 0.3],
      [0.3, 0.4],
      [0, 0.1],
      [0, 0],
      [0.5, 0.5],
    ]) {
      expect(certifiedRadius({ ...o, pA, pB })).toEqual(none);
    }
    for (const [pA, pB] of [
      [1, 0.2],
      [1, 0],
      [0.3, 0],
    ]) {
      expect(certifiedRadius({ ...o, pA, pB }).radius).toBe(Infinity);
    }
  });

  it("counts a p_B below the normal doubles as the least of them", () => {
    for (const [dimension, rate] of [
      [784, 1e-3],
      [10, 0.05],
      [3072, 0],
    ]) {
      for (const pA of [undefined, 0.4, 0.999]) {
        const o = { dimension, sigma: 1, rate, pA };
        const least = certifiedRadius({ ...o, pB: 2 ** -1022 });
        for (const pB of [5e-324, 1e-323, 1e-320, 1e-308])
          expect(certifiedRadius({ ...o, pB })).toEqual(least);
        expect(least.radius).toBeLessThan(certifiedRadius({ ...o, pB: 0 }).radius);
      }
    }
  });

  it("is never NaN, even for the most extreme arguments", () => {
    for (const dimension of [1, 3072, 1e15]) {
      for (const [sigma, rate] of [
        [1, 0],
        [1, 1e-300],
        [1e-3, 1e-5],
        [1e300, 1e-300],
        [1, 1e300],
        [1e300, 1e300],
      ]) {
        for (const eta of [0, 1e-300, 1e-13, 149.9, 1e300]) {
          for (const [pA, pB] of [
            [5e-324, 0],
            [1e-300, 5e-324],
            [0.3, 0.2],
            [0.4, 0.4 - 1e-16],
            [1 - 2 ** -53, 5e-324],
          ]) {
            const found = certifiedRadius({ dimension, sigma, rate, eta, pA, pB });
            expect(found.radius >= 0 && found.radius <= found.cohen).toBe(true);
          }
        }
      }
    }
  });

  it.each([
    [{ pB: -0.1 }, "pB must be a probability in [0, 1], got -0.1"],
    [{ pB: NaN }, "pB must be a probability in [0, 1], got NaN"],
    [{ pA: 1.1 }, "pA must be a probability in [0, 1], got 1.1"],
    [{ pB: "0.1" }, 'pB must be a probability in [0, 1], got "0.1"'],
  ])("refuses %j", (bad, message) => {
    const call = (): unknown =>
      certifiedRadius({
        dimension: 2,
        sigma: 1,
        rate: 0.1,
        pA: 0.6,
        pB: 0.2,
        ...bad,
      } as CertifiedRadiusOptions);
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});

/** The sum of ξ over quantiles at x0, with balls found by bisection and no probability of the package. */
function leavingBySearch(
  dimension: number,
  distance: number,
  change: number,
  quantiles: readonly number[],
): number {
  const square = Math.exp(2 * change);
  const gap = Math.abs(Math.expm1(2 * change));
  const [c0, c1] = [distance / gap, (Math.exp(change) * distance) / gap];
  const ball = (center: number, squaredRadius: number): { inside: number; outside: number } =>
    independentBallProbability({
      dimension,
      squaredDistance: center * center,
      squaredRadius,
      offset: dimension + center * center - squaredRadius,
    });
  return quantiles.reduce((sum, z) => {
    const q = normalCdf(-z);
    const side = change < 0 ? "inside" : "outside";
    let [low, high] = [0, c0 + 40];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      if (ball(c0, middle * middle)[side] < q === change < 0) low = middle;
      else high = middle;
    }
    return sum + ball(c1, (low * low) / square)[side];
  }, 0);
}

/**
 * The largest probability at x1 of a union of cells with probability q at x0, by sorting cells by the ratio of the two
 * (Neyman and Pearson): along the line through x0 and x1, and in the distance from it. Good to about 1e-3.
 */
function worstByCells(dimension: number, distance: number, s1: number, q: number): number {
  const step = dimension === 1 ? 0.0005 : 0.04;
  const along = Array.from({ length: 18 / step }, (_, i) => -9 + (i + 0.5) * step);
  const away = dimension === 1 ? [0] : Array.from({ length: 200 }, (_, i) => (i + 0.5) * step);
  const cells = along.flatMap((t) =>
    away.map((w) => {
      const area = w ** (dimension - 2);
      const size = dimension === 1 ? 1 : area;
      const density = (x: number, s: number): number =>
        (size * Math.exp(-(x * x + w * w) / (2 * s * s))) / s ** dimension;
      return { p0: density(t, 1), p1: density(t - distance, s1) };
    }),
  );
  const totals = cells.reduce((sum, { p0, p1 }) => ({ p0: sum.p0 + p0, p1: sum.p1 + p1 }), { p0: 0, p1: 0 });
  cells.sort((a, b) => b.p1 / b.p0 - a.p1 / a.p0);
  let [taken0, taken1] = [0, 0];
  for (const { p0, p1 } of cells) {
    if (taken0 / totals.p0 >= q) break;
    taken0 += p0;
    taken1 += p1;
  }
  return taken1 / totals.p1;
}
