import { requireInteger } from "../numerics/arguments";
import { ballHolding } from "../probability/ball-probability";
import { normalCdf } from "../probability/normal";
import { increasingRoot } from "../numerics/root";
import { requireMajority, type Confidence } from "./confidence";

/**
 * An interval of ratios s1/s0 around 1. If s1/s0 lies outside this interval, nothing can be certified between
 * x0 and x1.
 */
export interface RatioRange {
  /** The lower threshold, a ratio below 1. */
  readonly lower: number;
  /** The upper threshold, a ratio above 1. */
  readonly upper: number;
}

/**
 * The result of {@link varianceRatioThresholds}: the thresholds in three forms, each giving a wider interval
 * than the previous form.
 */
export interface VarianceRatioThresholds {
  /** The exact interval. Outside this interval, ξ(0) ≥ 1/2, and therefore ξ(a) ≥ 1/2 at every distance a. */
  readonly exact: RatioRange;
  /** The paper's condition in closed form, from a Chernoff bound. */
  readonly theorem: RatioRange;
  /** The explicit relaxation of the theorem's condition, which the paper's abstract mentions. */
  readonly simplified: RatioRange;
}

/** The arguments of {@link varianceRatioThresholds}. */
export interface VarianceRatioOptions extends Confidence {
  /** The number N of input dimensions, a positive integer. */
  readonly dimension: number;
}

/**
 * Computes the curse of dimensionality: how far s1 = σ(x1) may be from s0 = σ(x0) before nothing can be
 * certified between x0 and x1, however close x1 is to x0 (Súkeník, Kuvshinov and Günnemann, 2022). The
 * thresholds are ratios s1/s0:
 *
 * - exact: the ratios at which ξ(0) = 1/2, computed from quotients of central chi-squared quantiles;
 * - theorem: for ratios below 1, ln u + 1 − u < 2 ln(p_B)/N with u = (s1/s0)²; for ratios above 1, the same
 *   inequality with u replaced by y = u(N−1)/N > 1;
 * - simplified: ratios below sqrt(1 − 2 L), and ratios above sqrt(N/(N−1) · (1 + 2 L + 2 L²)), where
 *   L = sqrt(−ln(p_B)/N).
 *
 * A ratio beyond the simplified threshold is also beyond the theorem's threshold, and a ratio beyond the
 * theorem's threshold is also beyond the exact threshold. If a form excludes no ratio, its lower threshold is
 * 0 and its upper threshold is Infinity. The relative error of a threshold is below 1e-13.
 *
 * @throws RangeError naming the argument that is out of range; p_A must be above 1/2
 * @example
 * const { exact, theorem } = varianceRatioThresholds({ dimension: 3072, pA: 0.99 });
 * theorem; // { lower: 0.9615…, upper: 1.0391… }
 */
export function varianceRatioThresholds(options: VarianceRatioOptions): VarianceRatioThresholds {
  const { dimension } = options;
  requireInteger("dimension", dimension, 1);
  const z = requireMajority(options);
  if (z === Infinity) {
    const nothing = { lower: 0, upper: Infinity };
    return { exact: nothing, theorem: nothing, simplified: nothing };
  }
  const surprise = -Math.log(normalCdf(-z)) / dimension; // −ln(p_B)/N
  return {
    exact: exactRange(dimension, z),
    theorem: theoremRange(dimension, surprise),
    simplified: simplifiedRange(dimension, surprise),
  };
}

function exactRange(dimension: number, z: number): RatioRange {
  // At distance 0 the region of probability p_B at x0 has probability 1/2 at x1.
  const median = ballHolding(dimension, 0, 0).squaredRadius;
  return {
    lower: Math.sqrt(ballHolding(dimension, 0, z).squaredRadius / median),
    upper: Math.sqrt(ballHolding(dimension, 0, -z).squaredRadius / median),
  };
}

function theoremRange(dimension: number, surprise: number): RatioRange {
  // With t = ln u the condition is exp(t) − 1 − t > bound; its left side is at least t²/2 for t > 0.
  const bound = 2 * surprise;
  const width = Math.sqrt(2 * bound);
  const least = -1 - bound;
  const below = increasingRoot((t) => bound + t - Math.expm1(t), least, 0, Math.max(-width, least), 1e-14);
  const above = increasingRoot((t) => Math.expm1(t) - t - bound, 0, width, width, 1e-14);
  return { lower: Math.exp(below / 2), upper: Math.exp(above / 2) * Math.sqrt(dimension / (dimension - 1)) };
}

function simplifiedRange(dimension: number, surprise: number): RatioRange {
  const root = Math.sqrt(surprise);
  return {
    lower: Math.sqrt(Math.max(0, 1 - 2 * root)),
    upper: Math.sqrt((dimension / (dimension - 1)) * (1 + 2 * root + 2 * surprise)),
  };
}
