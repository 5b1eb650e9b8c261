import { requireInteger, requireNonNegative, requirePositive } from "../numerics/arguments";
import { ballHolding, ballProbability, type Ball } from "../probability/ball-probability";
import { normalCdf } from "../probability/normal";
import { confidenceQuantile, type Confidence } from "./confidence";

/** The arguments of {@link worstCaseProbability} and {@link worstCaseRegion}. */
export interface WorstCaseOptions extends Confidence {
  /** The number N of input dimensions, a positive integer. */
  readonly dimension: number;
  /** The standard deviation s0 = σ(x0) of the noise at the certified point, a positive number. */
  readonly sigma0: number;
  /** The standard deviation s1 = σ(x1) of the noise at the other point, a positive number. */
  readonly sigma1: number;
  /** The distance a = ‖x1 − x0‖ ≥ 0. */
  readonly distance: number;
}

/**
 * The region in which the worst-case base classifier returns a class other than A. Positions are measured
 * from x0 along the line through x1, so that x1 is at position `distance`. All lengths have the same units as
 * σ.
 */
export type WorstCaseRegion =
  | {
      /** The shape of the region if s1 = s0. */
      readonly kind: "half-space";
      /**
       * The position at which the region begins: the region consists of the points whose coordinate along the
       * line is at least `offset`.
       */
      readonly offset: number;
    }
  | {
      /** The shape of the region: a ball if s1 < s0, the complement of a ball if s1 > s0. */
      readonly kind: "ball" | "complement of a ball";
      /**
       * The coordinate of the ball's center. The center lies beyond x1 if the region is a ball, and behind x0
       * if the region is the complement of a ball.
       */
      readonly center: number;
      /** The ball's radius. */
      readonly radius: number;
      /** The coordinate at which the region begins on the line from x0 toward x1. */
      readonly offset: number;
    };

/** The Gaussians around x0 and x1, as seen from x0, in units of s0. */
interface GaussianPair {
  /** The quantile z = Φ⁻¹(p_A). */
  readonly z: number;
  /** The ratio a / s0. */
  readonly distance: number;
  /** The ratio s1² / s0². */
  readonly square: number;
  /** The difference 1 − s1² / s0². */
  readonly gap: number;
  /** The worst-case ball as seen from x0; undefined if the region is a half-space. */
  readonly ball?: Ball;
}

function pairOf(options: WorstCaseOptions): GaussianPair {
  const { dimension, sigma0, sigma1, distance } = options;
  requireInteger("dimension", dimension, 1);
  requirePositive("sigma0", sigma0);
  requirePositive("sigma1", sigma1);
  requireNonNegative("distance", distance);
  const z = confidenceQuantile(options);
  // Beyond these ratios the squares would overflow or underflow, and the result no longer changes.
  const ratio = Math.min(Math.max(sigma1 / sigma0, 1e-150), 1e150);
  const gap = (1 - ratio) * (1 + ratio);
  const pair = { z, distance: distance / sigma0, square: ratio * ratio, gap };
  const center = pair.distance / gap;
  // A ball this far away equals a half-space to the last digit.
  if (gap === 0 || Math.abs(center) > 1e140) return pair;
  // If s1 < s0, the ball has probability p_B = Φ(−z). If s1 > s0, the outside of the ball has probability
  // p_B, and the ball has probability Φ(z).
  return { ...pair, ball: ballHolding(dimension, center * center, gap > 0 ? z : -z) };
}

/**
 * Returns the worst-case ball as seen from x1, in units of s1.
 *
 * @param ball - the ball as seen from x0, in units of s0
 * @param square - the ratio s1² / s0²
 * @param gap - the difference 1 − s1² / s0²
 * @param distance - the ratio a / s0
 */
export function seenFromOther(ball: Ball, square: number, gap: number, distance: number): Ball {
  const { dimension } = ball;
  const squaredDistance = square * ball.squaredDistance;
  const squaredRadius = ball.squaredRadius / square;
  // There are two forms of the same number. The first form would lose digits if s1 is far smaller than s0;
  // the second form would lose digits if s1 is so close to s0 that the center is far away.
  const offset =
    square > 0.5
      ? (ball.offset - dimension * gap - (distance * distance * (1 + square)) / gap) / square
      : dimension + squaredDistance - squaredRadius;
  return { dimension, squaredDistance, squaredRadius, offset };
}

