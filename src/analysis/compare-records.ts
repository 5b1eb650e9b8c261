import type { CertificationRecord, RecordRow } from "../experiments/record";
import { firstDifference } from "../files/first-difference";
import { requireNonNegative } from "../numerics/arguments";
import { mean } from "../numerics/summaries";
import { ABSTAIN } from "../smoothing/certify";
import { bootstrap, weightedMean, type Interval } from "./bootstrap";
import { classDeviation } from "./class-accuracy";
import { pairedShareInterval } from "./paired-share-interval";

/** One quantity, compared between two runs on the same inputs. */
export interface RecordComparison {
  /** The compared quantity: a value of {@link QUANTITIES}, or a certified accuracy. */
  readonly quantity: string;
  /** The value of the quantity in the first record. */
  readonly first: number;
  /** The value of the quantity in the second record. */
  readonly second: number;
  /** The value in the second record minus the value in the first record. */
  readonly difference: number;
  /**
   * The lower end of the paired 95 % interval for the difference. If the interval includes 0, the difference
   * may be due to chance.
   */
  readonly low: number;
  /** The upper end of the paired 95 % interval for the difference. */
  readonly high: number;
}

/** The difference in certified accuracy between two runs on the same inputs, at one radius. */
export interface AccuracyDifference {
  readonly radius: number;
  /**
   * The certified accuracy of the second run minus the certified accuracy of the first run; `low` and `high`
   * are the ends of the paired 95 % interval, which is valid for this radius alone.
   */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The quantities that {@link compareRecords} compares besides certified accuracies. All quantities but the
 * last are means over the inputs.
 *
 * @example
 * const [first, second] = [await readRecord("records/cifar10-0.5-mean"), await readRecord("records/cifar10-0.5-r0.01")];
 * const abstained = compareRecords(first, second).find(({ quantity }) => quantity === QUANTITIES.abstained);
 * abstained?.difference; // -0.016
 */
export const QUANTITIES = {
  /** The share of inputs whose predicted class is the label. */
  accuracy: "accuracy",
  /** The share of inputs at which the smoothed classifier abstains. */
  abstained: "abstained",
  /** The share of inputs whose predicted class is wrong; an abstention does not count as wrong. */
  wrong: "decided wrongly",
  /**
   * The share of inputs whose label has the most of the n votes, whether or not the smoothed classifier
   * abstains. Unlike the accuracy, this share does not grow merely because there are fewer abstentions.
   */
  mostVotes: "label has most votes",
  /** The mean of σ(x). */
  sigma: "σ(x)",
  /** The mean of p_A. */
  pA: "p_A",
  /** The mean certified radius; if the predicted class is wrong, the radius counts as 0. */
  averageRadius: "average certified radius",
  /** The standard deviation of the class-wise accuracies; see {@link classDeviation}. */
  classDeviation: "standard deviation of class-wise accuracies",
} as const;

/**
 * Compares two runs input by input: accuracy, abstentions, wrong decisions, inputs whose label has the most
 * votes, σ(x), p_A, average certified radius (0 if the predicted class is wrong), certified accuracy at the
 * given radii, and the standard deviation of the class-wise accuracies.
 *
 * Each difference has a paired 95 % interval: Tango's score interval for shares of the inputs, and a
 * bootstrap interval over the inputs for the other quantities. If both runs make the same decision at every
 * input, the bootstrap interval for the difference between their class-wise deviations is 0 to 0, and does
 * not show how much the true deviations might differ.
 *
 * @param radii - the radii at which certified accuracy is compared
 * @throws Error if the records are not for the same inputs, or if the records differ in n0, n, α, confidence
 *   bound or sampling plan; RangeError naming a radius that is not a number of at least 0
 * @example
 * const [first, second] = [await readRecord("records/mnist-0.5-mean"), await readRecord("records/mnist-0.5-r0.01")];
 * const radius = compareRecords(first, second).find(({ quantity }) => quantity === QUANTITIES.averageRadius);
 * [radius?.difference, radius?.low, radius?.high]; // [ -0.0297…, -0.0313…, -0.0281… ]
 */
export function compareRecords(
  first: CertificationRecord,
  second: CertificationRecord,
  radii: readonly number[] = [0.25, 0.5, 1],
): RecordComparison[] {
  requireComparable(first, second);
  for (const radius of radii) requireNonNegative("radius", radius);
  const isKnown = ([, value]: Quantity): boolean =>
    [first, second].every(({ rows }) => rows.every((row) => !Number.isNaN(value(row))));
  // Logs of other programs have neither votes nor p_A.
  const [shares, means] = [SHARES.filter(isKnown), MEANS.filter(isKnown)];
  const differences = means.map(([, value]) =>
    Float64Array.from(first.rows, (row, i) => value(second.rows[i]) - value(row)),
  );
  const ofMeans = bootstrap(first.rows.length, (times) => [
    ...differences.map((values) => weightedMean(values, times)),
    classDeviation(second.rows, times) - classDeviation(first.rows, times),
  ]);
  const compared = (
    name: string,
    of: (rows: readonly RecordRow[]) => number,
    interval: Interval,
  ): RecordComparison => ({
    quantity: name,
    first: of(first.rows),
    second: of(second.rows),
    difference: interval.value,
    low: interval.low,
    high: interval.high,
  });
  const meanOf =
    (value: (row: RecordRow) => number) =>
    (rows: readonly RecordRow[]): number =>
      mean(rows.map(value));
  const share = ([name, value]: Quantity): RecordComparison =>
    compared(name, meanOf(value), shareDifference(first, second, value));
  return [
    ...shares.map(share),
    ...means.map(([name, value], i) => compared(name, meanOf(value), ofMeans[i])),
    ...radii.map((radius) => share([`certified accuracy at ${radius}`, (row) => isCertified(row, radius)])),
    compared(QUANTITIES.classDeviation, classDeviation, ofMeans[means.length]),
  ];
}

/**
 * The name of a quantity, and the function that gives its value at one input. The quantity is the mean of
 * these values.
 */
type Quantity = readonly [string, (row: RecordRow) => number];

/** The quantities that are shares of the inputs: each value is 0 or 1. */
const SHARES: readonly Quantity[] = [
  [QUANTITIES.accuracy, (row) => row.correct],
  [QUANTITIES.abstained, (row) => (row.predicted === ABSTAIN ? 1 : 0)],
  [QUANTITIES.wrong, (row) => (row.predicted !== ABSTAIN && row.correct === 0 ? 1 : 0)],
  [QUANTITIES.mostVotes, hasMostVotes],
];

const MEANS: readonly Quantity[] = [
  [QUANTITIES.sigma, (row) => row.sigma],
  [QUANTITIES.pA, (row) => row.pA],
  [QUANTITIES.averageRadius, (row) => row.correct * row.radius],
];

/**
 * Returns the share of inputs with value 1 in the second record minus the share of inputs with value 1 in the
 * first record.
 */
function shareDifference(
  first: CertificationRecord,
  second: CertificationRecord,
  value: (row: RecordRow) => number,
): Interval {
  const changes = first.rows.map((row, i) => value(second.rows[i]) - value(row));
  const [gained, lost] = [1, -1].map((change) => changes.filter((one) => one === change).length);
  return pairedShareInterval(gained, lost, changes.length);
}

/** Returns 1 if the label of a row has the most votes, and 0 otherwise; NaN if the row has no votes. */
function hasMostVotes({ votes, label }: RecordRow): number {
  if (votes.length === 0) return NaN;
  return votes.indexOf(Math.max(...votes)) === label ? 1 : 0;
}

function isCertified(row: RecordRow, radius: number): number {
  return row.correct === 1 && row.radius >= radius ? 1 : 0;
}

/**
 * Returns, for each radius, the certified accuracy of the second run minus the certified accuracy of the
 * first run, with the score interval for this difference ({@link pairedShareInterval}).
 *
 * @throws Error if the records are not for the same inputs, or if the records differ in n0, n, α, confidence
 *   bound or sampling plan; RangeError naming a radius that is not a number of at least 0
 */
export function accuracyDifferences(
  first: CertificationRecord,
  second: CertificationRecord,
  radii: readonly number[],
): AccuracyDifference[] {
  requireComparable(first, second);
  return radii.map((radius) => {
    requireNonNegative("radius", radius);
    const { value, low, high } = shareDifference(first, second, (row) => isCertified(row, radius));
    return { radius, difference: value, low, high };
  });
}

/**
 * The keys of the configuration whose values must be equal in two records, so that differences cannot come
 * from sample sizes or bounds. The images must be equal too, and the α that decided when to stop sampling.
 */
const COMMON = ["n0", "n", "alpha", "bound", "sampling"] as const;

function requireComparable(first: CertificationRecord, second: CertificationRecord): void {
  requireSameInputs(first, second);
  const [one, other] = [first, second].map(({ configuration }) => ({
    ...Object.fromEntries(COMMON.map((key) => [key, configuration[key]])),
    sampledWith: { alpha: (configuration.sampledWith ?? configuration).alpha },
  }));
  const difference = firstDifference(one, other);
  if (!difference) return;
  const { path } = difference;
  const [a, b] = [difference.one, difference.other].map((value) => JSON.stringify(value) ?? "not given");
  throw new Error(`only runs with the same ${path} can be compared, got ${path} = ${a} and ${b}`);
}

function requireSameInputs(first: CertificationRecord, second: CertificationRecord): void {
  const [a, b] = [first, second].map(({ configuration }) => configuration.dataset);
  if (a.name !== b.name || a.split !== b.split) {
    throw new Error(
      `only runs on the same images can be compared, got ${a.name} ${a.split} and ${b.name} ${b.split}`,
    );
  }
  const different = firstDifference(a.checksums, b.checksums);
  if (different) {
    const [one, other] = [different.one, different.other].map((checksum) => String(checksum ?? "none"));
    throw new Error(
      `only runs on the same images can be compared: ${different.path} has checksum ${one} and ${other}`,
    );
  }
  const length = Math.max(first.rows.length, second.rows.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [first.rows[i], second.rows[i]];
    if (x?.index !== y?.index) {
      throw new Error(
        `only runs on the same images can be compared: row ${i + 1} is for image ${x?.index ?? "none"} and image ${y?.index ?? "none"}`,
      );
    }
    if (x.label !== y.label) {
      throw new Error(
        `only runs on the same images can be compared: image ${x.index} has label ${x.label} and label ${y.label}`,
      );
    }
  }
  if (length === 0) throw new Error("there must be at least one row to compare, got none");
}
