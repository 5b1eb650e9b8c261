import { requireInteger, requireNonNegative, requirePositive } from "../numerics/arguments";
import { ballHolding, ballProbability } from "../probability/ball-probability";
import { increasingRoot } from "../numerics/root";
import { cohenRadius, heldDown, type Radius } from "./cohen";
import { type ClassBounds, type ClassQuantiles, classQuantiles, meanQuantile } from "./confidence";
import { worstCaseQuantile } from "./worst-case";

/** The arguments of {@link certifiedRadius}. */
export interface CertifiedRadiusOptions extends ClassBounds {
  /** The number N of input dimensions, a positive integer. */
  readonly dimension: number;
  /** The standard deviation s0 = σ(x0) of the noise at the certified point, a positive number. */
  readonly sigma: number;
  /** The semi-elasticity rate r ≥ 0 of the variance function: |log σ(x) − log σ(y)| ≤ r‖x − y‖. */
  readonly rate: number;
  /** A bound η ≥ 0 on the error of the computed ln σ (see VarianceFunction). Default: 0. */
  readonly eta?: number;
}

/** The result of {@link certifiedRadius}. Every radius has the same units as σ. */
export interface CertifiedRadius extends Radius {
  /** The certified radius: the smaller of `decreasing` and `increasing`. */
  readonly radius: number;
  /** The radius if σ could only decrease away from x0: the crossing of ξ_> at s1 = s0 exp(−rR − 2η). */
  readonly decreasing: number;
  /** The radius if σ could only increase away from x0: the crossing of ξ_< at s1 = s0 exp(rR + 2η). */
  readonly increasing: number;
  /**
   * Cohen's radius, which constant σ would give: s0 Φ⁻¹(p_A), or (s0/2) (Φ⁻¹(p_A) − Φ⁻¹(p_B)) with a
   * runner-up.
   */
  readonly cohen: number;
}

/**
 * Computes the certified radius of input-dependent smoothing with an r-semi-elastic variance function,
 *
 *   R = sup { R : ξ_>(R, s0 exp(−rR − 2η)) < 1/2 and ξ_<(R, s0 exp(rR + 2η)) < 1/2 },
 *
 * where ξ(a, s1) is the largest probability of leaving class A at distance a (see worstCaseProbability). The
 * smoothed classifier is constant on the open ball of radius R around x0 (Súkeník, Kuvshinov and Günnemann,
 * 2022). Since the computed ln σ may be off by η at each of the two points, |ln(s1/s0)| ≤ ra + 2η at distance
 * a.
 *
 * If p_B is given as a bound on the runner-up, the probability of each other class need only stay below that
 * of class A, not below 1/2:
 *
 *   R = sup { R : ξ(1 − p_A) + ξ(p_B) < 1 at s1 = s0 exp(−rR − 2η) and at s1 = s0 exp(rR + 2η) },
 *
 * where ξ(q) is the largest probability at x1 of a set that has probability q at x0. docs/runner-up.md proves
 * that it suffices to check the two ends of the range of s1.
 *
 * Let z = Φ⁻¹(p_A), or z = (Φ⁻¹(p_A) − Φ⁻¹(p_B)) / 2 with a runner-up. The radius is 0 for z ≤ 0 and Infinity
 * for p_A = 1. A positive p_B below 2^-1022 counts as 2^-1022. If η > 0, the radius is also 0 for z below a
 * threshold of about 2 √(2N) η.
 *
 * The result never exceeds the exact radius. For every N, the result is rounded down by a relative margin of
 * 2e-10 + 3e-16 / z; with a runner-up, the margin grows by 4e-14 (|Φ⁻¹(p_A)| + |Φ⁻¹(p_B)|) / z. This margin
 * is far larger than the numerical error (docs/accuracy.md), and the condition itself is checked at the
 * returned radius. If η > 0, the radius is rounded down further only if z is within a few parts in 10⁹ of the
 * threshold.
 *
 * @throws RangeError naming the argument that is out of range
 * @example
 * certifiedRadius({ dimension: 3072, sigma: 0.5, rate: 0.01, pA: 0.99 }); // { radius: 1.0824…, decreasing: 1.0835…, increasing: 1.0824…, cohen: 1.1631… }
 */
export function certifiedRadius(options: CertifiedRadiusOptions): CertifiedRadius {
  const { dimension, sigma, rate, eta = 0, pA, pB } = options;
  requireInteger("dimension", dimension, 1);
  requirePositive("sigma", sigma);
  requireNonNegative("rate", rate);
  requireNonNegative("eta", eta);
  const { radius: cohen } = cohenRadius({ sigma, pA, pB });
  if ((rate === 0 && eta === 0) || cohen === 0 || cohen === Infinity) {
    return { radius: cohen, decreasing: cohen, increasing: cohen, cohen };
  }
  const quantiles = classQuantiles({ pA, pB });
  const [decreasing, increasing] = ([-1, 1] as const).map((side) =>
    heldDown(sigma * sideRadius({ dimension, side, growth: rate * sigma, jump: 2 * eta }, quantiles)),
  );
  return { radius: Math.min(decreasing, increasing), decreasing, increasing, cohen };
}

