import type { BaseClassifier } from "../classifiers/base-classifier";
import { certifiedRadius } from "../certificates/certified-radius";
import { requireFraction, requireInteger, requireNonNegative, requirePositive } from "../numerics/arguments";
import { disagreement, remainingAlpha } from "../noise/disagreement";
import { GENERATOR_NAME, SamplingStream } from "../noise/uniform-number";
import type { VarianceFunction } from "../variance/variance-function";
import { type CountingWatch, countVotes, mostVoted } from "../sampling/count-votes";
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

/** How to certify: sample sizes, error probability and noise. */
export interface CertifyOptions {
  /** n0 ≥ 1, samples that select the class. */
  readonly n0: number;
  /** n ≥ 1, fresh samples that bound its probability; the most of them, if the plan may stop before. */
  readonly n: number;
  /** α in (0, 1), the probability with which the certificate may be wrong. */
  readonly alpha: number;
  /** Seed of the noise: an integer from 0 to 2^53 − 1. */
  readonly seed: number;
  /** When to stop sampling. Default: after n samples. */
  readonly plan?: SamplingPlan;
  /**
   * What the certificate is made of. Default: the bound of the plan on p_A alone, as in the paper; "all-classes" bounds
   * every other class too, for the plan that takes all n samples (docs/runner-up.md).
   */
  readonly bound?: ConfidenceBound;
  /**
   * Gives all inputs the same noise e. Each certificate holds as it does with noise of its own; but the errors of
   * different inputs are correlated, so the share of wrong certificates in a data set varies more between seeds.
   * Default: false.
   */
  readonly sharedNoise?: boolean;
}

/** What is taken where nothing else is said, in cells and on the command line: the sample sizes and α of the paper. */
export const CERTIFY_DEFAULTS: Pick<CertifyOptions, "n0" | "n" | "alpha" | "seed"> = {
  n0: 100,
  n: 100_000,
  alpha: 0.001,
  seed: 0,
};

/** The certificate of one input. */
export interface Certificate {
  /** σ(x), the noise that the input was smoothed with. */
  readonly sigma: number;
  /** The class of the smoothed classifier, or {@link ABSTAIN}. */
  readonly predicted: number;
  /** The class that the n0 samples chose, also where it could not be certified. */
  readonly candidate: number;
  /** How many samples chose it. */
  readonly n0: number;
  /** How many samples bounded its probability. */
  readonly n: number;
  /** For each class, how many of the n0 samples were given it. */
  readonly selectionVotes: readonly number[];
  /** For each class, how many of the n samples were given it. */
  readonly votes: readonly number[];
  /** p_A, the lower confidence bound on the probability of the candidate class. */
  readonly pA: number;
  /** The certified radius, 0 if the smoothed classifier abstains. */
  readonly radius: number;
  /**
   * For a dual smoothed classifier, the certificate of its selector, whose classes are the experts. Then `predicted`
   * and `radius` are those of both stages, and the other fields those of the chosen expert.
   */
  readonly selector?: Certificate;
}

/** The name of the noise in a record. */
export function noiseName({ sharedNoise }: CertifyOptions): string {
  return sharedNoise ? `${GENERATOR_NAME}, shared by all inputs` : GENERATOR_NAME;
}

/**
 * Certifies the smoothed classifier at one input (Certify of Cohen et al. 2019, with the radius of an r-semi-elastic
 * variance function).
 *
 * n0 samples select the class A; fresh samples give p_A at level α, by the one-sided Clopper-Pearson bound if their
 * number n is fixed, by a confidence sequence if the plan may stop early; the smoothed classifier abstains if
 * p_A ≤ 1/2. With probability at least 1 − α over the samples, the smoothed classifier returns A everywhere in the
 * open l2 ball of the certified radius around x. Since σ(x) is a function of x, no further error probability is owed
 * for it.
 *
 * @param x - the input, pixels in [0, 1]
 * @param input - index of the input in its data set: inputs of different index get independent noise
 * @throws RangeError naming an option that is out of range, if x does not fit the base classifier, or if the variance
 * function promises no finite rate
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
 * Checks what a certification is asked for, before anything is sampled.
 *
 * @throws RangeError naming an option that is out of range, an n that is too small to certify anything, or a variance
 * function that promises no finite rate
 */
export function checkCertifyOptions(
  { dimension }: BaseClassifier,
  variance: VarianceFunction,
  { n0, n, alpha, seed, plan = fixedPlan, bound = plan.bound }: CertifyOptions,
): void {
  requireInteger("n0", n0, 1);
  requireInteger("n", n, 1);
  requireFraction("alpha", alpha);
  requireInteger("seed", seed, 0);
  if (!(variance.rate >= 0 && variance.rate < Infinity)) {
    throw new RangeError(
      `${variance.name} promises no finite rate r (${variance.rate}): no radius can be certified with it`,
    );
  }
  requireNonNegative(`eta of ${variance.name}`, variance.eta);
  requireBound(bound, plan);
  const least = leastSamples(bound, remainingAlpha(alpha, disagreement(dimension, n0 + n)));
  if (n < least) {
    throw new RangeError(`n must be at least ${least} to certify anything at alpha = ${alpha}, got ${n}`);
  }
}

/** The smallest number of samples that certifies the candidate when all of them are votes for it. */
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
  /** Its index in the data set. */
  readonly index: number;
  /** σ(x) at its levels. */
  readonly sigma: number;
  /** Whether the votes choose an expert: their noise is independent of that of the expert's votes. Default: false. */
  readonly isSelection?: boolean;
}

/**
 * {@link certify} at an input whose σ(x) is known.
 *
 * @param watch - see {@link CountingWatch}
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
    (await count(n0 + taken, look - taken)).forEach((more, c) => (votes[c] += more));
    taken = look;
    if (plan.isEnough({ votes: votes[candidate], taken, n, alpha: planAlpha, radiusOf })) break;
  }
  return certificateOf({ sigma, selectionVotes, votes }, terms);
}

/** The votes on noisy copies of one input, of which a certificate is a function. */
export interface Ballot extends Pick<Certificate, "sigma" | "selectionVotes" | "votes"> {
  /** Of a dual smoothed classifier, the votes of its selector. */
  readonly selector?: Ballot;
}

/** The inputs of a certificate besides the votes. */
export interface CertificateTerms {
  /** Input dimension N. */
  readonly dimension: number;
  /** Rate r of the variance function. */
  readonly rate: number;
  /** η of the variance function. */
  readonly eta: number;
  readonly alpha: number;
  /** τ, which is paid for out of α; see {@link disagreement}. */
  readonly tau: number;
  readonly bound: ConfidenceBound;
}

/**
 * The certificate that votes give: the candidate is the class with most of the selection votes, the first of equals,
 * and p_A the bound on its probability at α − τ. It is predicted where p_A is above 1/2 or, with "all-classes", above
 * p_B. Of a dual smoothed classifier, each of the two stages has half of α and owes half of τ.
 *
 * @throws RangeError unless τ is below α
 */
export function certificateOf({ selector, ...ballot }: Ballot, terms: CertificateTerms): Certificate {
  if (!selector) return stageCertificate(ballot, terms);
  const half = { ...terms, alpha: terms.alpha / 2, tau: terms.tau / 2 };
  return dualCertificate(stageCertificate(selector, half), stageCertificate(ballot, half));
}

/**
 * The certificate of a dual smoothed classifier, from those of its two stages, each with half of α: the class of the
 * expert, in the smaller of the two radii (docs/dual.md). Where one of them abstains, so do both.
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
