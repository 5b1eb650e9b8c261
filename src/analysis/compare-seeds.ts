import { mean } from "../numerics/summaries";
import type { RecordComparison } from "./compare-records";

/** One quantity of two kinds of runs over several seeds of training; its keys are the headings of a table. */
export interface SeedComparison {
  /** What is compared: as in {@link RecordComparison}. */
  readonly quantity: string;
  /** Number of seeds. */
  readonly seeds: number;
  /** Mean over the seeds of what the first runs have, and its range. */
  readonly first: number;
  readonly "first, min": number;
  readonly "first, max": number;
  /** The same of the second runs. */
  readonly second: number;
  readonly "second, min": number;
  readonly "second, max": number;
  /** The same of second − first, each difference being of one seed. */
  readonly difference: number;
  readonly "difference, min": number;
  readonly "difference, max": number;
  /** Lower end of the paired 95 % interval over the images, of seed 1 alone. */
  readonly "low, seed 1": number;
  /** Upper end of that interval. */
  readonly "high, seed 1": number;
}

/**
 * Mean and range over the seeds of what was compared.
 *
 * @param bySeed - the comparison of each seed, with the same quantities in the same order; that of seed 1 first
 */
export function compareSeeds(bySeed: readonly (readonly RecordComparison[])[]): SeedComparison[] {
  return bySeed[0].map(({ quantity, low, high }, i) => {
    const rows = bySeed.map((rows) => rows[i]);
    const [first, second, difference] = (["first", "second", "difference"] as const).map((key) =>
      rows.map((row) => row[key]),
    );
    return {
      quantity,
      seeds: rows.length,
      first: mean(first),
      "first, min": Math.min(...first),
      "first, max": Math.max(...first),
      second: mean(second),
      "second, min": Math.min(...second),
      "second, max": Math.max(...second),
      difference: mean(difference),
      "difference, min": Math.min(...difference),
      "difference, max": Math.max(...difference),
      "low, seed 1": low,
      "high, seed 1": high,
    };
  });
}
