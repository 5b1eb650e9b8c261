import type { RecordRow } from "../experiments/record";
import { mean, standardDeviation } from "../numerics/summaries";

/** The results of a run on the inputs of one class. */
export interface ClassAccuracy {
  /** The class, as a label in the data set. */
  readonly label: number;
  /** Number of certified inputs of the class. */
  readonly inputs: number;
  /** Share of these inputs whose predicted class is the label; an abstention is an error. */
  readonly accuracy: number;
  /** Mean of σ(x) over these inputs. */
  readonly meanSigma: number;
  /** Mean certified radius over these inputs, where an input with a wrong class counts as 0. */
  readonly averageRadius: number;
}

/**
 * The results of a run by class, in the order of the labels. Classes without inputs are omitted.
 *
 * @example
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * const [, , , cat] = classAccuracies(rows);
 * cat.accuracy; // 0.4642…
 */
export function classAccuracies(rows: readonly RecordRow[]): ClassAccuracy[] {
  const labels = [...new Set(rows.map(({ label }) => label))].sort((a, b) => a - b);
  return labels.map((label) => {
    const own = rows.filter((row) => row.label === label);
    return {
      label,
      inputs: own.length,
      accuracy: mean(own.map(({ correct }) => correct)),
      meanSigma: mean(own.map(({ sigma }) => sigma)),
      averageRadius: mean(own.map(({ correct, radius }) => correct * radius)),
    };
  });
}

/**
 * The standard deviation of the class-wise accuracies (the square root of their mean squared distance from
 * their mean). It is the paper's measure of fairness: smaller is fairer. Chance alone makes it positive: if
 * all classes have the same true accuracy q and M inputs each, it is about sqrt(q (1 − q) / M).
 *
 * @param rows - certified inputs, at least one
 * @param times - how often each row counts; by default once
 * @example
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * classDeviation(rows); // 0.1248…
 */
export function classDeviation(rows: readonly RecordRow[], times?: ArrayLike<number>): number {
  const [inputs, right]: number[][] = [[], []];
  rows.forEach(({ label, correct }, i) => {
    const weight = times?.[i] ?? 1;
    inputs[label] = (inputs[label] ?? 0) + weight;
    right[label] = (right[label] ?? 0) + weight * correct;
  });
  const accuracies = right.map((count, label) => count / inputs[label]).filter((share) => share >= 0);
  return standardDeviation(accuracies);
}
