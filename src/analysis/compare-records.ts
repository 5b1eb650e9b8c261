import type { CertificationRecord, RecordRow } from "../experiments/record";
import { bootstrap, bootstrapIntervals, weightedMean } from "./bootstrap-intervals";
import { classDeviation } from "./class-accuracy";

/** One quantity of two runs on the same inputs. */
export interface RecordComparison {
  readonly quantity: string;
  /** Its mean over the inputs of the first record, and of the second. */
  readonly first: number;
  readonly second: number;
  /** second − first, with its paired 95 % interval: what includes 0 may be chance. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** The certified accuracy of two runs on the same inputs, at several radii. */
export interface AccuracyDifference {
  readonly radius: number;
  /** Second less first, with its paired 95 % interval, pointwise. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** What {@link compareRecords} compares beside certified accuracies: each a mean over the inputs, but for the last. */
export const QUANTITIES = {
  accuracy: "accuracy",
  abstained: "abstained",
  sigma: "σ(x)",
  pA: "p_A",
  averageRadius: "average certified radius",
  classDeviation: "standard deviation of class-wise accuracies",
} as const;

/**
 * Compares two runs input by input: accuracy, abstentions, σ(x), p_A, average certified radius (0 where the class is
 * wrong), certified accuracy at some radii, and the standard deviation of the class-wise accuracies, each with a
 * paired bootstrap interval of the difference.
 *
 * @param radii - at which certified accuracy is compared
 * @throws Error if the records are not of the same inputs
 */
export function compareRecords(
  first: CertificationRecord,
  second: CertificationRecord,
  radii: readonly number[] = [0.25, 0.5, 1],
): RecordComparison[] {
  requireSameInputs(first, second);
  const means: readonly [string, (row: RecordRow) => number][] = [
    [QUANTITIES.accuracy, (row) => row.correct],
    [QUANTITIES.abstained, (row) => (row.predicted === -1 ? 1 : 0)],
    [QUANTITIES.sigma, (row) => row.sigma],
    [QUANTITIES.pA, (row) => row.pA],
    [QUANTITIES.averageRadius, (row) => row.correct * row.radius],
    ...radii.map((radius): [string, (row: RecordRow) => number] => [
      `certified accuracy at ${radius}`,
      (row) => isCertified(row, radius),
    ]),
  ];
  const differences = means.map(([, value]) =>
    Float64Array.from(first.rows, (row, i) => value(second.rows[i]) - value(row)),
  );
  const intervals = bootstrap(first.rows.length, (times) => [
    ...differences.map((values) => weightedMean(values, times)),
    classDeviation(second.rows, times) - classDeviation(first.rows, times),
  ]);
  const of = ({ rows }: CertificationRecord): number[] => [
    ...means.map(([, value]) => rows.reduce((sum, row) => sum + value(row), 0) / rows.length),
    classDeviation(rows),
  ];
  const [ofFirst, ofSecond] = [of(first), of(second)];
  return [...means.map(([quantity]) => quantity), QUANTITIES.classDeviation].map((quantity, q) => {
    const { value, low, high } = intervals[q];
    return { quantity, first: ofFirst[q], second: ofSecond[q], difference: value, low, high };
  });
}

function isCertified(row: RecordRow, radius: number): number {
  return row.correct === 1 && row.radius >= radius ? 1 : 0;
}

/**
 * By how much the certified accuracy of the second run is above that of the first, at each radius.
 *
 * @throws Error if the records are not of the same inputs
 */
export function accuracyDifferences(
  first: CertificationRecord,
  second: CertificationRecord,
  radii: readonly number[],
): AccuracyDifference[] {
  requireSameInputs(first, second);
  const differences = radii.map((radius) =>
    first.rows.map((row, i) => isCertified(second.rows[i], radius) - isCertified(row, radius)),
  );
  return bootstrapIntervals(differences).map(({ value, low, high }, i) => ({
    radius: radii[i],
    difference: value,
    low,
    high,
  }));
}

function requireSameInputs(first: CertificationRecord, second: CertificationRecord): void {
  const [a, b] = [first, second].map(({ configuration }) => configuration.dataset);
  if (a.name !== b.name || a.split !== b.split) {
    throw new Error(
      `only runs on the same images can be compared, got ${a.name} ${a.split} and ${b.name} ${b.split}`,
    );
  }
  const length = Math.max(first.rows.length, second.rows.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [first.rows[i]?.index, second.rows[i]?.index];
    if (x !== y) {
      throw new Error(
        `only runs on the same images can be compared: row ${i + 1} is of image ${x ?? "none"} and of image ${y ?? "none"}`,
      );
    }
  }
  if (length === 0) throw new Error("there is no row to compare");
}
