import type { CertificationRecord } from "../experiments/record";
import { bootstrap, type Interval, weightedMean } from "./bootstrap";
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
 * Resampling adds chance to class-wise accuracies that chance has already driven apart. The interval of their standard
 * deviation is therefore the bootstrap interval reflected at the record's value.
 *
 * @throws RangeError if the record has no rows, or if the record is not one of constant σ as in the published run, on
 *   the same data set
 * @example
 * const cifar10 = await readExperiment("cifar10");
 * showTable(COHEN_CIFAR10.flatMap((theirs) => comparePublished(cifar10.record(theirs.sigma, "base"), theirs)));
 */
export function comparePublished(
  { rows, configuration }: CertificationRecord,
  { dataset, sigma, accuracy, averageRadius, classDeviation: deviation }: PublishedResult,
): PublishedComparison[] {
  const wrong = rows.find((row) => row.sigma !== sigma);
  if (wrong || configuration.dataset.name !== dataset) {
    const got = `${configuration.dataset.name} with σ = ${wrong?.sigma ?? sigma}`;
    throw new RangeError(`the record must be one of ${dataset} with constant σ = ${sigma}, got ${got}`);
  }
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
    const { value, low, high } =
      quantity === QUANTITIES.classDeviation ? reflected(intervals[i]) : intervals[i];
    return { σ: sigma, quantity, ours: value, low, high, published: theirs };
  });
}

/** Returns the interval reflected at its value, without its negative part. */
function reflected({ value, low, high }: Interval): Interval {
  return { value, low: Math.max(0, 2 * value - high), high: 2 * value - low };
}
