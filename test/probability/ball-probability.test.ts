import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ballHolding, ballProbability } from "../../src/probability/ball-probability";
import { normalCdf } from "../../src/probability/normal";
import { crossSections, poissonMixture } from "./independent-ball-probability";

const logUniform = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp);

describe("the probability of a ball", () => {
  it("agrees with the Poisson mixture at any N and moderate λ", () => {
    fc.assert(
      fc.property(
        logUniform(1, 1e6).map(Math.round),
        logUniform(1e-3, 1e4),
        fc.double({ min: -7, max: 7, noNaN: true }),
        (dimension, squaredDistance, z) => {
          const ball = ballHolding(dimension, squaredDistance, z);
          const found = ballProbability(ball);
          const expected = poissonMixture(dimension, squaredDistance, ball.squaredRadius);
          expect(found.z).toBeCloseTo(z, 11);
          expect(Math.abs(found.inside / expected.inside - 1)).toBeLessThan(1e-11);
          expect(Math.abs(found.outside / expected.outside - 1)).toBeLessThan(1e-11);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("agrees with the quadrature over cross-sections for large λ", () => {
    fc.assert(
      fc.property(
        logUniform(2, 1e7).map(Math.round),
        logUniform(4e6, 1e12),
        fc.double({ min: -7, max: 7, noNaN: true }),
        (dimension, squaredDistance, z) => {
          const ball = ballHolding(dimension, squaredDistance, z);
          const found = ballProbability(ball);
          const expected = crossSections(dimension, squaredDistance, ball.squaredRadius, ball.offset);
          expect(Math.abs(found.inside / expected.inside - 1)).toBeLessThan(1e-11);
          expect(Math.abs(found.outside / expected.outside - 1)).toBeLessThan(1e-11);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("becomes that of a half-space as λ grows without bound", () => {
    for (const squaredDistance of [1e40, 1e100, 1e290]) {
      for (const z of [-9, -0.3, 0, 1e-9, 2, 30]) {
        const squaredRadius = squaredDistance;
        const offset = 2 * Math.sqrt(squaredDistance) * z;
        const ball = ballProbability({ dimension: 3072, squaredDistance, squaredRadius, offset });
        expect(Math.abs(ball.inside / normalCdf(-z) - 1)).toBeLessThan(1e-12);
        expect(Math.abs(ball.z - z)).toBeLessThanOrEqual(1e-14 * Math.abs(z) + 1e-19);
      }
    }
  });

  it("is that of an interval in one dimension", () => {
    for (const [center, radius] of [
      [0, 0.01],
      [0.3, 2],
      [3, 1],
      [6.3, 1e-3],
      [20, 15],
    ]) {
      const ball = { dimension: 1, squaredDistance: center ** 2, squaredRadius: radius ** 2 };
      const offset = 1 + (center - radius) * (center + radius);
      const expected = normalCdf(radius - center) - normalCdf(-radius - center);
      expect(Math.abs(ballProbability({ ...ball, offset }).inside / expected - 1)).toBeLessThan(2e-12);
    }
  });

  it("has the derivative that it states", () => {
    for (const [dimension, squaredDistance, squaredRadius] of [
      [1, 2, 3],
      [10, 0, 4],
      [3072, 500, 3700],
      [3, 1e4, 9e3],
    ]) {
      const at = (x: number): ReturnType<typeof ballProbability> =>
        ballProbability({
          dimension,
          squaredDistance,
          squaredRadius: x,
          offset: dimension + squaredDistance - x,
        });
      const h = 1e-4 * squaredRadius;
      const slope = (at(squaredRadius + h).inside - at(squaredRadius - h).inside) / (2 * h);
      expect(Math.abs(slope / at(squaredRadius).density - 1)).toBeLessThan(2e-4);
    }
  });

  it("covers the empty ball and the whole space", () => {
    for (const squaredDistance of [0, 7]) {
      expect(ballProbability(ballHolding(5, squaredDistance, Infinity)).inside).toBe(0);
      expect(ballProbability(ballHolding(5, squaredDistance, -Infinity)).outside).toBe(0);
    }
  });
});
