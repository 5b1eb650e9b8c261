import { LEAST_NORMAL, requireFraction, requireInteger } from "../numerics/arguments";
import { log1pMinus } from "./elementary";
import { normalQuantile } from "./normal";

/** Computes the error of Stirling's formula, ln n! − (ln(2πn)/2 + n ln n − n), for n ≥ 1. */
function stirlingError(n: number): number {
  if (n < 16) {
    let factorial = 1;
    for (let i = 2; i <= n; i++) factorial *= i;
    return Math.log(factorial) - Math.log(2 * Math.PI * n) / 2 - n * Math.log(n) + n;
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/**
 * Computes k ln(k/m) − k + m, which is at least 0. The computation has no cancellation, even if k is near m or
 * m is tiny.
 */
function deviance(k: number, mean: number): number {
  const gap = mean - k;
  return Math.abs(gap) < k / 4 ? -k * log1pMinus(gap / k) : k * Math.log(k / mean) + gap;
}

/**
 * Computes ln P(X = k) for 0 < k < n, where X is binomial with success probability p = 1 − q (Loader's
 * saddle-point form).
 */
export function logBinomialDensity(k: number, n: number, p: number, q: number): number {
  return (
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * q) +
    Math.log(n / (2 * Math.PI * k * (n - k))) / 2
  );
}

/**
 * Computes P(X ≥ k) / P(X = k) as a sum of positive terms. If k ≥ np, the terms that matter span about 40
 * standard deviations.
 */
export function upperTailRatio(k: number, n: number, odds: number): number {
  let term = 1;
  let sum = 1;
  for (let i = k; i < n; i++) {
    const factor = ((n - i) / (i + 1)) * odds;
    term *= factor;
    sum += term;
    if (factor < 1 && term < 1e-17 * sum * (1 - factor)) break;
  }
  return sum;
}

/**
 * Finds the p for which P(X ≥ k) = α, where X is binomial with parameters n and p, 0 < k ≤ n and 0 < α ≤ 1/2.
 * Also returns a bound on the relative error of p.
 *
 * Newton's iteration is applied to ln P(X ≥ k) as a function of the log-odds. Because this function is concave,
 * all iterates that follow an iterate below the root are also below the root.
 */
function upperTailRoot(k: number, n: number, alpha: number): { p: number; error: number } {
  const target = Math.log(alpha);
  if (k === n) return { p: Math.exp(target / n), error: 2e-15 - (1e-15 * target) / n };
  // Start from the normal approximation.
  let odds = (k / (n - k)) * Math.exp(normalQuantile(alpha) * Math.sqrt(n / k / (n - k)));
  for (;;) {
    const q = 1 / (1 + odds);
    const ratio = upperTailRatio(k, n, odds);
    const excess = logBinomialDensity(k, n, odds * q, q) + Math.log(ratio) - target;
    const step = (excess * ratio) / (k * q);
    odds *= Math.exp(-step);
    if (Math.abs(step) < 1e-9) {
      // The rounding error of p, plus the rounding error of ln P divided by the slope of ln P.
      return { p: odds / (1 + odds), error: 2e-15 + (1e-15 * (8 - target) * ratio) / k };
    }
  }
}

/** Smaller values of α have fewer digits than the root search needs. */
const LEAST_ALPHA = 1e-300;

/**
 * Computes the one-sided Clopper-Pearson lower bound on a success probability, at confidence level 1 − α, for k
 * successes in n trials. The bound is the p for which P(X ≥ k) = α, where X ~ Binomial(n, p).
 *
 * The result is rounded down. The result never exceeds the exact bound, and the relative difference is
 * typically 3e-15 (4e-14 for a single success at α = 1e-12). For α above 1/2, the absolute difference is
 * typically 1e-13. A bound below 2^-1022 becomes 0. The function is tested up to 1e9 trials.
 *
 * @param successes - k, an integer from 0 to trials
 * @param trials - n, an integer from 1
 * @param alpha - α, from 1e-300 to below 1: the probability with which the bound may fail
 * @throws RangeError naming the argument that is out of range
 * @example
 * clopperPearsonLower(990, 1000, 0.001); // 0.9760…
 */
export function clopperPearsonLower(successes: number, trials: number, alpha: number): number {
  requireInteger("trials", trials, 1);
  requireInteger("successes", successes, 0);
  if (successes > trials) {
    throw new RangeError(`successes must be at most trials (${trials}), got ${successes}`);
  }
  requireFraction("alpha", alpha);
  if (alpha < LEAST_ALPHA) throw new RangeError(`alpha must be at least ${LEAST_ALPHA}, got ${alpha}`);
  if (successes === 0) return 0;
  if (alpha <= 0.5) {
    const { p, error } = upperTailRoot(successes, trials, alpha);
    const bound = p * (1 - error);
    return bound < LEAST_NORMAL ? 0 : bound; // smaller doubles have too few digits
  }
  // P(X ≥ k) = α exactly if P(n − X ≥ n − k + 1) = 1 − α.
  const { p: q, error } = upperTailRoot(trials - successes + 1, trials, 1 - alpha);
  return Math.max(0, 1 - q * (1 + error) - 2e-16);
}

/**
 * Computes the one-sided Clopper-Pearson upper bound on a success probability, which is 1 minus the lower bound
 * on the failure probability.
 *
 * The result is rounded up. The result is never below the exact bound, and exceeds the exact bound by at most
 * 5e-15.
 *
 * @param successes - k, an integer from 0 to trials
 * @param trials - n, an integer from 1
 * @param alpha - α, from 1e-300 to below 1: the probability with which the bound may fail
 * @throws RangeError naming the argument that is out of range
 * @example
 * clopperPearsonUpper(10, 1000, 0.001); // 0.0239…
 */
export function clopperPearsonUpper(successes: number, trials: number, alpha: number): number {
  requireInteger("trials", trials, 1);
  requireInteger("successes", successes, 0);
  if (successes > trials) {
    throw new RangeError(`successes must be at most trials (${trials}), got ${successes}`);
  }
  return Math.min(1, 1 - clopperPearsonLower(trials - successes, trials, alpha) + Number.EPSILON);
}

/**
 * Computes the two-sided Clopper-Pearson interval for a success probability. Each end is a one-sided bound at
 * level 1 − α/2, rounded outward.
 *
 * @param successes - k, an integer from 0 to trials
 * @param trials - n, an integer from 1
 * @param alpha - α, between 0 and 1: the probability with which the interval may fail
 * @throws RangeError naming the argument that is out of range
 */
export function clopperPearsonInterval(
  successes: number,
  trials: number,
  alpha: number,
): { low: number; high: number } {
  return {
    low: clopperPearsonLower(successes, trials, alpha / 2),
    high: clopperPearsonUpper(successes, trials, alpha / 2),
  };
}

/**
 * Computes the p-value of the two-sided binomial test for a success probability of 1/2, which is min(1, 2 P(X ≥
 * max(k, n − k))) with X ~ Binomial(n, 1/2). Predict applies this test to the votes of the top class and the
 * runner-up (Cohen et al., 2019). The relative error is below 1e-12.
 *
 * @param successes - k, an integer from 0 to trials
 * @param trials - n, an integer from 0
 * @throws RangeError naming the argument that is out of range
 */
export function binomialTest(successes: number, trials: number): number {
  requireInteger("trials", trials, 0);
  requireInteger("successes", successes, 0);
  if (successes > trials) {
    throw new RangeError(`successes must be at most trials (${trials}), got ${successes}`);
  }
  const more = Math.max(successes, trials - successes);
  if (2 * more === trials) return 1;
  if (more === trials) return 2 ** (1 - trials);
  const density = Math.exp(logBinomialDensity(more, trials, 0.5, 0.5));
  return Math.min(1, 2 * density * upperTailRatio(more, trials, 1));
}
