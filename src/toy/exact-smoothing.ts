/** Smoothing in a toy world, where the class probabilities are known, so that nothing needs to be sampled. */
import { certifiedRadius } from "../certificates/certified-radius";
import { cohenRadius } from "../certificates/cohen";
import { requireInteger } from "../numerics/arguments";
import type { Point, ToyWorld } from "./worlds";
import type { VarianceFunction } from "../variance/variance-function";

/** A rectangle of the plane: the range of each coordinate. */
export interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** The exact certificate of a point in a toy world. Lengths are in units of the plane. */
export interface ExactCertificate {
  /** The certified point. */
  readonly point: Point;
  /** σ(x) at the point. */
  readonly sigma: number;
  /** The class of the smoothed classifier. */
  readonly smoothed: 0 | 1;
  /** The probability of this class, minus a bound on the integration error (1e-10). */
  readonly pA: number;
  /** The certified radius; 0 if the variance function has no finite rate. */
  readonly radius: number;
  /** Cohen's radius σ(x) Φ⁻¹(p_A), which is valid for constant σ only. */
  readonly cohen: number;
  /**
   * The true distance to the decision boundary of the smoothed classifier within the frame, with a relative
   * error of about 1e-3; Infinity if the frame contains no boundary. The boundary is located by bisection on
   * the line from the point to the nearest boundary segment.
   */
  readonly distance: number;
}

/** A straight piece of a boundary, from one point to another. */
export type Segment = readonly [Point, Point];

/** A smoothed toy world. */
export interface ExactSmoothing {
  /** The world that is smoothed. */
  readonly world: ToyWorld;
  /** The variance function σ(x). */
  readonly variance: VarianceFunction;
  /** The probability of class 1 at the nodes of a grid. */
  readonly grid: {
    /** The first coordinate of the nodes in each column. */
    readonly x: readonly number[];
    /** The second coordinate of the nodes in each row. */
    readonly y: readonly number[];
    /** The probabilities: `p[row][column]` is P[class 1] at (`x[column]`, `y[row]`). */
    readonly p: number[][];
  };
  /** The decision boundary of the smoothed classifier. */
  readonly boundary: readonly Segment[];
  /** The certificates, one for each point, in the order of the points. */
  readonly certificates: readonly ExactCertificate[];
}

/**
 * The number of bisections with which a change of decision is located, on an edge of the grid or on the line to
 * a boundary.
 */
const HALVINGS = 14;

/**
 * Smooths a toy world with σ(x) and certifies some of its points. A certificate uses the exact p_A instead of
 * an estimate, and the formula for the certified radius with N = 2.
 *
 * Marching squares on the grid find the boundary of the smoothed classifier. The ends of each segment are
 * accurate to 1e-4 of a grid step.
 *
 * @param nodes - the number of grid nodes along the longer side of the frame, at least two; the shorter side has
 *   two or more
 * @throws RangeError if the frame or the number of nodes is out of range
 * @example
 * const frame = { x: [-2, 2], y: [-2, 2] } as const;
 * const { certificates } = await smoothExactly(rings(1), constant(0.5), [[0, 0]], frame, 41);
 * certificates[0].radius; // 0.5507…
 * certificates[0].distance; // 0.8571…
 */
