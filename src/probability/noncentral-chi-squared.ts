import {
  requireNonNegative,
  requireNumber,
  requirePositive,
  requireProbability,
} from "../numerics/arguments";
import { ballHolding, ballProbability, type BallProbability } from "./ball-probability";
import { normalQuantile } from "./normal";

/*
 * The squared norm of a normal vector in N dimensions with identity covariance follows χ²_N(λ), where λ is the
 * squared norm of the vector's mean. So the functions of this file give the probability of a ball
 * (ball-probability.ts) in the paper's terms. The number of degrees of freedom need not be an integer.
 */

function at(x: number, degreesOfFreedom: number, noncentrality: number): BallProbability {
  requireNumber("x", x);
  requirePositive("degreesOfFreedom", degreesOfFreedom);
  requireNonNegative("noncentrality", noncentrality);
  return ballProbability({
    dimension: degreesOfFreedom,
    squaredDistance: noncentrality,
    squaredRadius: x,
    offset: noncentrality - x + degreesOfFreedom,
  });
}

/**
 * The minimum number of degrees of freedom for quantiles. With fewer degrees of freedom, most quantiles are too
 * small for a double.
 */
const LEAST_FOR_QUANTILES = 0.05;

function squaredRadiusHolding(z: number, degreesOfFreedom: number, noncentrality: number): number {
  requirePositive("degreesOfFreedom", degreesOfFreedom);
  if (degreesOfFreedom < LEAST_FOR_QUANTILES) {
    throw new RangeError(
      `degreesOfFreedom must be at least ${LEAST_FOR_QUANTILES} for a quantile, got ${degreesOfFreedom}`,
    );
  }
  requireNonNegative("noncentrality", noncentrality);
  return ballHolding(degreesOfFreedom, noncentrality, z).squaredRadius;
}

/** Computes P(X ≤ x). The relative error is below 1e-12 for every result above 1e-280. */
function cdf(x: number, degreesOfFreedom: number, noncentrality: number): number {
  return at(x, degreesOfFreedom, noncentrality).inside;
}

/** Computes P(X > x). The relative error is below 1e-12 for every result above 1e-280. */
function sf(x: number, degreesOfFreedom: number, noncentrality: number): number {
  return at(x, degreesOfFreedom, noncentrality).outside;
}

/** Computes the density at x. */
function pdf(x: number, degreesOfFreedom: number, noncentrality: number): number {
  const { density } = at(x, degreesOfFreedom, noncentrality);
  if (x !== 0 || degreesOfFreedom > 2) return density;
  return degreesOfFreedom < 2 ? Infinity : Math.exp(-noncentrality / 2) / 2;
}

/** Finds the x for which P(X ≤ x) = p, for N ≥ 0.05. If p is near 1, use {@link upperQuantile} instead. */
function quantile(p: number, degreesOfFreedom: number, noncentrality: number): number {
  requireProbability("p", p);
  return squaredRadiusHolding(-normalQuantile(p), degreesOfFreedom, noncentrality);
}

/** Finds the x for which P(X > x) = p, for N ≥ 0.05. */
function upperQuantile(p: number, degreesOfFreedom: number, noncentrality: number): number {
  requireProbability("p", p);
  return squaredRadiusHolding(normalQuantile(p), degreesOfFreedom, noncentrality);
}

/**
 * The noncentral chi-squared distribution χ²_N(λ): distribution function `cdf`, survival function `sf`,
 * density `pdf`, and the quantiles `quantile` (of the lower tail) and `upperQuantile` (of the upper tail).
 *
 * Every function takes x (or the probability p), the degrees of freedom N > 0 and the noncentrality λ ≥ 0, as
 * arguments; if an argument is out of range, the function throws a RangeError that names the argument. The
 * functions are tested for N up to 200,000 and λ up to 1e10.
 *
 * @example
 * noncentralChiSquared.cdf(3100, 3072, 25); // 0.5185…
 * noncentralChiSquared.upperQuantile(0.01, 3072, 25); // 3283.7…
 */
export const noncentralChiSquared: {
  /** Computes P(X ≤ x), with a relative error below 1e-12 for every result above 1e-280. */
  cdf(x: number, degreesOfFreedom: number, noncentrality: number): number;
  /** Computes P(X > x), with a relative error below 1e-12 for every result above 1e-280. */
  sf(x: number, degreesOfFreedom: number, noncentrality: number): number;
  /** Computes the density at x. */
  pdf(x: number, degreesOfFreedom: number, noncentrality: number): number;
  /** Finds the x for which P(X ≤ x) = p, for N ≥ 0.05 and p in [0, 1]. */
  quantile(p: number, degreesOfFreedom: number, noncentrality: number): number;
  /** Finds the x for which P(X > x) = p, for N ≥ 0.05 and p in [0, 1]. */
  upperQuantile(p: number, degreesOfFreedom: number, noncentrality: number): number;
} = { cdf, sf, pdf, quantile, upperQuantile };
