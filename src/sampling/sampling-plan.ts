import { requireFraction, requirePositive } from "../numerics/arguments";
import { clopperPearsonLower } from "../probability/binomial";
import { confidenceSequenceLower, confidenceSequenceUpper } from "../probability/confidence-sequence";

/** What gives p_A from votes: "clopper-pearson" for a number of samples fixed beforehand, "confidence-sequence" for any. */
export type LowerBound = "clopper-pearson" | "confidence-sequence";

/** The lower confidence bounds by name: p_A = lowerBound[name](votes, samples, α). */
export const lowerBound: Readonly<
  Record<LowerBound, (votes: number, samples: number, alpha: number) => number>
> = {
  "clopper-pearson": clopperPearsonLower,
  "confidence-sequence": confidenceSequenceLower,
};

/** What a plan sees when it looks. */
export interface Look {
  /** How many of the samples were given the candidate class. */
  readonly votes: number;
  /** t, the samples drawn so far. */
  readonly taken: number;
  /** N, the most samples that may be drawn. */
  readonly n: number;
  /** α. */
  readonly alpha: number;
  /** The certified radius of the input at hand as a function of p_A: it grows with p_A, and is 0 up to 1/2. */
  readonly radiusOf: (pA: number) => number;
}

/**
 * When to stop drawing the samples that bound p_A. Draw up to `nextLook(taken, n)` samples in all; stop if
 * `isEnough`, else go on. Then p_A = `lowerBound[plan.bound](votes, taken, alpha)`, and the certificate is wrong with a
 * probability of at most α, whatever the plan (docs/fewer-samples.md).
 *
 * The n0 samples that choose the candidate class stay apart from these, and are not counted as votes: chosen for its
 * votes among them, the candidate has more of them than its probability accounts for. Votes are tosses of a coin
 * with fixed probability only if the class was chosen independently of the samples.
 *
 * A plan looks at sample sizes that depend only on n, so batches and workers do not influence where it stops.
 */
export interface SamplingPlan {
  /** For the record, with the parameters. */
  readonly name: string;
  /** What determines the plan, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The bound that is valid where this plan stops. */
  readonly bound: LowerBound;
  /** The number of samples at which to look next: above `taken` and at most n. */
  nextLook(taken: number, n: number): number;
  /** Whether to stop here; always at taken = n. */
  isEnough(look: Look): boolean;
}

/**
 * The plan of the paper (and of Cohen et al., 2019): n samples, and the Clopper-Pearson bound, which is the tightest
 * where the number of samples is fixed beforehand.
 */
export const fixedPlan: SamplingPlan = {
  name: "fixed",
  parameters: {},
  bound: "clopper-pearson",
  nextLook: (_taken, n) => n,
  isEnough: ({ taken, n }) => taken === n,
};

/** 64, 128, 256, then multiples of 256 that grow by a tenth, and N at the end. */
function nextLook(taken: number, n: number): number {
  if (taken === 0) return Math.min(64, n);
  return Math.min(2 * taken, 256 * Math.ceil((taken * 11) / 2560), n);
}

/** The radius if all the samples that are left were votes for the candidate: no later radius of this plan is larger. */
function bestRadius({ votes, taken, n, alpha, radiusOf }: Look): number {
  return radiusOf(confidenceSequenceLower(votes + n - taken, n, alpha));
}

/**
 * Decides whether an input is certified at `radius` (ε), with no more samples than that takes (Voráček, 2024). Stops
 *
 * - "certified" as soon as the radius of L_t is at least ε: wrong (p_A would not give ε) with probability at most α;
 * - "not certified" as soon as the radius of U_t is below ε: wrong (p_A would give ε) with probability at most α;
 * - undecided where even votes in all the samples that are left would not bring the radius to ε, or at N. Such an
 *   input is reported with a radius below ε, which claims nothing about ε.
 *
 * L_t and U_t are the lower and upper confidence sequences at level α. Each of the two errors has its own α: a
 * certificate rests on L_t alone. The radius reported is that of L_t: a right one, not the largest one.
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
 * Stops when more samples, up to N, could raise the radius by no more than a fraction f: when
 *
 *   min( R(U_t), R(L_N if all the samples that are left were votes) ) ≤ (1 + f) R(L_t),
 *
 * where R is the radius as a function of p_A, and L and U are the confidence sequences at level α. The second bound
 * holds always, the first with a probability of at least 1 − α: unless p_A is above U_t, no radius above
 * (1 + f) R(L_t) would be right.
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
