import type { CertificationRecord, RecordRow } from "../experiments/record";
import { bootstrapIntervals } from "./bootstrap-intervals";

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

/**
 * Compares two runs input by input: accuracy, abstentions, σ(x), p_A, average certified radius (0 where the class is
 * wrong), and certified accuracy at some radii, each with a paired bootstrap interval of the difference.
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
  const quantities: readonly [string, (row: RecordRow) => number][] = [
    ["accuracy", (row) => row.correct],
    ["abstained", (row) => (row.predicted === -1 ? 1 : 0)],
    ["σ(x)", (row) => row.sigma],
    ["p_A", (row) => row.pA],
    ["average certified radius", (row) => row.correct * row.radius],
    ...radii.map((radius): [string, (row: RecordRow) => number] => [
      `certified accuracy at ${radius}`,
      (row) => (row.correct === 1 && row.radius >= radius ? 1 : 0),
    ]),
  ];
  const differences = quantities.map(([, value]) =>
    first.rows.map((row, i) => value(second.rows[i]) - value(row)),
  );
  const intervals = bootstrapIntervals(differences);
  return quantities.map(([quantity, value], q) => {
    const { mean, low, high } = intervals[q];
    const of = ({ rows }: CertificationRecord): number =>
      rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
    return { quantity, first: of(first), second: of(second), difference: mean, low, high };
  });
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
  const isCertified = (row: RecordRow, radius: number): number =>
    row.correct === 1 && row.radius >= radius ? 1 : 0;
  const differences = radii.map((radius) =>
    first.rows.map((row, i) => isCertified(second.rows[i], radius) - isCertified(row, radius)),
  );
  return bootstrapIntervals(differences).map(({ mean, low, high }, i) => ({
    radius: radii[i],
    difference: mean,
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
