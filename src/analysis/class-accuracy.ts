import type { RecordRow } from "../experiments/record";
import { mean, standardDeviation } from "../numerics/summaries";

/** The results of a run on the inputs of one class. */
export interface ClassAccuracy {
  /** The class, as a label in the data set. */
  readonly label: number;
  /** The number of certified inputs of the class. */
  readonly inputs: number;
  /**
   * The share of inputs of the class whose predicted class is the label; an abstention counts as an error.
   */
  readonly accuracy: number;
  /** The mean of σ(x) over the inputs of the class. */
  readonly meanSigma: number;
  /**
   * The mean certified radius over the inputs of the class; if the predicted class is wrong, the radius
   * counts as 0.
   */
  readonly averageRadius: number;
}

/**
 * Returns the results of a run for each class, in the order of the labels. Classes without inputs are
 * omitted.
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
 * Returns the standard deviation of the class-wise accuracies (the square root of their mean squared distance
 * from their mean). The paper measures fairness by this deviation: a smaller deviation is fairer. Chance
 * alone makes the deviation positive: if all classes have the same true accuracy q and M inputs each, the
 * deviation is about sqrt(q (1 − q) / M).
 *
 * @param rows - certified inputs, at least one
 * @param times - how often each row is counted; by default, each row is counted once
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
