import type { BaseClassifier } from "../classifiers/base-classifier";
import { certifiedRadius } from "../certificates/certified-radius";
import { requireFraction, requireInteger, requireNonNegative, requirePositive } from "../numerics/arguments";
import { disagreement, remainingAlpha } from "../noise/disagreement";
import { GENERATOR_NAME, SamplingStream } from "../noise/uniform-number";
import type { VarianceFunction } from "../variance/variance-function";
import { type CountingWatch, countVotes, MOST_SAMPLES, mostVoted } from "../sampling/count-votes";
import { classBounds, type ConfidenceBound, requireBound } from "../sampling/class-bounds";
import { fixedPlan, type SamplingPlan } from "../sampling/sampling-plan";

/**
 * The class that stands for "abstain".
 *
 * @example
 * const { rows } = await readRecord("records/cifar10-0.5-mean");
 * rows.filter(({ predicted }) => predicted === ABSTAIN).length; // 84
 */
export const ABSTAIN = -1;

/** The options of a certification: sample sizes, error probability and noise. */
export interface CertifyOptions {
  /** n0, the number of samples that select the class: from 1 to 2^32 − 1. */
  readonly n0: number;
  /**
   * n, the number of fresh samples that bound the probability of the selected class: from 1 to 2^32 − 1. If the
   * plan may stop early, n is the maximum number of these samples.
   */
  readonly n: number;
  /** α in (0, 1): the certificate is wrong with probability at most α. */
  readonly alpha: number;
  /** The seed of the noise: an integer from 0 to 2^53 − 1. */
  readonly seed: number;
  /**
   * When to stop sampling. Default: after n samples. A plan of your own must have the bound
   * "confidence-sequence".
   */
  readonly plan?: SamplingPlan;
  /**
   * Which class probabilities are bounded. By default only p_A is bounded, with the plan's bound, as in the
   * paper. The bound "all-classes" also bounds the probability of every other class; it requires the plan that
   * takes all n samples (docs/runner-up.md).
   */
  readonly bound?: ConfidenceBound;
  /**
   * Whether all inputs share the same noise e. With shared noise each certificate still holds, but the errors
   * of different inputs are correlated, so the share of wrong certificates in a data set varies more between
   * seeds. Default: false.
   */
  readonly sharedNoise?: boolean;
}

/** The defaults in notebooks and on the command line: the paper's sample sizes and α. */
export const CERTIFY_DEFAULTS: Pick<CertifyOptions, "n0" | "n" | "alpha" | "seed"> = {
  n0: 100,
  n: 100_000,
  alpha: 0.001,
  seed: 0,
};

/** The certificate of one input. */
export interface Certificate {
  /** σ(x), the standard deviation of the input's noise. */
  readonly sigma: number;
  /** The class of the smoothed classifier, or {@link ABSTAIN}. */
  readonly predicted: number;
  /** The class that the n0 samples chose, even if it could not be certified. */
  readonly candidate: number;
  /** The number n0 of samples that chose the candidate. */
  readonly n0: number;
  /** The number n of samples that bounded the candidate's probability. */
  readonly n: number;
  /** For each class, how many of the n0 samples voted for it. */
  readonly selectionVotes: readonly number[];
  /** For each class, how many of the n samples voted for it. */
  readonly votes: readonly number[];
  /** p_A, the lower confidence bound on the probability of the candidate class. */
  readonly pA: number;
  /** The certified radius, or 0 if the smoothed classifier abstains. */
  readonly radius: number;
  /**
   * The certificate of the selector, whose classes are the experts. Only the certificate of a dual smoothed
   * classifier has this field. In the certificate of a dual smoothed classifier, `predicted` and `radius`
   * combine both stages, and the other fields are those of the chosen expert.
   */
  readonly selector?: Certificate;
}

/** Returns the name of the noise for a record. */
export function noiseName({ sharedNoise }: CertifyOptions): string {
  return sharedNoise ? `${GENERATOR_NAME}, shared by all inputs` : GENERATOR_NAME;
}