export async function smoothExactly(
  world: ToyWorld,
  variance: VarianceFunction,
  points: readonly Point[],
  frame: Frame,
  nodes: number = 81,
): Promise<ExactSmoothing> {
  const probabilities = async (all: readonly Point[]): Promise<number[]> => {
    const sigma = await variance.sigma(all.map((point) => Float32Array.from(point)));
    return all.map((point, i) => world.probabilityOfOne(point, sigma[i]));
  };
  const decide = async (all: readonly Point[]): Promise<boolean[]> =>
    (await probabilities(all)).map((one) => one > 0.5);
  const grid = gridOf(frame, nodes);
  const p = await probabilities(nodesOf(grid));
  const decisions = p.map((one) => one > 0.5);
  const boundary = await boundaryOf(grid, decisions, decide);
  const distances = await distancesTo(boundary, points, decide, (grid.x[1] - grid.x[0]) / 4);

  const sigmas = await variance.sigma(points.map((point) => Float32Array.from(point)));
  const certificates = points.map((point, i): ExactCertificate => {
    const sigma = sigmas[i];
    const one = world.probabilityOfOne(point, sigma);
    const pA = Math.max(one, 1 - one) - 1e-10;
    const { rate, eta } = variance;
    return {
      point,
      sigma,
      smoothed: one > 0.5 ? 1 : 0,
      pA,
      radius: rate < Infinity ? certifiedRadius({ dimension: 2, sigma, rate, eta, pA }).radius : 0,
      cohen: cohenRadius({ sigma, pA }).radius,
      distance: distances[i],
    };
  });
  const columns = grid.x.length;
  const rows = grid.y.map((_, row) => p.slice(row * columns, (row + 1) * columns));
  return { world, variance, grid: { ...grid, p: rows }, boundary, certificates };
}

/** Finds the decision boundary of the base classifier of a toy world. */
export async function baseBoundary(world: ToyWorld, frame: Frame, nodes: number = 201): Promise<Segment[]> {
  const decide = (all: readonly Point[]): Promise<boolean[]> =>
    Promise.resolve(all.map((point) => world.classOf(point) === 1));
  const grid = gridOf(frame, nodes);
  return boundaryOf(grid, await decide(nodesOf(grid)), decide);
}

interface Grid {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

function gridOf({ x, y }: Frame, nodes: number): Grid {
  requireInteger("nodes", nodes, 2);
  for (const [name, [from, to]] of Object.entries({ x, y })) {
    if (Number.isFinite(to - from) && from < to) continue;
    throw new RangeError(
      `${name} of the frame must be two numbers in ascending order, got ${from} and ${to}`,
    );
  }
  const linear = (from: number, to: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  const step = Math.max(x[1] - x[0], y[1] - y[0]) / (nodes - 1);
  const count = (from: number, to: number): number => Math.max(2, Math.round((to - from) / step) + 1);
  return {
    x: linear(...x, count(...x)),
    y: linear(...y, count(...y)),
  };
}

function nodesOf({ x, y }: Grid): Point[] {
  return y.flatMap((v) => x.map((u): Point => [u, v]));
}

/**
 * Finds the line on which a decision changes: marching squares find its segments, and bisection locates the
 * ends of each segment.
 */
async function boundaryOf(
  grid: Grid,
  decisions: readonly boolean[],
  decide: (points: readonly Point[]) => Promise<boolean[]>,
): Promise<Segment[]> {
  const corners = nodesOf(grid);
  const columns = grid.x.length;
  // Each edge on which the decision changes is bisected once, for both squares that share the edge.
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
  for (let row = 0; row + 1 < grid.y.length; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const a = row * columns + column;
      const [b, c, d] = [a + 1, a + columns + 1, a + columns];
      const ends = [...cut(a, b), ...cut(b, c), ...cut(c, d), ...cut(d, a)];
      for (let i = 0; i + 1 < ends.length; i += 2) pieces.push([ends[i], ends[i + 1]]);
    }
  }
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = no.map(([u, v], i): Point => [(u + yes[i][0]) / 2, (v + yes[i][1]) / 2]);
    (await decide(middle)).forEach((decision, i) => ((decision ? yes : no)[i] = middle[i]));
  }
  let segments = pieces.map(([i, j]): Segment => [yes[i], yes[j]]);
  let finished: Segment[] = [];
  for (let round = 0; round < 3; round++) {
    const { straight, bent } = await halved(segments, decide);
    finished = [...finished, ...straight];
    segments = bent;
  }
  return [...finished, ...segments];
}

/**
 * The maximum distance between the midpoint of a segment and the boundary, as a fraction of the length of the
 * segment.
 */
