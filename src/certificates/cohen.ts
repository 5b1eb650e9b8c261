import { requirePositive } from "../numerics/arguments";
import { confidenceScore, type Confidence } from "./confidence";

/** Larger than the error of Φ⁻¹ and of one product: what is subtracted so that the result errs on the low side. */
const ROUNDING = 4e-15;

/** The arguments of {@link cohenRadius}. */
export interface CohenRadiusOptions extends Confidence {
  /** σ, the standard deviation of the noise, the same at every input. */
  readonly sigma: number;
}

/**
 * The certified radius of constant-σ smoothing, R = σ Φ⁻¹(p_A) (Cohen, Rosenfeld and Kolter, 2019, theorem 1,
 * with p_B = 1 − p_A). In the units of σ; 0 for p_A ≤ 1/2, Infinity for p_A = 1. Relative error at most 1e-14,
 * never above the exact value.
 *
 * @throws RangeError if σ is not a positive number or the probability is not in [0, 1]
 */
export function cohenRadius({ sigma, ...confidence }: CohenRadiusOptions): number {
  requirePositive("sigma", sigma);
  const score = confidenceScore(confidence);
  return score > 0 ? sigma * score * (1 - ROUNDING) : 0;
}
