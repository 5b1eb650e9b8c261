import { requireInteger, requirePositive } from "../numerics/arguments";
import { philox4x32, seedWords } from "../probability/philox";
import { noncentralChiSquared } from "../probability/noncentral-chi-squared";
import { normalCdf, normalDensity } from "../probability/normal";

/** A point of the plane. */
export type Point = readonly [number, number];

/**
 * A world with two classes in the plane, in which everything is known: the decision boundary of the base
 * classifier and the class probabilities of the smoothed classifier.
 */
export interface ToyWorld {
  /** The name of the world, for example "rings". */
  readonly name: string;
  /** The base classifier: returns the class of a point, 0 or 1. */
  classOf(point: Point): 0 | 1;
  /**
   * The probability that the class of x + e is 1, where e ~ N(0, σ²I). The absolute error is at most 1e-10; for
   * the cone, this bound holds only for half angles up to 1.5.
   *
   * @throws RangeError if σ is not a positive finite number
   */
  probabilityOfOne(point: Point, sigma: number): number;
  /** The distance from a point to the decision boundary of the base classifier. */
  distanceToBoundary(point: Point): number;
  /** Draws random points and returns them with their classes. The seed determines the result. */
  sample(
    count: number,
    seed: number,
  ): {
    /** The points, with two coordinates each. */
    inputs: Float32Array[];
    /** The class of each point, 0 or 1. */
    labels: Uint8Array;
  };
}

/**
 * Returns the world of two blobs: points around (−1, 0) and (1, 0), separated by the sign of the first
 * coordinate. The boundary is a line, so smoothing with constant σ does not move it.
 *
 * @example
 * blobs().probabilityOfOne([0.5, 0], 0.5); // 0.841…
 */
export function blobs(): ToyWorld {
  return {
    name: "blobs",
    classOf: ([x]) => (x > 0 ? 1 : 0),
    probabilityOfOne: ([x], sigma) => {
      requirePositive("sigma", sigma);
      return normalCdf(x / sigma);
    },
    distanceToBoundary: ([x]) => Math.abs(x),
    sample: (count, seed) =>
      drawn(
        count,
        seed,
        ([x]) => (x > 0 ? 1 : 0),
        (u) => {
          const center = u[0] < 0.5 ? -1 : 1;
          const [radius, angle] = [0.4 * Math.sqrt(-2 * Math.log(1 - u[1])), 2 * Math.PI * u[2]];
          return [center + radius * Math.cos(angle), radius * Math.sin(angle)];
        },
      ),
  };
}

/**
 * Returns the world of a narrowing cone: a point has class 1 if its angle to the positive first axis is below
 * `halfAngle`. Near the tip the cone is narrower than the noise, so the class-1 region of the smoothed
 * classifier is smaller (Mohapatra et al. 2021, "Hidden cost of randomized smoothing").
 *
 * @param halfAngle - half the opening angle, in (0, 1.5] radians; for larger angles the probabilities would lose
 *   accuracy
 * @throws RangeError if the angle is out of range
 * @example
 * cone(0.2).classOf([1, 0]); // 1
 * cone(0.2).probabilityOfOne([1, 0], 0.5); // 0.3102…
 */