/** The smallest squared radius that has not lost digits. */
const LEAST_SQUARE = 1e-300;

/**
 * Computes the quantile t of the worst-case probability ξ = Φ(−t) at x1 from the quantile z of the
 * probability p_B = Φ(−z) at x0. Lengths are in units of s0.
 *
 * The result is −Infinity if the ball's radius is too small for a double, which happens only if the
 * probability is below 1e-150.
 *
 * @param z - the quantile at x0, a finite number
 * @param distance - the ratio a / s0
 * @param change - the logarithm ln(s1/s0), at most 150 in absolute value
 */
export function worstCaseQuantile(dimension: number, z: number, distance: number, change: number): number {
  const square = Math.exp(2 * change);
  const gap = -Math.expm1(2 * change);
  const center = distance / gap;
  if (gap === 0 || Math.abs(center) > 1e140) return z - distance;
  const ball = ballHolding(dimension, center * center, gap > 0 ? z : -z);
  if (ball.squaredRadius < LEAST_SQUARE) return -Infinity;
  const seen1 = ballProbability(seenFromOther(ball, square, gap, distance)).z;
  return gap > 0 ? seen1 : -seen1;
}

/**
 * Computes ξ(a, s1), the largest probability of leaving class A at x1, over all base classifiers that return
 * A with probability p_A at x0 (Neyman-Pearson; Súkeník, Kuvshinov and Günnemann, 2022, theorem 1). With λ0 =
 * c0²/s0², λ1 = c1²/s1², c0 = s0² a / |s0² − s1²| and c1 = s1² a / |s0² − s1²|:
 *
 * - s1 < s0: ξ_> = cdf(λ1; (s0²/s1²) · quantile(λ0; p_B)),
 * - s1 > s0: ξ_< = sf(λ1; (s0²/s1²) · upperQuantile(λ0; p_B)),
 * - s1 = s0: Φ(a/s0 − Φ⁻¹(p_A)),
 *
 * where cdf, sf and the quantiles are those of the noncentral chi-squared distribution with N degrees of
 * freedom. The relative error is below 1e-11 for every λ. ξ increases with a, but does not always increase as
 * s1 moves away from s0.
 *
 * @throws RangeError naming the argument that is out of range
 * @example
 * const setting = { dimension: 3072, sigma0: 0.5, distance: 0.5, pA: 0.99 };
 * worstCaseProbability({ ...setting, sigma1: 0.5 }); // 0.0923…
 * worstCaseProbability({ ...setting, sigma1: 0.51 }); // 0.3212…
 */
export function worstCaseProbability(options: WorstCaseOptions): number {
  const { z, distance, square, gap, ball } = pairOf(options);
  if (ball === undefined) return normalCdf(distance - z);
  const seen1 = ballProbability(seenFromOther(ball, square, gap, distance));
  return gap > 0 ? seen1.inside : seen1.outside;
}

/**
 * Returns the region in which the worst-case base classifier returns a class other than A: a ball if s1 < s0,
 * the complement of a ball if s1 > s0, a half-space if s1 = s0 (or if the ball and the half-space are equal
 * to the last digit). The region has probability p_B at x0 and {@link worstCaseProbability} at x1.
 *
 * @throws RangeError naming the argument that is out of range
 * @example
 * const region = worstCaseRegion({ dimension: 3072, sigma0: 0.5, sigma1: 0.49, distance: 0.5, pA: 0.99 });
 * region; // { kind: 'ball', center: 12.62…, radius: 29.56…, offset: -16.93… }
 */
export function worstCaseRegion(options: WorstCaseOptions): WorstCaseRegion {
  const { z, distance, gap, ball } = pairOf(options);
  const unit = options.sigma0;
  if (ball === undefined) return { kind: "half-space", offset: unit * z };
  const center = distance / gap;
  const radius = Math.sqrt(ball.squaredRadius);
  // This is |center| − radius or radius − |center|, without cancellation if |center| and the radius are
  // large.
  const near = radius < Infinity ? (ball.offset - ball.dimension) / (Math.abs(center) + radius) : -Infinity;
  return {
    kind: gap > 0 ? "ball" : "complement of a ball",
    center: unit * center,
    radius: unit * radius,
    offset: unit * Math.sign(gap) * near,
  };
}
