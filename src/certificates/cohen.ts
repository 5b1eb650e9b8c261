import { LEAST_NORMAL, requirePositive } from "../numerics/arguments";
import { type ClassBounds, classQuantiles, meanQuantile } from "./confidence";

/**
 * The relative amount that is subtracted from the result, so that the result errs on the low side. This
 * amount exceeds the error of Φ⁻¹ and of one product.
 */
const ROUNDING = 4e-15;

/** The result that every radius formula returns; some formulas return more. */
export interface Radius {
  /** The radius in l2 norm, in the same units as σ. */
  readonly radius: number;
}

/** The arguments of {@link cohenRadius}. */
export interface CohenRadiusOptions extends ClassBounds {
  /** The standard deviation σ of the noise, which is the same at every input. */
  readonly sigma: number;
}

/**
 * Computes the certified radius of smoothing with constant σ (Cohen, Rosenfeld and Kolter, 2019, theorem 1):
 *
 *   R = (σ/2) (Φ⁻¹(p_A) − Φ⁻¹(p_B)).
 *
 * Without a bound on the runner-up, p_B = 1 − p_A and R = σ Φ⁻¹(p_A). The radius has the same units as σ; it
 * is 0 for p_A ≤ p_B and Infinity for p_A = 1. A positive p_B below 2^-1022 counts as 2^-1022. The radius never
 * exceeds the exact value. A radius below 2^-1022 becomes 0, and a finite radius above 1.7e308 becomes 1.7e308.
 * Otherwise the relative error is at most 1e-14; if p_A and p_B are close, the error is at most 4e-15 of the sum
 * of the two quantiles.
 *
 * @throws RangeError if σ is not a positive number or a probability is not in [0, 1]
 * @example
 * cohenRadius({ sigma: 0.5, pA: 0.9 }).radius; // 0.640…
 * cohenRadius({ sigma: 0.5, pA: 0.6, pB: 0.2 }).radius; // 0.273…
 */
export function cohenRadius({ sigma, ...confidence }: CohenRadiusOptions): Radius {
  requirePositive("sigma", sigma);
  const quantiles = classQuantiles(confidence);
  const mean = meanQuantile(quantiles);
  if (mean === 0 || mean === Infinity) return { radius: mean };
  const { own, other } = quantiles;
  // If the two bounds differ, their quantiles may cancel, but the errors of the quantiles do not.
  const error = own === other ? 0 : (ROUNDING / 2) * (Math.abs(own) + Math.abs(other));
  return { radius: heldDown(sigma * Math.max(0, mean - error) * (1 - ROUNDING)) };
}

/**
 * Rounds the product of σ and a finite radius in units of σ down where double precision holds it with a large
 * error: to 0 below the normal doubles, and to 1.7e308 near Infinity and beyond.
 */
export function heldDown(radius: number): number {
  return radius < LEAST_NORMAL ? 0 : Math.min(radius, 1.7e308);
}
