import { requireFraction, requirePositive } from "../numerics/arguments";
import { clopperPearsonLower } from "../probability/binomial";
import { confidenceSequenceLower, confidenceSequenceUpper } from "../probability/confidence-sequence";

/**
 * The bound that gives p_A from votes. The bound "clopper-pearson" requires a number of samples fixed in
 * advance; "confidence-sequence" holds whenever sampling stops.
 */
export type LowerBound = "clopper-pearson" | "confidence-sequence";

/** The lower confidence bounds by name: p_A = lowerBound[name](votes, samples, α). */
export const lowerBound: Readonly<
  Record<LowerBound, (votes: number, samples: number, alpha: number) => number>
> = {
  "clopper-pearson": clopperPearsonLower,
  "confidence-sequence": confidenceSequenceLower,
};

/** The information that a plan gets when it looks at the votes. */
export interface Look {
  /** The number of samples that voted for the candidate class. */
  readonly votes: number;
  /** t, the number of samples drawn so far. */
  readonly taken: number;
  /** n, the maximum number of samples. */
  readonly n: number;
  /** The error probability α. */
  readonly alpha: number;
  /**
   * The certified radius at the current input as a function of p_A. The radius increases with p_A and is 0 for
   * p_A ≤ 1/2.
   */
  readonly radiusOf: (pA: number) => number;
}

/**
 * A plan decides when to stop drawing the samples that bound p_A. Sampling continues up to `nextLook(taken, n)`
 * samples in total and stops if `isEnough` is then true; otherwise it continues to the next look. When sampling
 * ends, p_A is set to `lowerBound[plan.bound](votes, taken, alpha)`. Under every plan the certificate is wrong
 * with probability at most α (docs/fewer-samples.md).
 *
 * The n0 samples that choose the candidate class are separate and do not count as votes for p_A. The candidate
 * was chosen because it had the most votes among the n0 samples, so its share of these votes would overestimate
 * its probability. Votes are independent Bernoulli trials with a fixed probability only if the class was chosen
 * independently of the samples.
 *
 * The sample sizes at which a plan looks depend only on n, so batches and workers do not influence where the
 * plan stops.
 */
export interface SamplingPlan {
  /** The name of the plan in records. The name includes the parameters of the plan. */
  readonly name: string;
  /** The parameters that determine the plan, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The bound that is valid when this plan stops: "confidence-sequence" for every plan that may stop early. */
  readonly bound: LowerBound;
  /** The number of samples at the next look: an integer above `taken` and at most n. */
  nextLook(taken: number, n: number): number;
  /** Whether sampling stops at this look; always true if taken = n. */
  isEnough(look: Look): boolean;
}

/**
 * The plan of the paper and of Cohen et al. (2019): n samples and the Clopper-Pearson bound, which is the
 * tightest bound for a number of samples fixed in advance.
 */
export const fixedPlan: SamplingPlan = {
  name: "fixed",
  parameters: {},
  bound: "clopper-pearson",
  nextLook: (_taken, n) => n,
  isEnough: ({ taken, n }) => taken === n,
};

/**
 * The next sample size at which a plan looks. The sizes are 64, 128, 256, then multiples of 256 that grow by a
 * tenth, and finally n.
 */
function nextLook(taken: number, n: number): number {
  if (taken === 0) return Math.min(64, n);
  return Math.min(2 * taken, 256 * Math.ceil((taken * 11) / 2560), n);
}

/**
 * The radius that would result if all remaining samples voted for the candidate. No later radius of this plan
 * exceeds it.
 */
function bestRadius({ votes, taken, n, alpha, radiusOf }: Look): number {
  return radiusOf(confidenceSequenceLower(votes + n - taken, n, alpha));
}

/**
 * Decides whether an input is certified at `radius` (ε), with no more samples than the decision needs (Voráček,
 * 2024). Sampling stops in one of three ways:
 *
 * - with "certified" as soon as the radius for L_t is at least ε; this decision is wrong with probability at
 *   most α;
 * - with "not certified" as soon as the radius for U_t is below ε; this decision is wrong (that is, the true
 *   p_A would give a radius of at least ε) with probability at most α;
 * - undecided, if even unanimous votes in all remaining samples would not raise the radius to ε, or if all n
 *   samples are drawn. The reported radius is then below ε, which says nothing about whether more samples could
 *   certify ε.
 *
 * L_t and U_t are the lower and upper confidence sequences, each at level α. A certificate depends on L_t
 * alone. The reported radius is the radius for L_t. The reported radius is valid, but more samples could
 * certify a larger radius.
 *
 * @param radius - ε > 0, in the units of σ
 * @throws RangeError if ε is not a positive number
 * @example
 * const test = await loadMnist("test");
 * const g = smooth(await loadOnnxClassifier("models/mnist-sigma-0.5/int8.onnx", test), constant(0.5));
 * const { radius, n } = await g.certify(imageAt(test, 0), { plan: decidePlan(0.5), n: 100_000 });
 * radius >= 0.5; // true
 * n; // 64
 */
export function decidePlan(radius: number): SamplingPlan {
  requirePositive("radius", radius);
  return {
    name: "decide",
    parameters: { radius },
    bound: "confidence-sequence",
    nextLook,
    isEnough(look) {
      const { votes, taken, n, alpha, radiusOf } = look;
      return (
        taken === n ||
        radiusOf(confidenceSequenceLower(votes, taken, alpha)) >= radius ||
        radiusOf(confidenceSequenceUpper(votes, taken, alpha)) < radius ||
        bestRadius(look) < radius
      );
    },
  };
}

/**
 * Stops as soon as further samples, up to n, could raise the radius by at most a fraction f, that is, as soon
 * as
 *
 *   min( R(U_t), R(L_n if all remaining samples voted for A) ) ≤ (1 + f) R(L_t),
 *
 * where R is the radius as a function of p_A, and L and U are the confidence sequences at level α. The second
 * term always bounds the radius that all n samples would give. The first term bounds every valid radius with
 * probability at least 1 − α: unless the probability of class A is above U_t, no radius above R(U_t) would be
 * valid.
 *
 * @param fraction - f, between 0 and 1
 * @throws RangeError if f is not between 0 and 1
 * @example
 * const test = await loadMnist("test");
 * const g = smooth(await loadOnnxClassifier("models/mnist-sigma-0.5/int8.onnx", test), constant(0.5));
 * const { radius, n } = await g.certify(imageAt(test, 0), { plan: gainPlan(0.1), n: 10_000 });
 * n; // 4352
 */
export function gainPlan(fraction: number): SamplingPlan {
  requireFraction("fraction", fraction);
  return {
    name: "gain",
    parameters: { fraction },
    bound: "confidence-sequence",
    nextLook,
    isEnough(look) {
      const { votes, taken, n, alpha, radiusOf } = look;
      if (taken === n) return true;
      const enough = (1 + fraction) * radiusOf(confidenceSequenceLower(votes, taken, alpha));
      return radiusOf(confidenceSequenceUpper(votes, taken, alpha)) <= enough || bestRadius(look) <= enough;
    },
  };
}
