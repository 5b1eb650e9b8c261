import { clopperPearsonLower, clopperPearsonUpper } from "../probability/binomial";
import { fixedPlan, type LowerBound, lowerBound, type SamplingPlan } from "./sampling-plan";

/**
 * The confidence bounds that a certificate uses. With "clopper-pearson" or "confidence-sequence", the
 * certificate uses p_A alone. With "all-classes", it uses p_A and the runner-up's p_B, both from
 * Clopper-Pearson bounds for a number of samples fixed in advance.
 */
export type ConfidenceBound = LowerBound | "all-classes";

/** All values of {@link ConfidenceBound}. */
export const CONFIDENCE_BOUNDS: readonly [ConfidenceBound, ...ConfidenceBound[]] = [
  "clopper-pearson",
  "confidence-sequence",
  "all-classes",
];

/**
 * Computes confidence bounds from votes: a lower bound p_A on the probability of class A and, with
 * "all-classes", an upper bound p_B on the probability of every other class. All these bounds hold
 * simultaneously with probability at least 1 − α.
 *
 * With "all-classes", the bound of class A has level α/2, and the bound of each of the K − 1 other classes has
 * level α/(2 (K − 1)). p_B is the largest of the bounds of the other classes: the bound of the runner-up
 * (docs/runner-up.md). For K = 1 there is no p_B.
 *
 * @param votes - the number of votes for each class among the n samples
 * @param candidate - A, chosen independently of these samples
 * @throws RangeError if there are no votes, or if α is out of range
 */
export function classBounds(
  bound: ConfidenceBound,
  votes: ArrayLike<number>,
  candidate: number,
  alpha: number,
): { readonly pA: number; readonly pB?: number } {
  let [n, most] = [0, 0];
  for (let c = 0; c < votes.length; c++) {
    n += votes[c];
    if (c !== candidate) most = Math.max(most, votes[c]);
  }
  if (bound !== "all-classes" || votes.length === 1) {
    return {
      pA: lowerBound[bound === "all-classes" ? "clopper-pearson" : bound](votes[candidate], n, alpha),
    };
  }
  return {
    pA: clopperPearsonLower(votes[candidate], n, alpha / 2),
    pB: clopperPearsonUpper(most, n, alpha / (2 * (votes.length - 1))),
  };
}

/**
 * Checks that a bound is valid for the number of samples that a plan chooses. Any plan except {@link fixedPlan}
 * may stop early, whatever it says, so it needs a confidence sequence. Records tell the two kinds apart by name.
 *
 * @throws RangeError naming the bound, or the plan if its name is that of {@link fixedPlan}
 */
export function requireBound(bound: ConfidenceBound, plan: SamplingPlan): void {
  if (!CONFIDENCE_BOUNDS.includes(bound)) {
    const names = CONFIDENCE_BOUNDS.map((name) => `"${name}"`).join(", ");
    throw new RangeError(`bound must be one of ${names}, got ${JSON.stringify(bound)}`);
  }
  if (plan === fixedPlan) return;
  if (plan.name === fixedPlan.name) {
    throw new RangeError(`a sampling plan that may stop early must not be named "${plan.name}"`);
  }
  if (bound !== "confidence-sequence") {
    throw new RangeError(`bound must be "confidence-sequence" if sampling may stop early, got "${bound}"`);
  }
}