export function cone(halfAngle: number = Math.PI / 8): ToyWorld {
  if (!(halfAngle > 0 && halfAngle <= 1.5)) {
    throw new RangeError(`halfAngle must be above 0 and at most 1.5, got ${halfAngle}`);
  }
  const slope = Math.tan(halfAngle);
  const classOf = ([x, y]: Point): 0 | 1 => (x > 0 && Math.abs(y) < slope * x ? 1 : 0);
  return {
    name: "cone",
    classOf,
    probabilityOfOne: ([x, y], sigma) => {
      requirePositive("sigma", sigma);
      // A noisy point with first coordinate u > 0 is in the cone if its second coordinate is at most slope · u
      // in absolute value.
      return integral(Math.max(0, x - 9 * sigma), Math.max(0, x + 9 * sigma), (u) => {
        const width = normalCdf((slope * u - y) / sigma) - normalCdf((-slope * u - y) / sigma);
        return (normalDensity((u - x) / sigma) / sigma) * width;
      });
    },
    distanceToBoundary: ([x, y]) => {
      // The distance to the nearer edge of the cone, which is a ray from the tip; if the point lies behind the
      // tip, the distance to the tip.
      const along = x * Math.cos(halfAngle) + Math.abs(y) * Math.sin(halfAngle);
      const across = Math.abs(x * Math.sin(halfAngle) - Math.abs(y) * Math.cos(halfAngle));
      return along > 0 ? across : Math.hypot(x, y);
    },
    sample: (count, seed) => drawn(count, seed, classOf, (u) => [4 * u[0] - 1, 3 * u[1] - 1.5]),
  };
}

/**
 * Returns the world of rings: a point has class 1 if it lies inside a circle around the origin. The squared
 * norm of a noisy point, divided by σ², is noncentral chi-squared with two degrees of freedom.
 *
 * @param radius - the radius of the circle, positive
 * @throws RangeError if the radius is not a positive finite number
 * @example
 * rings(1).probabilityOfOne([0, 0], 0.5); // 0.864…
 * rings(1).distanceToBoundary([0.25, 0]); // 0.75
 */
export function rings(radius: number = 1): ToyWorld {
  requirePositive("radius", radius);
  const classOf = ([x, y]: Point): 0 | 1 => (Math.hypot(x, y) < radius ? 1 : 0);
  return {
    name: "rings",
    classOf,
    probabilityOfOne: ([x, y], sigma) => {
      requirePositive("sigma", sigma);
      return noncentralChiSquared.cdf((radius / sigma) ** 2, 2, (x * x + y * y) / sigma ** 2);
    },
    distanceToBoundary: ([x, y]) => Math.abs(Math.hypot(x, y) - radius),
    sample: (count, seed) =>
      drawn(count, seed, classOf, (u) => {
        const distance = radius * (u[0] < 0.5 ? 0.75 * Math.sqrt(u[1]) : 1.25 + 0.5 * u[1]);
        return [distance * Math.cos(2 * Math.PI * u[2]), distance * Math.sin(2 * Math.PI * u[2])];
      }),
  };
}

/** Makes points from uniform numbers that depend only on seed and index. */
function drawn(
  count: number,
  seed: number,
  classOf: (point: Point) => 0 | 1,
  point: (uniform: [number, number, number]) => Point,
): { inputs: Float32Array[]; labels: Uint8Array } {
  requireInteger("count", count, 0);
  requireInteger("seed", seed, 0);
  const words = new Uint32Array(4);
  const inputs = Array.from({ length: count }, (_, index) => {
    philox4x32(words, index, 0, 0, 0, ...seedWords(seed));
    return Float32Array.from(
      point([words[0], words[1], words[2]].map((w) => w / 2 ** 32) as [number, number, number]),
    );
  });
  return { inputs, labels: Uint8Array.from(inputs, ([x, y]) => classOf([x, y])) };
}

/** The nodes and weights of the five-point Gauss-Legendre rule on [−1, 1]. */
const NODES = [0, 0.5384693101056831, -0.5384693101056831, 0.906179845938664, -0.906179845938664];
const WEIGHTS = [
  128 / 225,
  0.47862867049936647,
  0.47862867049936647,
  0.23692688505618908,
  0.23692688505618908,
];

/** Computes the integral of a function that is smooth on the scale of a twentieth of the range. */
function integral(from: number, to: number, f: (u: number) => number): number {
  const panels = 100;
  const half = (to - from) / panels / 2;
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    const center = from + (2 * panel + 1) * half;
    NODES.forEach((node, i) => (sum += WEIGHTS[i] * f(center + half * node)));
  }
  return sum * half;
}