/**
 * Certifies the smoothed classifier at one input (Certify of Cohen et al. 2019, with the radius of an
 * r-semi-elastic variance function).
 *
 * n0 samples select the class A. Fresh samples give p_A at level α: with the one-sided Clopper-Pearson bound if
 * the number n of fresh samples is fixed, or with a confidence sequence if the plan may stop early. The
 * smoothed classifier abstains if p_A ≤ 1/2. With probability at least 1 − α over the samples, the smoothed
 * classifier returns A everywhere in the open l2 ball of the certified radius around x. Because σ(x) is a
 * deterministic function of x, computing σ(x) does not add to the error probability.
 *
 * @param x - the input, pixels in [0, 1]
 * @param input - the index of the input in its data set; inputs with different indices get independent noise
 * @throws RangeError naming an option that is out of range; RangeError if x does not fit the base classifier,
 *   or if the variance function has no finite rate
 */
export async function certify(
  classifier: BaseClassifier,
  variance: VarianceFunction,
  x: Float32Array,
  options: CertifyOptions,
  input: number = 0,
): Promise<Certificate> {
  checkCertifyOptions(classifier, variance, options);
  const [sigma] = await variance.sigma([x], classifier.levels);
  return certifyInput(classifier, variance, { x, index: input, sigma }, options);
}

/**
 * Checks the options of a certification before anything is sampled.
 *
 * @throws RangeError naming the problem: an option that is out of range, a bound that is not valid for the
 *   plan, an n that is too small to certify anything, or a variance function without a finite rate
 */
export function checkCertifyOptions(
  { dimension }: BaseClassifier,
  variance: VarianceFunction,
  { n0, n, alpha, seed, plan = fixedPlan, bound = plan.bound }: CertifyOptions,
): void {
  requireInteger("n0", n0, 1, MOST_SAMPLES);
  requireInteger("n", n, 1, MOST_SAMPLES);
  requireFraction("alpha", alpha);
  requireInteger("seed", seed, 0);
  if (!(variance.rate >= 0 && variance.rate < Infinity)) {
    throw new RangeError(
      `${variance.name} must have a finite rate r to certify a radius, got ${variance.rate}`,
    );
  }
  requireNonNegative(`eta of ${variance.name}`, variance.eta);
  requireBound(bound, plan);
  const least = leastSamples(bound, remainingAlpha(alpha, disagreement(dimension, n0 + n)));
  if (n < least) {
    throw new RangeError(`n must be at least ${least} to certify anything at alpha = ${alpha}, got ${n}`);
  }
}

/**
 * Returns the smallest number of samples that certifies the candidate if every sample votes for the candidate.
 */
function leastSamples(bound: ConfidenceBound, alpha: number): number {
  const isEnough = (n: number): boolean => classBounds(bound, [n, 0], 0, alpha).pA > 0.5;
  let [few, enough] = [0, 1];
  while (!isEnough(enough)) [few, enough] = [enough, 2 * enough];
  while (enough - few > 1) {
    const between = Math.floor((few + enough) / 2);
    if (isEnough(between)) enough = between;
    else few = between;
  }
  return enough;
}

/** An input of a data set. */
export interface IndexedInput {
  readonly x: Float32Array;
  /** The index of the input in its data set. */
  readonly index: number;
  /** σ(x), evaluated with the levels of the base classifier. */
  readonly sigma: number;
  /**
   * Whether the votes choose an expert. If they do, they use noise that is independent of the noise in the
   * expert's votes. Default: false.
   */
  readonly isSelection?: boolean;
}

/**
 * Does the same as {@link certify} for an input whose σ(x) is already known.
 *
 * @param watch - watches the counting of votes; see {@link CountingWatch}
 */
