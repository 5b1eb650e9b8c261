/** The most thresholds a rounded Gaussian may have; see {@link disagreement}. */
export const MOST_THRESHOLDS: number = 2 ** 24;

/**
 * τ: the probability that, anywhere in a whole certification, the levels handed to the base classifier are not those of
 * Q(x + σe) with real e. Each of the N (n0 + n) coordinates takes a uniform number of b = 128 bits, and thresholds are
 * stored to one unit of 2^−128, so that τ = N (n0 + n) (K + 2) (2^−b + 2^−128), K the largest number of thresholds
 * (docs/exact-sampling.md). It is paid for out of α.
 *
 * @param dimension - N
 * @param samples - n0 + n
 * @returns below 2e-20 for N to 150,528 and n0 + n to 1.1e6
 */
export function disagreement(dimension: number, samples: number): number {
  return dimension * samples * (MOST_THRESHOLDS + 2) * 2 ** -127;
}

/**
 * α − τ, rounded down: the error probability that is left for a confidence bound.
 *
 * @throws RangeError unless τ is below α
 */
export function remainingAlpha(alpha: number, tau: number): number {
  const left = (alpha - tau) * (1 - Number.EPSILON / 2);
  if (left > 0) return left;
  throw new RangeError(`alpha must be above τ = ${tau}, got ${alpha}`);
}
