import { requireInteger } from "../probability/arguments";
import { philox4x32 } from "../probability/philox";

/** A mean and where it may be. */
export interface MeanInterval {
  readonly mean: number;
  /** Ends of the interval. */
  readonly low: number;
  readonly high: number;
}

/** Share of the resamples whose means lie in the interval. */
const LEVEL = 0.95;

/**
 * The mean of each of several quantities over the same inputs, with its 95 % bootstrap interval (percentile method,
 * Efron 1979): the inputs are drawn anew, with replacement, and the means taken again. All quantities share the draws.
 * For the difference of two runs on the same inputs, pass the differences, one for each input.
 *
 * @param quantities - each with one value per input, in the same order of inputs; at least one input
 * @param resamples - how often the inputs are drawn anew
 * @param seed - of the draws; the same seed gives the same intervals
 * @throws RangeError if there is no input, or the quantities have different numbers of them
 */
export function bootstrapIntervals(
  quantities: readonly ArrayLike<number>[],
  resamples: number = 2000,
  seed: number = 1,
): MeanInterval[] {
  requireInteger("resamples", resamples, 1);
  requireInteger("seed", seed, 0);
  const count = quantities[0]?.length ?? 0;
  if (count === 0) throw new RangeError("a bootstrap interval needs at least one input");
  for (const { length } of quantities) {
    if (length !== count) throw new RangeError(`quantities must have ${count} values each, got ${length}`);
  }
  const means = quantities.map(() => new Float64Array(resamples));
  const times = new Uint32Array(count);
  const words = new Uint32Array(4);
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let i = 0; i < count; i++) {
      if (i % 4 === 0) philox4x32(words, i / 4, resample, 0, 0, seed, 0);
      times[Math.floor((words[i % 4] / 2 ** 32) * count)]++;
    }
    quantities.forEach((values, q) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += times[i] * values[i];
      means[q][resample] = sum / count;
    });
  }
  return quantities.map((values, q) => {
    const sorted = means[q].sort();
    const at = (share: number): number => sorted[Math.round(share * (resamples - 1))];
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[i];
    return { mean: sum / count, low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2) };
  });
}
