import { mean } from "../numerics/summaries";
import type { RecordComparison } from "./compare-records";

/**
 * One quantity, compared between two kinds of runs over several training seeds. The keys are the headings of
 * a table.
 */
export interface SeedComparison {
  /** The compared quantity, as in {@link RecordComparison}. */
  readonly quantity: string;
  /** The mean of the quantity over the seeds, for the first kind of run. */
  readonly first: number;
  /** The smallest value of the quantity over the seeds, for the first kind of run. */
  readonly "first, min": number;
  /** The largest value of the quantity over the seeds, for the first kind of run. */
  readonly "first, max": number;
  /** The mean over the seeds of the difference between the second kind of run and the first. */
  readonly difference: number;
  /** The smallest such difference over the seeds. */
  readonly min: number;
  /** The largest such difference over the seeds. */
  readonly max: number;
  /** The lower end of the paired 95 % interval for the difference at seed 1, over the images. */
  readonly low: number;
  /** The upper end of the paired 95 % interval for the difference at seed 1, over the images. */
  readonly high: number;
}

/**
 * Returns the mean and the range over the seeds for every compared quantity.
 *
 * @param bySeed - the comparison at each seed, beginning with seed 1; all comparisons have the same
 *   quantities in the same order
 */
export function compareSeeds(bySeed: readonly (readonly RecordComparison[])[]): SeedComparison[] {
  return bySeed[0].map(({ quantity, low, high }, i) => {
    const first = bySeed.map((rows) => rows[i].first);
    const difference = bySeed.map((rows) => rows[i].difference);
    return {
      quantity,
      first: mean(first),
      "first, min": Math.min(...first),
      "first, max": Math.max(...first),
      difference: mean(difference),
      min: Math.min(...difference),
      max: Math.max(...difference),
      low,
      high,
    };
  });
}
