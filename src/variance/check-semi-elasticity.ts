import { requireInteger, requirePositive } from "../numerics/arguments";
import { IMAGE_LEVELS, levelOf } from "../numerics/levels";
import { fillStandardNormal, NoiseStream } from "../noise/gaussian-noise";
import type { VarianceFunction } from "./variance-function";
import { requireOptions } from "../numerics/options";

/** The result of {@link checkSemiElasticity}: the steepest pair of inputs that the search found. */
export interface SemiElasticityCheck {
  /** The slope |log σ(x) − log σ(y)| / ‖x − y‖ of the witness. */
  steepest: number;
  /** Whether the witness refutes the claim: |log σ(x) − log σ(y)| exceeds r · ‖x − y‖ + 2η. */
  refuted: boolean;
  /** The pair with the largest (|log σ(x) − log σ(y)| − 2η) / ‖x − y‖ that was found. */
  witness: {
    /** One input of the pair. */
    x: Float32Array;
    /** The other input. */
    y: Float32Array;
    /** The l2 distance ‖x − y‖, in the units of the inputs. */
    distance: number;
  };
  /** The number of pairs that were tried. */
  pairs: number;
}

/** The options of {@link checkSemiElasticity}: how long and where to search. */
export interface SemiElasticityOptions {
  /**
   * At least two inputs of equal size. The search tries pairs of these inputs and pairs in their neighborhood.
   */
  inputs: readonly Float32Array[];
  /**
   * How many pairs of given inputs, how many random neighbors, and how many steps of the ascent are tried. The
   * gradient adds one pair for each coordinate, at most 1024. Default: 200.
   */
  pairs?: number;
  /** The seed of the search. Default: 0. */
  seed?: number;
}

/**
 * The tolerance for the rounding of the distance: a pair refutes the claim only if its slope exceeds the rate
 * by more than this relative amount.
 */
const SLACK = 1e-9;

/**
 * Searches for pairs of inputs that refute the claim |log σ(x) − log σ(y)| ≤ r · ‖x − y‖ + 2η of a variance
 * function.
 *
 * The search tries pairs of the given inputs, and pairs of an input and a random neighbor at distances from
 * 0.001 to 1. At one input of the steepest of these pairs it estimates the gradient of log σ by finite
 * differences, in all coordinates or, if there are more than 1024, in 1024 random directions. It tries pairs
 * along the gradient. Then a gradient-free ascent starts from the steepest pair: it moves one of the two inputs
 * at random and keeps the move if the slope grows. The ascent stays in a ball around its starting point. The
 * radius of the ball is the largest distance within the pairs tried before, but at least 1. Distances are
 * measured between the points that the inputs stand for, with 255 levels per unit.
 *
 * The search can refute a claim by finding a witness, but it cannot prove a claim. Semi-elasticity is
 * Definition 3.1 of Súkeník et al. 2022.
 *
 * @throws RangeError if there are fewer than two inputs, if the inputs differ in size, if σ(x) is not
 *   positive at one of the inputs, or if it does not have one value for each input
 * @example
 * const norm = (x: Float32Array) => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));
 * const sigma = userFunction({ name: "norm", rate: 0.01, sigma: (x) => 0.5 * Math.exp(0.02 * norm(x)) });
 * const inputs = [new Float32Array([0.1, 0.2]), new Float32Array([0.8, 0.5])];
 * (await checkSemiElasticity(sigma, { inputs })).refuted; // true
 */
export async function checkSemiElasticity(
  variance: VarianceFunction,
  options: SemiElasticityOptions,
): Promise<SemiElasticityCheck> {
  requireOptions("checkSemiElasticity", options, { inputs: true, pairs: true, seed: true });
  const { inputs, pairs = 200, seed = 0 } = options;
  requireInteger("the number of inputs", inputs.length, 2);
  requireInteger("pairs", pairs, 1);
  const dimension = inputs[0].length;
  if (!inputs.every((x) => x.length === dimension)) throw new RangeError("inputs must be of equal size");

  const search = pairSearch(variance, inputs[0]);
  const move = mover(dimension, seed);
  // Each input is paired with later inputs, so that every input is used before a pair repeats.
  await search.consider(
    Array.from({ length: pairs }, (_, i): Pair => {
      const lag = 1 + (Math.floor(i / inputs.length) % (inputs.length - 1));
      return [inputs[i % inputs.length], inputs[(i + lag) % inputs.length]];
    }),
  );
  await search.consider(
    Array.from({ length: pairs }, (_, i): Pair => {
      const x = inputs[i % inputs.length];
      return [x, move(x, 10 ** (-3 * ((i * 0.618034) % 1)))];
    }),
  );

  const from = search.best.x;
  const uphill = await gradient(search, from, seed);
  if (uphill) {
    const steps = [1, -1, 0.1, -0.1, 0.01, -0.01];
    await search.consider(steps.map((step): Pair => [from, shifted(from, uphill, step)]));
  }

  const begin = search.best.x;
  const reach = Math.max(1, search.farthest);
  let step = search.best.distance;
  for (let i = 0; i < pairs; i++) {
    const candidate: Pair = [search.best.x, search.best.y];
    candidate[i % 2] = move(candidate[i % 2], step);
    const before = search.best;
    if (euclidean(begin, candidate[i % 2]) <= reach) await search.consider([candidate]);
    step = Math.max(1e-4, search.best !== before ? step * 1.5 : step * 0.9);
  }
  const { excess, slope, x, y, distance } = search.best;
  return {
    steepest: slope,
    // The last term bounds the rounding of the logarithms.
    refuted: excess > variance.rate * (1 + SLACK) + LOGARITHMS / distance,
    witness: { x, y, distance },
    pairs: search.tried,
  };
}

