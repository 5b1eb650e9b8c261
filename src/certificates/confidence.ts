import { requireProbability } from "../numerics/arguments";
import { normalQuantile } from "../probability/normal";

/** The confidence bound on the class returned at x0: exactly one of its two forms. */
export interface Confidence {
  /** p_A, a lower bound on the probability of the returned class. */
  readonly pA?: number;
  /** p_B = 1 − p_A. Give this one if p_A is so close to 1 that 1 − p_A would lose digits. */
  readonly pB?: number;
}

/** z = Φ⁻¹(p_A) = −Φ⁻¹(p_B), which carries the full precision of either form. */
export function confidenceScore({ pA, pB }: Confidence): number {
  if (pA !== undefined && pB !== undefined) throw new RangeError("give pA or pB, not both");
  if (pB === undefined) {
    requireProbability("pA", pA as number);
    return normalQuantile(pA as number);
  }
  requireProbability("pB", pB);
  return -normalQuantile(pB);
}

/** The same for a p_A that has to be above 1/2. */
export function requireMajority(confidence: Confidence): number {
  const score = confidenceScore(confidence);
  if (score > 0) return score;
  const { pA, pB } = confidence;
  throw new RangeError(
    pB === undefined ? `pA must be above 1/2, got ${pA}` : `pB must be below 1/2, got ${pB}`,
  );
}
