/** Statistics that summarize many numbers. */

/** Computes the mean; NaN if there are no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Returns the largest value; −∞ if there are no values. There may be more values than a call has arguments. */
export function largest(values: ArrayLike<number>): number {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

/** Returns the smallest value; ∞ if there are no values. */
export function smallest(values: ArrayLike<number>): number {
  let least = Infinity;
  for (let i = 0; i < values.length; i++) least = Math.min(least, values[i]);
  return least;
}

/**
 * Computes the standard deviation: the square root of the mean squared distance from the mean; NaN if there are
 * no values.
 */
export function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}

/**
 * Computes the quantile at p in [0, 1], with linear interpolation between two values.
 *
 * @param sorted - at least one value, in ascending order
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
}

/**
 * A corner of a staircase: the share for all radii above the radius of the previous corner, up to and
 * including the radius of this corner.
 */
export interface Corner {
  readonly radius: number;
  readonly share: number;
}

/**
 * Computes, as a function of the radius, the share of inputs (out of `count`) whose value is at least that radius: a
 * staircase that ends at 0.
 */
export function shareAtLeast(values: readonly number[], count: number): Corner[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [
    { radius: 0, share: sorted.length / count },
    ...sorted.map((radius, i) => ({ radius, share: (sorted.length - i) / count })),
    { radius: sorted.at(-1) ?? 0, share: 0 },
  ];
}
