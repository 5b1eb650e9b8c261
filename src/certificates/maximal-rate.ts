import { requireInteger, requirePositive } from "../numerics/arguments";
import { increasingRoot } from "../numerics/root";
import { certifiedRadius } from "./certified-radius";
import { requireMajority, type Confidence } from "./confidence";

/** The arguments of {@link maximalRate}. */
export interface MaximalRateOptions extends Confidence {
  /** The number N of input dimensions, a positive integer. */
  readonly dimension: number;
  /** The standard deviation s0 = σ(x0) of the noise at the certified point, a positive number. */
  readonly sigma: number;
  /** The tolerated loss of radius, as a fraction of Cohen's radius: at least 0 and below 1. */
  readonly loss: number;
}

/**
 * Computes the largest semi-elasticity rate r at which the certified radius is still at least (1 − loss)
 * times Cohen's radius s0 Φ⁻¹(p_A). The rate is computed from the exact certificate and rounded down. The
 * rate is 0 if the tolerated loss is smaller than the margin by which the certified radius is rounded down.
 *
 * By default p_A = 0.99. For large N, the rate hardly depends on p_A: the closed form of approximateRadius
 * gives r ≈ sqrt(((1 − loss)⁻² − 1) / 2N) / s0.
 *
 * @throws RangeError naming the argument that is out of range; p_A must be above 1/2 and below 1
 * @example
 * maximalRate({ dimension: 3072, sigma: 0.5, loss: 0.05 }); // 0.0083…
 */
export function maximalRate(options: MaximalRateOptions): number {
  const { dimension, sigma, loss, pB } = options;
  const pA = options.pA ?? (pB === undefined ? 0.99 : undefined);
  requireInteger("dimension", dimension, 1);
  requirePositive("sigma", sigma);
  if (!(typeof loss === "number" && loss >= 0 && loss < 1)) {
    throw new RangeError(`loss must be at least 0 and below 1, got ${String(loss)}`);
  }
  if (requireMajority({ pA, pB }) === Infinity) {
    throw new RangeError("pA must be below 1: at 1 no rate loses any radius");
  }
  const lost = (rate: number): number => {
    const { radius, cohen } = certifiedRadius({ dimension, sigma, rate, pA, pB });
    return 1 - loss - radius / cohen;
  };
  const guess = Math.sqrt(((1 - loss) ** -2 - 1) / (2 * dimension)) / sigma;
  const lower = guess / 1000;
  if (guess === 0 || lost(lower) > 0) return 0;
  let upper = guess;
  while (lost(upper) < 0) upper *= 2;
  const exact = increasingRoot(lost, lower, upper, guess, 1e-11);
  for (let down = 1e-10; down < 1; down *= 2) {
    const rate = exact * (1 - down);
    if (lost(rate) <= 0) return rate;
  }
  return 0;
}