const STRAIGHT = 1e-3;

/**
 * Splits each segment whose middle is not on the boundary into two segments, which meet at a point on the
 * boundary.
 */
async function halved(
  segments: readonly Segment[],
  decide: (points: readonly Point[]) => Promise<boolean[]>,
): Promise<{ straight: Segment[]; bent: Segment[] }> {
  // The point beside the middle of a segment, at a distance of `share` times its length.
  const across = ([[ax, ay], [bx, by]]: Segment, share: number): Point => [
    (ax + bx) / 2 - share * (by - ay),
    (ay + by) / 2 + share * (bx - ax),
  ];
  /** Separates the segments for which the decision differs between their two sides from all other segments. */
  const split = async (all: readonly Segment[], share: number): Promise<[Segment[], Segment[]]> => {
    const left = await decide(all.map((segment) => across(segment, -share)));
    const right = await decide(all.map((segment) => across(segment, share)));
    return [all.filter((_, i) => left[i] !== right[i]), all.filter((_, i) => left[i] === right[i])];
  };
  const [straight, others] = await split(segments, STRAIGHT);
  // A segment that does not meet the boundary within a quarter of its length (at a corner or a tangle) is
  // kept unchanged.
  const [bending, odd] = await split(others, 0.25);

  const side = await decide(bending.map((segment) => across(segment, -0.25)));
  const low = bending.map(() => -0.25);
  const high = bending.map(() => 0.25);
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = low.map((from, i) => (from + high[i]) / 2);
    const there = await decide(middle.map((share, i) => across(bending[i], share)));
    middle.forEach((share, i) => ((there[i] === side[i] ? low : high)[i] = share));
  }
  const bent = bending.flatMap((segment, i): Segment[] => {
    const middle = across(segment, low[i]);
    return [
      [segment[0], middle],
      [middle, segment[1]],
    ];
  });
  return { straight: [...straight, ...odd], bent };
}

/**
 * Computes the distances from points to a boundary. The boundary is located on the line from the point to the
 * nearest segment, at most `beyond` past the segment.
 */
async function distancesTo(
  boundary: readonly Segment[],
  points: readonly Point[],
  decide: (points: readonly Point[]) => Promise<boolean[]>,
  beyond: number,
): Promise<number[]> {
  const here = await decide(points);
  const feet = points.map((point) => nearestOnSegments(point, boundary));
  const at = (i: number, distance: number): Point => {
    const [[x, y], { foot, distance: whole }] = [points[i], feet[i]];
    if (!(whole > 0 && whole < Infinity)) return points[i];
    return [x + ((foot[0] - x) * distance) / whole, y + ((foot[1] - y) * distance) / whole];
  };
  const high = feet.map(({ distance }) => distance + beyond);
  const isMet = (await decide(high.map((distance, i) => at(i, distance)))).map(
    (there, i) => there !== here[i],
  );
  const low = points.map(() => 0);
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = low.map((from, i) => (from + high[i]) / 2);
    const there = await decide(middle.map((distance, i) => at(i, distance)));
    middle.forEach((distance, i) => ((there[i] === here[i] ? low : high)[i] = distance));
  }
  return feet.map(({ distance }, i) => (isMet[i] ? high[i] : distance));
}

/**
 * Finds, among all points on the segments, the point nearest to a given point. The distance is Infinity if
 * there are no segments.
 */
function nearestOnSegments([x, y]: Point, segments: readonly Segment[]): { foot: Point; distance: number } {
  let nearest = { foot: [NaN, NaN] as Point, distance: Infinity };
  for (const [[ax, ay], [bx, by]] of segments) {
    const [dx, dy] = [bx - ax, by - ay];
    const squared = dx * dx + dy * dy;
    const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
    const foot: Point = [ax + along * dx, ay + along * dy];
    const distance = Math.hypot(foot[0] - x, foot[1] - y);
    if (distance < nearest.distance) nearest = { foot, distance };
  }
  return nearest;
}
