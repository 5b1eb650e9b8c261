import type { CertificationRecord } from "../experiments/record";
import { bootstrap, weightedMean } from "./bootstrap";
import { classDeviation } from "./class-accuracy";
import { QUANTITIES } from "./compare-records";
import type { PublishedResult } from "./published-results";

/** One quantity of a record, compared with the published value. The keys are the headings of a table. */
export interface PublishedComparison {
  /** The constant σ of both runs. */
  readonly σ: number;
  /** The compared quantity: a value of `QUANTITIES`. */
  readonly quantity: string;
  /**
   * The value of the quantity in the record; `low` and `high` are the ends of the 95 % bootstrap interval
   * over the images.
   */
  readonly ours: number;
  /** The lower end of the 95 % bootstrap interval for the record's value. */
  readonly low: number;
  /** The upper end of the 95 % bootstrap interval for the record's value. */
  readonly high: number;
  /** The value of the quantity in the published run. */
  readonly published: number;
}

/**
 * Compares a record with a published run in accuracy, average certified radius, and standard deviation of the
 * class-wise accuracies. The intervals are for the record alone. If both runs certify the same images, the
 * difference between the runs is known more precisely than the intervals suggest.
 *
 * @throws RangeError if the record has no rows
 * @example
 * const cifar10 = await readExperiment("cifar10");
 * showTable(COHEN_CIFAR10.flatMap((theirs) => comparePublished(cifar10.record(theirs.sigma, "base"), theirs)));
 */
export function comparePublished(
  { rows }: CertificationRecord,
  { sigma, accuracy, averageRadius, classDeviation: deviation }: PublishedResult,
): PublishedComparison[] {
  const right = rows.map(({ correct }) => correct);
  const radii = rows.map(({ correct, radius }) => correct * radius);
  const intervals = bootstrap(rows.length, (times) => [
    weightedMean(right, times),
    weightedMean(radii, times),
    classDeviation(rows, times),
  ]);
  const published = [
    [QUANTITIES.accuracy, accuracy[0]],
    [QUANTITIES.averageRadius, averageRadius],
    [QUANTITIES.classDeviation, deviation],
  ] as const;
  return published.map(([quantity, theirs], i) => {
    const { value, low, high } = intervals[i];
    return { σ: sigma, quantity, ours: value, low, high, published: theirs };
  });
}
