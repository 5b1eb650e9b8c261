import { requireFraction, requireInteger } from "../numerics/arguments";
import { logBinomialDensity, upperTailRatio } from "./binomial";

/*
 * A confidence sequence: a bound for a success probability that holds at all numbers of trials at once, so that one
 * may look after every trial and stop when one likes.
 *
 * After k successes in t trials, the likelihood ratio of q against p is (q/p)^k ((1 − q)/(1 − p))^(t−k). Averaged
 * over q uniform in (p, 1), with q = p + (1 − p)u, it is
 *
 *   M_t(p) = ∫_0^1 (1 + u (1 − p)/p)^k (1 − u)^(t−k) du = P(X ≤ k) / ((t + 1 − k) P(X = k)),
 *
 * X binomial with parameters t + 1 and p. Under p it is a nonnegative martingale with M_0 = 1, so it ever reaches 1/α
 * with a probability of at most α (Ville, 1939); it decreases in p; so the p with M_t(p) = 1/α is a lower bound
 * (Robbins, 1970). docs/fewer-samples.md has the proof, and what other mixtures would give.
 */

/** Below this, odds are near the end of what a double holds: the bound is then 0. */
const LEAST_ODDS = 1e-290;

/**
 * The odds p/(1 − p) of the p with M_t(p) = 1/α, for 0 < k ≤ t and 0 < α ≤ 1/2, and a bound on the error of their
 * logarithm.
 *
 * Newton's iteration on ln M as a function of the log-odds, which is convex: once below the root, every iterate stays
 * there.
 */
function mixtureRoot(k: number, t: number, alpha: number): { odds: number; error: number } {
  const target = -Math.log(alpha);
  const n = t + 1;
  // Start from the normal approximation.
  const exponent = target + Math.log1p((n / k) * ((n - k) / (2 * Math.PI))) / 2;
  let odds = (k / (n - k)) * Math.exp(-Math.sqrt(((2 * exponent) / k) * (n / (n - k))));
  while (odds > LEAST_ODDS) {
    const q = 1 / (1 + odds);
    const p = odds * q;
    const logDensity = logBinomialDensity(k, n, p, q);
    // P(X > k), from P(X = k + 1).
    const above = Math.exp(logDensity) * ((n - k) / (k + 1)) * odds * upperTailRatio(k + 1, n, odds);
    const logM = Math.log1p(-above) - logDensity - Math.log(n - k);
    const slope = k - n * p + p * Math.exp(-logM);
    const step = (logM - target) / slope;
    odds *= Math.exp(step);
    // The rounding of p, and that of ln M divided by its slope.
    if (Math.abs(step) < 1e-10) return { odds, error: 2e-15 + (1e-15 * (8 + 2 * exponent)) / slope };
  }
  return { odds: 0, error: 0 };
}

function requireCounts(successes: number, trials: number, alpha: number): void {
  requireInteger("trials", trials, 0);
  requireInteger("successes", successes, 0);
  if (successes > trials) {
    throw new RangeError(`successes must be at most trials (${trials}), got ${successes}`);
  }
  requireFraction("alpha", alpha);
}

/**
 * The lower confidence sequence L_t of a success probability p: over an endless run of independent trials,
 *
 *   P(L_t > p for any t) ≤ α.
 *
 * So L_t holds at whatever t one stops, for whatever reason, which the Clopper-Pearson bound does not. L_t = sup{p :
 * M_t(p) ≥ 1/α}, with M_t(p) = ∫_0^1 (1 + u (1 − p)/p)^k (1 − u)^(t−k) du, the likelihood ratio of the alternatives q
 * in (p, 1) against p, mixed uniformly (Ville 1939; Robbins 1970). It is below the Clopper-Pearson bound of the same
 * counts, by a third to a half of that bound's distance from k/t.
 *
 * Rounded down: never above the exact bound, and below it by a relative 8e-15 in ordinary use (9e-14 for one success at α =
 * 1e-12). α above 1/2 is taken as
 * 1/2. Takes 1 to 6 µs up to 10⁵ trials, at most 70 µs at 10⁸.
 *
 * @param successes - k, an integer from 0 to trials
 * @param trials - t, an integer from 0
 * @param alpha - α, between 0 and 1: the probability with which the bound may ever fail
 * @throws RangeError naming the argument that is out of range
 * @example
 * confidenceSequenceLower(990, 1000, 0.001); // 0.9715…
 * clopperPearsonLower(990, 1000, 0.001); // 0.9760…
 */
export function confidenceSequenceLower(successes: number, trials: number, alpha: number): number {
  requireCounts(successes, trials, alpha);
  if (successes === 0) return 0;
  const { odds, error } = mixtureRoot(successes, trials, Math.min(alpha, 0.5));
  return (odds / (1 + odds)) * (1 - error / (1 + odds) - 4e-16);
}

/**
 * The upper confidence sequence U_t of a success probability, P(U_t < p for any t) ≤ α: 1 minus the lower one of the
 * failures. Rounded up; see {@link confidenceSequenceLower}. Both hold at once with a probability of at least 1 − 2α.
 *
 * @example
 * confidenceSequenceUpper(10, 1000, 0.001); // 0.0284…
 */
export function confidenceSequenceUpper(successes: number, trials: number, alpha: number): number {
  requireCounts(successes, trials, alpha);
  if (successes === trials) return 1;
  const { odds, error } = mixtureRoot(trials - successes, trials, Math.min(alpha, 0.5));
  return Math.min(1, (1 / (1 + odds)) * (1 + (error * odds) / (1 + odds) + 4e-16));
}
