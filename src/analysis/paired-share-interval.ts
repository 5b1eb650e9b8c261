import { requireInteger } from "../numerics/arguments";
import { normalQuantile } from "../probability/normal";
import { increasingRoot } from "../numerics/root";
import type { Interval } from "./bootstrap";

/** The normal quantile of a two-sided 95 % interval. */
const Z = normalQuantile(0.975);

/**
 * Returns the difference between two shares of the same inputs, for example two certified accuracies, with
 * the 95 % score interval for the difference (Tango, _Statistics in Medicine_ 17, 1998). The interval
 * consists of all differences δ that the score test does not reject; the test uses the maximum-likelihood
 * probabilities under δ. Unlike a bootstrap interval, the score interval has positive width even if both
 * shares count the same inputs. Its width is then about z² / (M + z²) for M inputs.
 *
 * @param gained - the number of inputs counted in the second share but not in the first
 * @param lost - the number of inputs counted in the first share but not in the second
 * @param count - the number M of inputs, at least 1
 * @returns the difference (gained − lost) / M, and the interval for the difference, which lies within [−1, 1]
 * @throws RangeError if a number is not an integer, or if gained + lost exceeds M
 */
export function pairedShareInterval(gained: number, lost: number, count: number): Interval {
  requireInteger("count", count, 1);
  requireInteger("gained", gained, 0, count);
  requireInteger("lost", lost, 0, count - gained);
  return {
    value: (gained - lost) / count,
    low: 0 - upperEnd(lost, gained, count),
    high: upperEnd(gained, lost, count),
  };
}

function upperEnd(gained: number, lost: number, count: number): number {
  const value = (gained - lost) / count;
  if (value === 1) return 1;
  const beyond = (above: number): number => -score(value + above, gained, lost, count) - Z;
  return value + increasingRoot(beyond, 0, 1 - value, (1 - value) / 100, 1e-12);
}

/** Returns the score statistic of the hypothesis that the difference is δ. */
function score(delta: number, gained: number, lost: number, count: number): number {
  // The maximum-likelihood probability of a loss under δ: the larger root of a q² + b q + c.
  const a = 2 * count;
  const b = (2 * count - gained + lost) * delta - gained - lost;
  const c = -lost * delta * (1 - delta);
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  const q = b > 0 ? (-2 * c) / (b + root) : (root - b) / (2 * a);
  return (gained - lost - count * delta) / Math.sqrt(count * (2 * q + delta * (1 - delta)));
}
