import { recertify } from "../experiments/recertify";
import type { CertificationRecord } from "../experiments/record";
import { summarize } from "./summary";

/** The confidence bounds that are compared, by the names under which a table shows them. */
const BOUNDS: { readonly "p_A alone": "clopper-pearson"; readonly "all classes": "all-classes" } = {
  "p_A alone": "clopper-pearson",
  "all classes": "all-classes",
};

/** The results of one confidence bound. The keys are the headings of a table. */
export interface BoundComparison {
  /** Whether p_A alone is bounded (Clopper-Pearson) or the probabilities of all classes are. */
  readonly bounds: keyof typeof BOUNDS;
  /** The share of inputs on which the smoothed classifier abstains. */
  readonly abstained: number;
  /** The share of inputs with the correct class; an abstention counts as an error. */
  readonly accuracy: number;
  /** The average certified radius. If the predicted class is wrong, the radius counts as 0. */
  readonly "average certified radius": number;
}

/**
 * Compares the two confidence bounds on the votes of one record: the bound on p_A alone, and the bounds on all
 * classes, which also use the votes for the runner-up. Each bound is valid if it was chosen in advance.
 *
 * @throws Error if the record has no rows; RangeError if its sampling could stop early
 * @example
 * const mnist = await readExperiment("mnist");
 * showTable(await compareBounds(mnist.record(0.5, "r0.01")));
 */
export async function compareBounds(record: CertificationRecord): Promise<BoundComparison[]> {
  const names = Object.keys(BOUNDS) as (keyof typeof BOUNDS)[];
  return Promise.all(
    names.map(async (bounds) => {
      const { abstained, accuracy, averageRadius } = summarize(
        await recertify(record, { bound: BOUNDS[bounds] }),
      );
      return { bounds, abstained, accuracy, "average certified radius": averageRadius };
    }),
  );
}
