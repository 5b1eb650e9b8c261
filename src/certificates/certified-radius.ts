import { requireInteger, requireNonNegative, requirePositive } from "../numerics/arguments";
import { ballOfScore, ballProbability } from "../probability/ball-probability";
import { increasingRoot } from "../numerics/root";
import { cohenRadius } from "./cohen";
import { confidenceScore, type Confidence } from "./confidence";

/** The arguments of {@link certifiedRadius}. */
export interface CertifiedRadiusOptions extends Confidence {
  /** N, the number of input dimensions: an integer from 1. */
  readonly dimension: number;
  /** s0 = σ(x0), the standard deviation of the noise at the certified point: positive. */
  readonly sigma: number;
  /** r, the semi-elasticity rate of the variance function, |log σ(x) − log σ(y)| ≤ r‖x − y‖: from 0. */
  readonly rate: number;
}

/** What {@link certifiedRadius} returns; every radius is in the units of σ. */
export interface CertifiedRadius {
  /** The certified radius: the smaller of the two sides. */
  readonly radius: number;
  /** The radius if σ only decreased away from x0: the crossing of ξ_> at s1 = s0 exp(−rR). */
  readonly decreasing: number;
  /** The radius if σ only increased away from x0: the crossing of ξ_< at s1 = s0 exp(+rR). */
  readonly increasing: number;
  /** Cohen's radius s0 Φ⁻¹(p_A), which constant σ would give. */
  readonly cohen: number;
}

/**
 * The certified radius of input-dependent smoothing with an r-semi-elastic variance function,
 *
 *   R = sup { R : ξ_>(R, s0 exp(−rR)) < 1/2 and ξ_<(R, s0 exp(+rR)) < 1/2 },
 *
 * where ξ(a, s1) is the largest probability of leaving class A at distance a (see worstCaseProbability). The
 * smoothed classifier is constant on the open ball of this radius (Súkeník, Kuvshinov and Günnemann, 2022).
 *
 * The result is never above the exact radius, and lies below it by a relative 2e-10 + 3e-16 / Φ⁻¹(p_A), for
 * any N. That distance is far larger than the numerical error (docs/accuracy.md), and the predicate itself is
 * checked at the result. The radius is 0 for p_A ≤ 1/2 and Infinity for p_A = 1.
 *
 * @throws RangeError naming the argument that is out of range
 */
export function certifiedRadius(options: CertifiedRadiusOptions): CertifiedRadius {
  const { dimension, sigma, rate, pA, pB } = options;
  requireInteger("dimension", dimension, 1);
  requirePositive("sigma", sigma);
  requireNonNegative("rate", rate);
  const cohen = cohenRadius({ sigma, pA, pB });
  if (rate === 0 || cohen === 0 || cohen === Infinity) {
    return { radius: cohen, decreasing: cohen, increasing: cohen, cohen };
  }
  const score = confidenceScore({ pA, pB });
  const decreasing = sigma * sideRadius(dimension, -rate * sigma, score);
  const increasing = sigma * sideRadius(dimension, rate * sigma, score);
  return { radius: Math.min(decreasing, increasing), decreasing, increasing, cohen };
}

/**
 * By how much, relative to its size, a radius is rounded down. The measured error is below 2e-12 + 5e-17 / z; the difference is for what was not measured.
 */
function margin(score: number): number {
  return 2e-10 + 3e-16 / score;
}

/**
 * One side of the radius in units of s0, rounded down.
 *
 * @param growth - the rate of ln σ per s0 of distance: r s0 for increasing σ, −r s0 for decreasing σ
 * @param score - z = Φ⁻¹(p_A) > 0
 */
function sideRadius(dimension: number, growth: number, score: number): number {
  const slack = margin(score);
  if (slack >= 1) return 0; // p_A exceeds 1/2 by a rounding error only
  // So slow a change of σ moves the radius by less than a relative 1e-30.
  if (dimension * growth * growth < 1e-30) return score * (1 - slack);

  // Cohen's radius bounds the radius; beyond a ratio of exp(300) nothing is asked of the arithmetic.
  const bound = Math.min(score, 300 / Math.abs(growth));
  const guess = Math.min(bound, score / Math.sqrt(1 + 2 * dimension * growth * growth));
  const needed = (radius: number): number => neededScore(dimension, growth, radius);
  const exact = increasingRoot((radius) => needed(radius) - score, 0, bound, guess, slack / 8);

  for (let down = slack; down < 1; down *= 2) {
    const radius = exact * (1 - down);
    if (needed(radius) < score * (1 - slack / 4)) return radius;
  }
  return 0;
}

/**
 * The smallest Φ⁻¹(p_A) that certifies `radius` against this side: the score under x0 of the worst-case set that
 * has probability 1/2 under x1. It grows with the radius, since the certified radius grows with p_A.
 */
function neededScore(dimension: number, growth: number, radius: number): number {
  if (radius === 0) return 0;
  // In units of s0: s1² = square, 1 − s1² = gap, and the ball's centre lies at radius / |gap| from x0.
  const square = Math.exp(2 * growth * radius);
  const gap = -Math.expm1(2 * growth * radius);
  const distance0 = radius / gap;
  const distance1 = Math.exp(growth * radius) * distance0;
  const seen1 = ballOfScore(dimension, distance1 * distance1, 0);
  const seen0 = ballProbability({
    dimension,
    squaredDistance: distance0 * distance0,
    squaredRadius: square * seen1.squaredRadius,
    offset: square * seen1.offset + dimension * gap + radius * distance0 * (1 + square),
  });
  // Decreasing σ: the inside of the ball has to hold more than p_B. Increasing σ: the outside.
  return gap > 0 ? seen0.score : -seen0.score;
}
