import { normalCdf } from "../probability/normal";

/**
 * The largest standard deviation, in levels, for which a table is made. The limit follows from the 16 bits of
 * its entries.
 */
export const LARGEST_TABLED_SPREAD = 2000;

/**
 * The largest quantile that the table covers: |j + ½| is at most this many standard deviations. Beyond this
 * range, 48 bits cannot resolve the thresholds.
 */
const LARGEST_QUANTILE = 7.7;

/**
 * The error allowed for a threshold, relative to the smaller of its two tails. The measured error is below
 * 1e-13.
 */
const RELATIVE_ERROR = 1e-12;

/**
 * The spacing of doubles between 2^47 and 2^48. Subtracting a tail from 2^48 rounds by up to half of this spacing, which
 * for small tails is far more than their relative error.
 */
const SPACING = 2 ** -5;

const DIGITS = 2 ** 16;

/**
 * A table from which the first 16 or 48 bits of a uniform number decide the noise of a coordinate; see
 * {@link noiseTable}.
 */
export interface NoiseTable {
  /**
   * The entry for each digit of 16 bits: 2n if the digit determines that the noise is n; otherwise 2j + 1,
   * where j is the first level whose threshold may lie in the digit's cell.
   */
  readonly entries: Int16Array;
  /**
   * One interval contains each threshold 2^48 Φ((j + ½) / (Lσ)), for j = −length / 2 … length / 2 − 1. These are the
   * lower ends of the intervals, in ascending order; `upper` has the upper ends.
   */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * Tabulates the inverse distribution function of the noise in whole levels.
 *
 * @param spread - Lσ, up to {@link LARGEST_TABLED_SPREAD}
 */
export function noiseTable(spread: number): NoiseTable {
  const half = Math.ceil(LARGEST_QUANTILE * spread) + 1;
  const [lower, upper] = [new Float64Array(2 * half), new Float64Array(2 * half)];
  for (let j = 0; j < half; j++) {
    const tail = 2 ** 48 * normalCdf(-(j + 0.5) / spread);
    const [least, most] = [tail * (1 - RELATIVE_ERROR), tail * (1 + RELATIVE_ERROR)];
    [lower[half - 1 - j], upper[half - 1 - j]] = [least, most];
    [lower[half + j], upper[half + j]] = [2 ** 48 - most - SPACING, 2 ** 48 - least + SPACING];
  }

  const entries = new Int16Array(DIGITS);
  let filled = 0;
  for (let t = 0; t < 2 * half; t++) {
    const j = t - half;
    const first = Math.floor(lower[t] / 2 ** 32);
    const last = Math.min(Math.floor(upper[t] / 2 ** 32), DIGITS - 1);
    if (first > filled) entries.fill(2 * j, filled, first);
    const undecided = Math.max(first, filled);
    if (last >= undecided) entries.fill(2 * j + 1, undecided, last + 1);
    filled = Math.max(filled, last + 1);
  }
  return { entries, lower, upper };
}
