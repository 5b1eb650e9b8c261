import { LEAST_NORMAL, requireProbability } from "../numerics/arguments";
import { normalQuantile } from "../probability/normal";

/** The confidence bound on the probability of the class returned at x0, given in exactly one of two forms. */
export interface Confidence {
  /** The lower bound p_A on the probability of the returned class. */
  readonly pA?: number;
  /**
   * The bound in the form p_B = 1 − p_A. Use this form if p_A is so close to 1 that computing 1 − p_A would
   * lose digits.
   */
  readonly pB?: number;
}

/**
 * The confidence bounds at x0, in one of three forms: p_A of the returned class alone, p_B = 1 − p_A alone,
 * or p_A together with p_B of the runner-up.
 */
export interface ClassBounds {
  /**
   * The lower bound p_A on the probability of the returned class. If p_B is given too, p_A need not be above
   * 1/2.
   */
  readonly pA?: number;
  /**
   * If `pA` is given: the upper bound p_B on the probability of every other class, capped at 1 − p_A. If `pA`
   * is not given: the value 1 − p_A, for a p_A so close to 1 that computing 1 − p_A would lose digits.
   */
  readonly pB?: number;
}

/** The normal quantiles of the bounds p_A and p_B. */
export interface ClassQuantiles {
  /** The quantile Φ⁻¹(p_A). */
  readonly own: number;
  /**
   * The quantile −Φ⁻¹(p_B), which is at least Φ⁻¹(p_A), and equal to Φ⁻¹(p_A) if nothing is known about the
   * runner-up.
   */
  readonly other: number;
}

/**
 * Returns the normal quantiles of the given bounds; see {@link confidenceQuantile}. A p_B below 2^-1022, other
 * than 0, counts as 2^-1022, because smaller doubles have too few digits.
 */
export function classQuantiles({ pA, pB: given }: ClassBounds): ClassQuantiles {
  const isTooSmall = given !== undefined && given > 0 && given < LEAST_NORMAL;
  const pB = isTooSmall ? LEAST_NORMAL : given;
  if (pA === undefined || pB === undefined) {
    const z = confidenceQuantile({ pA, pB });
    return { own: z, other: z };
  }
  const own = confidenceQuantile({ pA });
  return { own, other: Math.max(own, confidenceQuantile({ pB })) };
}

/** Returns (Φ⁻¹(p_A) − Φ⁻¹(p_B)) / 2, or 0 if this value is negative: the radius in units of a constant σ. */
export function meanQuantile({ own, other }: ClassQuantiles): number {
  // If p_A is 0, class A may have probability 0, no matter what is known about the other classes.
  return own === -Infinity ? 0 : Math.max(0, (own + other) / 2);
}

/** Returns z = Φ⁻¹(p_A) = −Φ⁻¹(p_B), with the full precision of whichever bound is given. */
export function confidenceQuantile({ pA, pB }: Confidence): number {
  if (pA !== undefined && pB !== undefined) throw new RangeError("give pA or pB, not both");
  if (pB === undefined) {
    requireProbability("pA", pA as number);
    return normalQuantile(pA as number);
  }
  requireProbability("pB", pB);
  return -normalQuantile(pB);
}

/** Returns the same as {@link confidenceQuantile}, but requires that p_A is above 1/2. */
export function requireMajority(confidence: Confidence): number {
  const z = confidenceQuantile(confidence);
  if (z > 0) return z;
  const { pA, pB } = confidence;
  throw new RangeError(
    pB === undefined ? `pA must be above 1/2, got ${pA}` : `pB must be below 1/2, got ${pB}`,
  );
}
