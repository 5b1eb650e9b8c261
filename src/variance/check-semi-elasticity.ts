import { requireInteger, requirePositive } from "../numerics/arguments";
import { fillStandardNormal, NoiseStream } from "../noise/gaussian-noise";
import type { VarianceFunction } from "./variance-function";

/** The steepest pair of inputs that a search has found. */
export interface SemiElasticityCheck {
  /** The largest |log σ(x) − log σ(y)| / ‖x − y‖ found. */
  steepest: number;
  /** Whether it breaks the claim: it is above the rate of the variance function. */
  refuted: boolean;
  /** The pair at which it was found. */
  witness: { x: Float32Array; y: Float32Array; distance: number };
  /** How many pairs were tried. */
  pairs: number;
}

/** How long and where to search. */
export interface SemiElasticityOptions {
  /** Inputs of the user's: at least two, of one size. Pairs of them are tried, and pairs around them. */
  inputs: readonly Float32Array[];
  /** Number of pairs of each of the three kinds; default 200. */
  pairs?: number;
  /** Seed of the search; default 0. */
  seed?: number;
}

/** Slack for the rounding of σ: a pair must break the claim by more than this, relative to the rate. */
const SLACK = 1e-6;

/**
 * Searches for pairs of inputs that break the claim |log σ(x) − log σ(y)| ≤ r · ‖x − y‖ of a variance function: pairs
 * of the user's inputs, pairs of one of them and a random neighbour at distances from 0.001 to 1, and from the
 * steepest of these a gradient-free ascent, which moves one of the two at random and keeps what is steeper.
 *
 * It can refute a claim, with a witness; it cannot prove one. Semi-elasticity is Definition 3.1 of Súkeník et al. 2022.
 *
 * @throws RangeError if there are fewer than two inputs, or they differ in size, or σ(x) is not positive somewhere
 */
export async function checkSemiElasticity(
  variance: VarianceFunction,
  { inputs, pairs = 200, seed = 0 }: SemiElasticityOptions,
): Promise<SemiElasticityCheck> {
  requireInteger("the number of inputs", inputs.length, 2);
  requireInteger("pairs", pairs, 1);
  const dimension = inputs[0].length;
  if (!inputs.every((x) => x.length === dimension)) throw new RangeError("inputs must be of one size");

  let best = { slope: -1, x: inputs[0], y: inputs[1], distance: 0 };
  let tried = 0;
  async function consider(candidates: [Float32Array, Float32Array][]): Promise<boolean> {
    const sigma = await variance.sigma(candidates.flat());
    sigma.forEach((value) => requirePositive(`σ(x) of ${variance.name}`, value));
    const before = best;
    candidates.forEach(([x, y], i) => {
      const distance = euclidean(x, y);
      if (distance === 0) return;
      tried++;
      const slope = Math.abs(Math.log(sigma[2 * i] / sigma[2 * i + 1])) / distance;
      if (slope > best.slope) best = { slope, x, y, distance };
    });
    return best !== before;
  }

  let draw = 0;
  const direction = (): Float32Array => {
    const noise = new Float32Array(dimension);
    fillStandardNormal(noise, seed, 0, draw++, NoiseStream.search);
    const length = euclidean(noise, new Float32Array(dimension));
    return noise.map((value) => value / length);
  };
  const moved = (x: Float32Array, step: number): Float32Array => {
    const d = direction();
    return x.map((value, i) => value + step * d[i]);
  };

  // Pairs of inputs: each with ones further on, so that all are used before a pair comes again.
  const dataPairs = Array.from({ length: pairs }, (_, i): [Float32Array, Float32Array] => {
    const lag = 1 + (Math.floor(i / inputs.length) % (inputs.length - 1));
    return [inputs[i % inputs.length], inputs[(i + lag) % inputs.length]];
  });
  await consider(dataPairs);
  const neighbours = Array.from({ length: pairs }, (_, i): [Float32Array, Float32Array] => {
    const x = inputs[i % inputs.length];
    return [x, moved(x, 10 ** (-3 * ((i * 0.618034) % 1)))];
  });
  await consider(neighbours);

  let step = best.distance;
  for (let i = 0; i < pairs; i++) {
    const { x, y } = best;
    const better = await consider([i % 2 === 0 ? [moved(x, step), y] : [x, moved(y, step)]]);
    step = Math.max(1e-4, better ? step * 1.5 : step * 0.9);
  }
  const { slope, x, y, distance } = best;
  return {
    steepest: slope,
    refuted: slope > variance.rate * (1 + SLACK) + Number.EPSILON / distance,
    witness: { x, y, distance },
    pairs: tried,
  };
}

function euclidean(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - y[i]) ** 2;
  return Math.sqrt(sum);
}