export async function certifyInput(
  classifier: BaseClassifier,
  variance: VarianceFunction,
  { x, index, sigma, isSelection = false }: IndexedInput,
  options: CertifyOptions,
  watch: CountingWatch = {},
): Promise<Certificate> {
  checkCertifyOptions(classifier, variance, options);
  requireInteger("index", index, 0, 2 ** 32 - 1);
  requirePositive("σ(x)", sigma);
  const { n0, n, alpha, seed, sharedNoise, plan = fixedPlan, bound = plan.bound } = options;
  const { dimension } = classifier;
  const stream = sharedNoise
    ? { input: 0, stream: isSelection ? SamplingStream.sharedSelection : SamplingStream.shared }
    : { input: index, stream: isSelection ? SamplingStream.selection : SamplingStream.certification };
  const count = async (first: number, count: number): Promise<number[]> =>
    Array.from(await countVotes(classifier, x, sigma, { seed, ...stream, first, count }, watch));

  const tau = disagreement(dimension, n0 + n);
  const { rate, eta } = variance;
  const terms = { dimension, rate, eta, alpha, tau, bound };
  const planAlpha = remainingAlpha(alpha, tau);
  const radiusOf = (pA: number): number => certifiedRadius({ ...terms, sigma, pA }).radius;
  const selectionVotes = await count(0, n0);
  const candidate = mostVoted(selectionVotes);
  const votes = selectionVotes.map(() => 0);
  for (let taken = 0; ;) {
    const look = plan.nextLook(taken, n);
    if (!(Number.isInteger(look) && look > taken && look <= n)) {
      throw new RangeError(
        `plan "${plan.name}" must look next at an integer above ${taken} and at most n = ${n}, got ${look}`,
      );
    }
    (await count(n0 + taken, look - taken)).forEach((more, c) => (votes[c] += more));
    taken = look;
    if (plan.isEnough({ votes: votes[candidate], taken, n, alpha: planAlpha, radiusOf })) break;
  }
  return certificateOf({ sigma, selectionVotes, votes }, terms);
}

/** The votes on noisy copies of one input, which determine its certificate. */
export interface Ballot extends Pick<Certificate, "sigma" | "selectionVotes" | "votes"> {
  /** The votes of the selector. Only the ballot of a dual smoothed classifier has this field. */
  readonly selector?: Ballot;
}

/** The quantities besides the votes on which a certificate depends. */
export interface CertificateTerms {
  /** The input dimension N. */
  readonly dimension: number;
  /** The rate r of the variance function. */
  readonly rate: number;
  /** The error η of the variance function. */
  readonly eta: number;
  readonly alpha: number;
  /** The bound τ that is subtracted from α; see {@link disagreement}. */
  readonly tau: number;
  readonly bound: ConfidenceBound;
}

/**
 * Computes the certificate from the votes. The candidate is the class with the most selection votes (in a tie,
 * the class with the lowest index), and p_A is the lower bound on the candidate's probability at level α − τ.
 * The candidate is predicted if p_A > 1/2 or, with "all-classes", if p_A > p_B. For a dual smoothed classifier,
 * the selector and the expert each get half of α and half of τ.
 *
 * @throws RangeError unless τ is below α
 */
export function certificateOf({ selector, ...ballot }: Ballot, terms: CertificateTerms): Certificate {
  if (!selector) return stageCertificate(ballot, terms);
  const half = { ...terms, alpha: terms.alpha / 2, tau: terms.tau / 2 };
  return dualCertificate(stageCertificate(selector, half), stageCertificate(ballot, half));
}

/**
 * Combines the certificates of the selector and the expert, each at level α/2, into the certificate of a dual
 * smoothed classifier: the expert's class with the smaller of the two radii (docs/dual.md). The dual smoothed
 * classifier abstains if the selector or the expert abstains.
 */
export function dualCertificate(selector: Certificate, expert: Certificate): Certificate {
  const predicted = selector.predicted === ABSTAIN ? ABSTAIN : expert.predicted;
  const radius = predicted === ABSTAIN ? 0 : Math.min(selector.radius, expert.radius);
  return { ...expert, predicted, radius, selector };
}

function stageCertificate(
  { sigma, selectionVotes, votes }: Ballot,
  { dimension, rate, eta, alpha, tau, bound }: CertificateTerms,
): Certificate {
  const candidate = mostVoted(selectionVotes);
  const [n0, n] = [selectionVotes, votes].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const { pA, pB } = classBounds(bound, votes, candidate, remainingAlpha(alpha, tau));
  const { radius } = certifiedRadius({ dimension, sigma, rate, eta, pA, pB });
  return {
    sigma,
    predicted: pA > 0.5 || (pB !== undefined && pA > pB) ? candidate : ABSTAIN,
    candidate,
    n0,
    n,
    selectionVotes,
    votes,
    pA,
    radius,
  };
}
