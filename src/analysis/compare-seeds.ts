import { mean } from "../numerics/summaries";
import type { RecordComparison } from "./compare-records";

/** One quantity of two kinds of runs, over several training seeds. The keys are the headings of a table. */
export interface SeedComparison {
  /** The compared quantity, as in {@link RecordComparison}. */
  readonly quantity: string;
  /** Mean over the seeds, for the first kind of run. */
  readonly first: number;
  /** The smallest value over the seeds, for the first kind of run. */
  readonly "first, min": number;
  /** The largest value over the seeds, for the first kind of run. */
  readonly "first, max": number;
  /** Mean of second − first over the seeds. */
  readonly difference: number;
  /** The smallest difference. */
  readonly min: number;
  /** The largest difference. */
  readonly max: number;
  /** Lower end of the paired 95 % interval over the images, at seed 1. */
  readonly low: number;
  /** Upper end of that interval. */
  readonly high: number;
}

/**
 * The mean and range over the seeds of every compared quantity.
 *
 * @param bySeed - the comparison at each seed, beginning with seed 1; all have the same quantities in the
 *   same order
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
