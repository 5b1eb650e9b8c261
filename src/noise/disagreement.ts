/** The maximum number of thresholds of a rounded Gaussian; see {@link disagreement}. */
export const MOST_THRESHOLDS: number = 2 ** 24;

/**
 * Computes τ, a bound on the probability that any of the levels passed to the base classifier during a
 * certification differs from the level of Q(x + σe) with real-valued e. Each of the N (n0 + n) coordinates uses
 * a uniform number of b = 128 bits, and thresholds are accurate to one unit of 2^−128. If K is the largest
 * number of thresholds, then
 *
 *   τ = N (n0 + n) (K + 2) (2^−b + 2^−128)
 *
 * (docs/exact-sampling.md). τ is subtracted from α.
 *
 * @param dimension - N
 * @param samples - n0 + n
 * @returns τ, which is below 2e-20 for N up to 150,528 and n0 + n up to 1.1e6
 */
export function disagreement(dimension: number, samples: number): number {
  return dimension * samples * (MOST_THRESHOLDS + 2) * 2 ** -127;
}

/**
 * Computes α − τ, rounded down: the error probability that is left for a confidence bound.
 *
 * @throws RangeError unless τ is below α
 */
export function remainingAlpha(alpha: number, tau: number): number {
  const left = (alpha - tau) * (1 - Number.EPSILON / 2);
  if (left > 0) return left;
  throw new RangeError(`alpha must be above τ = ${tau}, got ${alpha}`);
}
