import { requireInteger } from "../numerics/arguments";
import { philox4x32, seedWords } from "../probability/philox";

/** A statistic of a set of inputs, together with the 95 % interval for the statistic. */
export interface Interval {
  /** The statistic of the original inputs. */
  readonly value: number;
  /** The lower end of the 95 % interval. */
  readonly low: number;
  /** The upper end of the 95 % interval. */
  readonly high: number;
}

/** The level of the intervals: the share of resamples whose statistic lies in the interval. */
const LEVEL = 0.95;

/**
 * Computes statistics of a set of inputs, and a 95 % bootstrap interval for each statistic (percentile
 * method, Efron 1979). The inputs are resampled with replacement, and the statistics are recomputed for each
 * resample. All statistics share the same resamples. To compare two runs on the same inputs, pass a statistic
 * that computes the difference.
 *
 * @param count - the number of inputs, at least one
 * @param figures - a function that returns all statistics of the set in which input i is counted `times[i]`
 *   times
 * @param resamples - the number of resamples
 * @param seed - the seed of the resampling; the same seed gives the same intervals
 * @throws RangeError if there are no inputs
 * @example
 * const radii = (await readRecord("records/cifar10-0.5-r0.01")).rows.map(({ radius }) => radius);
 * const mean = (times: ArrayLike<number>) => [radii.reduce((sum, radius, i) => sum + times[i] * radius, 0) / radii.length];
 * bootstrap(radii.length, mean)[0]; // { value: 0.5517…, low: 0.5076…, high: 0.5968… }
 */
export function bootstrap(
  count: number,
  figures: (times: ArrayLike<number>) => number[],
  resamples: number = 2000,
  seed: number = 1,
): Interval[] {
  requireInteger("resamples", resamples, 1);
  requireInteger("seed", seed, 0);
  if (count === 0) throw new RangeError("a bootstrap interval needs at least one input");
  const times = new Uint32Array(count);
  const values = figures(times.fill(1));
  const resampled = values.map(() => new Float64Array(resamples));
  const key = seedWords(seed);
  const words = new Uint32Array(4);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let i = 0; i < count; i++) {
      if (i % 4 === 0) philox4x32(words, i / 4, resample, 0, 0, ...key);
      times[Math.floor((words[i % 4] / 2 ** 32) * count)]++;
    }
    figures(times).forEach((value, f) => (resampled[f][resample] = value));
  }
  return values.map((value, f) => {
    const sorted = resampled[f].sort();
    const at = (share: number): number => sorted[Math.round(share * (resamples - 1))];
    return { value, low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2) };
  });
}

/**
 * The mean of values when value i is counted `times[i]` times; the counts must add up to the number of
 * values.
 */
export function weightedMean(values: ArrayLike<number>, times: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += times[i] * values[i];
  return sum / values.length;
}
