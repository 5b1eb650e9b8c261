import { mean } from "../numerics/summaries";
import type { RecordComparison } from "./compare-records";

/** One quantity of two kinds of runs over several training seeds. The keys are the headings of a table. */
export interface SeedComparison {
  /** The compared quantity, as in {@link RecordComparison}. */
  readonly quantity: string;
  /** Number of training seeds. */
  readonly seeds: number;
  /** Mean of the first runs over the seeds. */
  readonly first: number;
  /** The smallest value of the first runs. */
  readonly "first, min": number;
  /** The largest value of the first runs. */
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
 * The mean and range of every compared quantity over the seeds.
 *
 * @param bySeed - the comparison at each seed, of the same quantities in the same order; that at seed 1 first
 */
export function compareSeeds(bySeed: readonly (readonly RecordComparison[])[]): SeedComparison[] {
  return bySeed[0].map(({ quantity, low, high }, i) => {
    const first = bySeed.map((rows) => rows[i].first);
    const difference = bySeed.map((rows) => rows[i].difference);
    return {
      quantity,
      seeds: bySeed.length,
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