type Pair = [Float32Array, Float32Array];

/** The pairs tried so far, and the steepest of them. */
interface PairSearch {
  best: { excess: number; slope: number; x: Float32Array; y: Float32Array; distance: number };
  /** The largest distance between the inputs of a pair. */
  farthest: number;
  tried: number;
  /** Tries pairs (x, y), and returns the slope (log σ(y) − log σ(x)) / ‖x − y‖ of each, or 0 if x = y. */
  consider(pairs: readonly Pair[]): Promise<number[]>;
}

function pairSearch(variance: VarianceFunction, origin: Float32Array): PairSearch {
  const search: PairSearch = {
    best: { excess: -Infinity, slope: 0, x: origin, y: origin, distance: 0 },
    farthest: 0,
    tried: 0,
    async consider(pairs) {
      const inputs = [...new Set(pairs.flat())];
      const sigma = await variance.sigma(inputs);
      if (sigma.length !== inputs.length) {
        const expected = `${inputs.length} values, one for each input`;
        throw new RangeError(`σ(x) of ${variance.name} must be ${expected}, got ${sigma.length}`);
      }
      sigma.forEach((value) => requirePositive(`σ(x) of ${variance.name}`, value));
      const logarithm = new Map(inputs.map((x, i) => [x, Math.log(sigma[i])]));
      return pairs.map(([x, y]) => {
        const distance = euclidean(x, y);
        if (distance === 0) return 0;
        search.tried++;
        search.farthest = Math.max(search.farthest, distance);
        const change = logarithm.get(y)! - logarithm.get(x)!;
        const slope = Math.abs(change) / distance;
        const excess = (Math.abs(change) - 2 * variance.eta) / distance;
        if (excess > search.best.excess) search.best = { excess, slope, x, y, distance };
        return change / distance;
      });
    },
  };
  return search;
}

/** Returns a function that moves an input by a step, each time in a new random direction. */
function mover(dimension: number, seed: number): (x: Float32Array, step: number) => Float32Array {
  let draw = 0;
  return (x, step) => {
    const noise = new Float32Array(dimension);
    fillStandardNormal(noise, seed, 0, draw++, NoiseStream.search);
    return shifted(x, noise, step);
  };
}

/** Returns x, moved by a step in a direction of any length but 0. */
function shifted(x: Float32Array, direction: Float32Array, step: number): Float32Array {
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value ** 2, 0));
  return x.map((value, i) => value + (step * direction[i]) / length);
}

/**
 * Estimates the gradient of log σ at x by finite differences; undefined if it is 0. Each difference is along
 * some of the coordinates, with random signs, and each coordinate is in one difference. With at most
 * {@link DIRECTIONS} coordinates, these are the partial derivatives.
 */
async function gradient(
  search: PairSearch,
  x: Float32Array,
  seed: number,
): Promise<Float32Array | undefined> {
  const result = new Float32Array(x.length); // begins with random signs
  fillStandardNormal(result, seed, 1, 0, NoiseStream.search);
  const count = Math.min(x.length, DIRECTIONS);
  const size = Math.ceil(x.length / count);
  const coordinates = (direction: number): number[] =>
    Array.from({ length: size }, (_, k) => direction + k * count).filter((i) => i < x.length);
  for (let first = 0; first < count; first += CHUNK) {
    const directions = Array.from({ length: Math.min(CHUNK, count - first) }, (_, j) =>
      coordinates(first + j),
    );
    const slopes = await search.consider(
      directions.map((direction): Pair => {
        const y = x.slice();
        for (const i of direction) y[i] += (DIFFERENCE * Math.sign(result[i])) / Math.sqrt(direction.length);
        return [x, y];
      }),
    );
    directions.forEach((direction, j) => {
      for (const i of direction) result[i] = (Math.sign(result[i]) * slopes[j]) / Math.sqrt(direction.length);
    });
  }
  return result.some((value) => value !== 0) ? result : undefined;
}

/** The largest number of directions in which the gradient is estimated. */
const DIRECTIONS = 1024;

/** The number of directions whose inputs are in memory at the same time. */
const CHUNK = 128;

/** The step of a finite difference: small, but much larger than the rounding of float32 inputs. */
const DIFFERENCE = 0.01;

/** Bounds the error of the difference of two logarithms of doubles, each at most 745 in absolute value. */
const LOGARITHMS = 2e-13;

function euclidean(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (numberOf(x[i]) - numberOf(y[i])) ** 2;
  return Math.sqrt(sum);
}

/** Returns the number that a float stands for (the map ι of `numerics/levels.ts`). */
function numberOf(value: number): number {
  const level = levelOf(value, IMAGE_LEVELS);
  return level === undefined ? value : level / IMAGE_LEVELS;
}
