import type { CertificationRecord } from "../experiments/record";
import { mean } from "../numerics/summaries";
import { accuracyDifferences } from "./compare-records";

/** The accuracies of two runs on the inputs of one class. The keys are the headings of a table. */
export interface ClassComparison {
  /** The name of the class. */
  readonly class: string;
  /** The number of inputs of the class. */
  readonly images: number;
  /** The mean of σ(x) in the second run. */
  readonly "mean σ(x)": number;
  /** The accuracy of the first run; an abstention counts as an error. */
  readonly first: number;
  /** The accuracy of the second run. */
  readonly second: number;
  /** The accuracy of the second run minus the accuracy of the first run. */
  readonly difference: number;
  /**
   * The lower end of the paired 95 % interval for the difference. If the interval includes 0, the difference
   * may be due to chance.
   */
  readonly low: number;
  /** The upper end of the paired 95 % interval for the difference. */
  readonly high: number;
}

/**
 * Compares the accuracies of two runs class by class, in the order of the labels. Each interval is for one
 * class alone: even if the true accuracies of the two runs are equal, about one interval in twenty excludes 0
 * by chance.
 *
 * @param classNames - the names of the classes, by label; by default, the labels themselves
 * @throws Error if the records are not for the same inputs, or if the records differ in n0, n, α, confidence
 *   bound or sampling plan
 * @example
 * const mnist = await readExperiment("mnist");
 * showTable(compareClasses(mnist.record(0.5, "mean"), mnist.record(0.5, "r0.01"), mnist.classNames));
 */
export function compareClasses(
  first: CertificationRecord,
  second: CertificationRecord,
  classNames: readonly string[] = [],
): ClassComparison[] {
  accuracyDifferences(first, second, []); // checks all rows, of every class
  const labels = [...new Set(first.rows.map(({ label }) => label))].sort((a, b) => a - b);
  return labels.map((label) => {
    const [one, other] = [first, second].map((record) => ({
      ...record,
      rows: record.rows.filter((row) => row.label === label),
    }));
    const [{ difference, low, high }] = accuracyDifferences(one, other, [0]);
    const accuracyOf = ({ rows }: CertificationRecord): number => mean(rows.map(({ correct }) => correct));
    return {
      class: classNames[label] ?? String(label),
      images: one.rows.length,
      "mean σ(x)": mean(other.rows.map(({ sigma }) => sigma)),
      first: accuracyOf(one),
      second: accuracyOf(other),
      difference,
      low,
      high,
    };
  });
}