/**
 * The change of ln σ on one side: at distance a, in units of s0, ln σ = ln s0 + side · (growth · a + jump).
 */
interface Side {
  readonly dimension: number;
  /** The direction of the change: 1 for increasing σ, −1 for decreasing σ. */
  readonly side: 1 | -1;
  /** The product r s0. */
  readonly growth: number;
  /** The value 2η. */
  readonly jump: number;
}

/**
 * The relative amount by which a radius is rounded down. The measured error is below 2e-12 + 5e-17 / z; with
 * a runner-up, 4e-15 of the sum of the quantiles is added to this bound. The rest is a safety margin.
 */
function margin({ own, other }: ClassQuantiles): number {
  const mean = meanQuantile({ own, other });
  const apart = own === other ? 0 : (4e-14 * (Math.abs(own) + Math.abs(other))) / mean;
  return 2e-10 + 3e-16 / mean + apart;
}

/**
 * Returns the radius on one side, in units of s0 and rounded down. Cohen's radius must be positive and
 * finite.
 */
function sideRadius(side: Side, quantiles: ClassQuantiles): number {
  const { dimension, growth, jump } = side;
  const { own, other } = quantiles;
  const mean = meanQuantile(quantiles);
  const slack = margin(quantiles);
  if (slack >= 1) return 0; // p_A exceeds 1/2 (or p_B) only by a rounding error
  // If σ changes so little within Cohen's radius, the certified radius differs from Cohen's by less than a
  // relative 1e-30.
  const steepest = growth + jump / mean;
  if (dimension * steepest * steepest < 1e-30) return mean * (1 - slack);

  // Cohen's radius bounds the result; the search is also limited to radii at which s1/s0 is at most exp(300).
  const bound = Math.min(mean, (300 - jump) / growth);
  if (!(bound > 0)) return 0;
  const guess = Math.min(bound, mean / Math.sqrt(1 + 2 * dimension * growth * growth));
  const missing =
    own === other
      ? (radius: number): number => neededQuantile(side, radius) - own
      : (radius: number): number => missingQuantile(side, quantiles, radius);
  const enough = -mean * (slack / 4);
  if (missing(0) >= enough) return 0;
  const exact = increasingRoot(missing, 0, bound, guess, slack / 8);

  for (let down = slack; down < 1; down *= 2) {
    const radius = exact * (1 - down);
    if (missing(radius) < enough) return radius;
  }
  return 0;
}

/**
 * Returns the amount by which the mean of the two quantiles under x1 is too small to certify `radius` on this
 * side. The amount is negative if ξ(1 − p_A) + ξ(p_B) < 1.
 */
function missingQuantile(
  { dimension, side, growth, jump }: Side,
  quantiles: ClassQuantiles,
  radius: number,
): number {
  const change = side * (growth * radius + jump); // ln(s1/s0)
  if (Math.abs(change) > 150) return Infinity; // too far for double precision: not certified
  const own = worstCaseQuantile(dimension, quantiles.own, radius, change);
  const other = worstCaseQuantile(dimension, quantiles.other, radius, change);
  return -(own + other) / 2;
}

/**
 * Returns the smallest Φ⁻¹(p_A) that certifies `radius` on this side. It is the quantile under x0 of the
 * worst-case set that has probability 1/2 under x1. The needed quantile grows with the radius, because the
 * certified radius grows with p_A.
 */
function neededQuantile({ dimension, side, growth, jump }: Side, radius: number): number {
  const change = side * (growth * radius + jump); // ln(s1/s0)
  if (change === 0) return radius;
  if (change > 150) return Infinity; // above exp(150), in any dimension
  // In units of s0, s1² = square and 1 − s1² = gap, and the ball's center lies at radius / |gap| from x0.
  const square = Math.exp(2 * change);
  const gap = -Math.expm1(2 * change);
  const distance0 = radius / gap;
  const distance1 = Math.exp(change) * distance0;
  const seen1 = ballHolding(dimension, distance1 * distance1, 0);
  const seen0 = ballProbability({
    dimension,
    squaredDistance: distance0 * distance0,
    squaredRadius: square * seen1.squaredRadius,
    offset: square * seen1.offset + dimension * gap + radius * distance0 * (1 + square),
  });
  // For decreasing σ, the inside of the ball must have a probability above p_B; for increasing σ, the outside
  // must.
  return gap > 0 ? seen0.z : -seen0.z;
}
