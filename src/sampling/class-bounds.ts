import { clopperPearsonLower, clopperPearsonUpper } from "../probability/binomial";
import { type LowerBound, lowerBound, type SamplingPlan } from "./sampling-plan";

/**
 * What a certificate is made of: p_A alone, by a Clopper-Pearson bound or a confidence sequence; or, with "all-classes", p_A
 * and p_B of the runner-up by Clopper-Pearson bounds, for a number of samples fixed beforehand.
 */
export type ConfidenceBound = LowerBound | "all-classes";

/** Every {@link ConfidenceBound}. */
export const CONFIDENCE_BOUNDS: readonly [ConfidenceBound, ...ConfidenceBound[]] = [
  "clopper-pearson",
  "confidence-sequence",
  "all-classes",
];

/**
 * Confidence bounds from votes: a lower bound p_A on the probability of class A and, with "all-classes", an upper bound
 * p_B on that of every other class. With a probability of at least 1 − α all of them hold.
 *
 * With "all-classes", class A has α/2 and each of the K − 1 others α/(2 (K − 1)); p_B is the largest of their bounds, that of
 * the class with most votes (docs/runner-up.md). Of one class only, K = 1, there is no p_B.
 *
 * @param votes - of every class, on the n samples
 * @param candidate - A, chosen independently of these samples
 * @throws RangeError if there are no votes, or α is out of range
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
 * Checks that a bound holds for samples whose number a plan chooses.
 *
 * @throws RangeError naming the bound
 */
export function requireBound(bound: ConfidenceBound, plan: Pick<SamplingPlan, "bound">): void {
  if (!CONFIDENCE_BOUNDS.includes(bound)) {
    const names = CONFIDENCE_BOUNDS.map((name) => `"${name}"`).join(", ");
    throw new RangeError(`bound must be one of ${names}, got ${JSON.stringify(bound)}`);
  }
  if (plan.bound === "confidence-sequence" && bound !== "confidence-sequence") {
    throw new RangeError(`bound must be "confidence-sequence" where sampling may stop early, got "${bound}"`);
  }
}
