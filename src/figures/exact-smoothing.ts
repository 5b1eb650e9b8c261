/**
 * Smoothing in a toy world, where the probabilities of the classes are known: nothing here is sampled.
 */
import { certifiedRadius } from "../certificates/certified-radius";
import { cohenRadius } from "../certificates/cohen";
import type { Point, ToyWorld } from "../datasets/toy-worlds";
import type { VarianceFunction } from "../variance/variance-function";
import { linear } from "./grid";

/** A rectangle of the plane: the range of each coordinate. */
export interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** The exact certificate of a point of a toy world. */
export interface ExactCertificate {
  readonly point: Point;
  readonly sigma: number;
  /** The class of the smoothed classifier. */
  readonly smoothed: 0 | 1;
  /** Its probability, less the error of the integration (1e-10). */
  readonly pA: number;
  /** The certified radius; 0 if the variance function promises no finite rate. */
  readonly radius: number;
  /** σ(x) Φ⁻¹(p_A), which holds for constant σ only. */
  readonly cohen: number;
}

/** P[class 1] of the noisy copies of points, each smoothed with its own σ(x). */
export async function smoothedProbabilities(
  world: ToyWorld,
  variance: VarianceFunction,
  points: readonly Point[],
): Promise<Float64Array> {
  const sigma = await variance.sigma(points.map((point) => Float32Array.from(point)));
  return Float64Array.from(points, (point, i) => world.probabilityOfOne(point, sigma[i]));
}

/** Certifies points of a toy world with the exact p_A and the certified radius in two dimensions. */
export async function certifyExactly(
  world: ToyWorld,
  variance: VarianceFunction,
  points: readonly Point[],
): Promise<ExactCertificate[]> {
  const sigmas = await variance.sigma(points.map((point) => Float32Array.from(point)));
  return points.map((point, i) => {
    const sigma = sigmas[i];
    const one = world.probabilityOfOne(point, sigma);
    const pA = Math.max(one, 1 - one) - 1e-10;
    const { rate } = variance;
    const radius = rate < Infinity ? certifiedRadius({ dimension: 2, sigma, rate, pA }).radius : 0;
    return { point, sigma, smoothed: one > 0.5 ? 1 : 0, pA, radius, cohen: cohenRadius({ sigma, pA }) };
  });
}

/** A piece of a boundary, from point to point. */
export type Segment = readonly [Point, Point];

/**
 * The line on which a decision of the plane changes, by marching squares: the ends of each segment are found by
 * bisection, to 1e-6 of the side of a square.
 *
 * @param decide - the decision at each of a list of points
 * @param squares - of the longer side of the frame
 * @returns the segments, in no order
 */
export async function boundaryOf(
  decide: (points: readonly Point[]) => Promise<readonly boolean[]>,
  { x, y }: Frame,
  squares: number = 60,
): Promise<Segment[]> {
  const side = Math.max(x[1] - x[0], y[1] - y[0]) / squares;
  const columns = Math.ceil((x[1] - x[0]) / side) + 1;
  const rows = Math.ceil((y[1] - y[0]) / side) + 1;
  const corners = linear(y[0], y[0] + (rows - 1) * side, rows).flatMap((v) =>
    linear(x[0], x[0] + (columns - 1) * side, columns).map((u): Point => [u, v]),
  );
  const decisions = await decide(corners);

  // Each edge with a change is cut once, for both squares that share it.
  const edges = new Map<string, number>();
  const [no, yes]: [Point[], Point[]] = [[], []];
  const cut = (a: number, b: number): number[] => {
    if (decisions[a] === decisions[b]) return [];
    const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
    let edge = edges.get(key);
    if (edge === undefined) {
      edges.set(key, (edge = edges.size));
      no.push(corners[decisions[a] ? b : a]);
      yes.push(corners[decisions[a] ? a : b]);
    }
    return [edge];
  };
  const pieces: [number, number][] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const a = row * columns + column;
      const [b, c, d] = [a + 1, a + columns + 1, a + columns];
      const ends = [...cut(a, b), ...cut(b, c), ...cut(c, d), ...cut(d, a)];
      for (let i = 0; i + 1 < ends.length; i += 2) pieces.push([ends[i], ends[i + 1]]);
    }
  }

  for (let halving = 0; halving < 20; halving++) {
    const middle = no.map(([u, v], i): Point => [(u + yes[i][0]) / 2, (v + yes[i][1]) / 2]);
    (await decide(middle)).forEach((decision, i) => ((decision ? yes : no)[i] = middle[i]));
  }
  return pieces.map(([i, j]) => [yes[i], yes[j]]);
}

/** The decision boundary of the smoothed classifier of a toy world. */
export async function smoothedBoundary(
  world: ToyWorld,
  variance: VarianceFunction,
  frame: Frame,
  squares?: number,
): Promise<Segment[]> {
  const decide = async (points: readonly Point[]): Promise<boolean[]> =>
    Array.from(await smoothedProbabilities(world, variance, points), (p) => p > 0.5);
  return boundaryOf(decide, frame, squares);
}

/** The distance from a point to the nearest of segments; Infinity if there is none. */
export function distanceToSegments([x, y]: Point, segments: readonly Segment[]): number {
  return segments.reduce((least, [[ax, ay], [bx, by]]) => {
    const [dx, dy] = [bx - ax, by - ay];
    const squared = dx * dx + dy * dy;
    const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
    return Math.min(least, Math.hypot(ax + along * dx - x, ay + along * dy - y));
  }, Infinity);
}
