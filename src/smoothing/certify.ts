import type { BaseClassifier } from "../classifiers/base-classifier";
import { certifiedRadius } from "../certificates/certified-radius";
import { requireFraction, requireInteger, requirePositive } from "../probability/arguments";
import { clopperPearsonLower } from "../probability/binomial";
import type { VarianceFunction } from "../variance/variance-function";
import { countVotes, mostVoted } from "./count-votes";

/** The class that stands for "abstain". */
export const ABSTAIN = -1;

/** How to certify: sample sizes, error probability and noise. */
export interface CertifyOptions {
  /** N0 ≥ 1, samples that choose the class. */
  readonly n0: number;
  /** N ≥ 1, fresh samples that bound its probability. */
  readonly n: number;
  /** α in (0, 1), the probability with which the certificate may be wrong. */
  readonly alpha: number;
  /** Seed of the noise: an integer from 0 to 2^53 − 1. */
  readonly seed: number;
}

/** The certificate of one input. */
export interface Certificate {
  /** σ(x), the noise that the input was smoothed with. */
  readonly sigma: number;
  /** The class of the smoothed classifier, or {@link ABSTAIN}. */
  readonly predicted: number;
  /** The class that the N0 samples chose, also where it could not be certified. */
  readonly candidate: number;
  readonly n0: number;
  readonly n: number;
  /** How many of the N samples were given the candidate class. */
  readonly votes: number;
  /** p_A, the lower confidence bound on the probability of the candidate class. */
  readonly pA: number;
  /** The certified radius, 0 if the smoothed classifier abstains. */
  readonly radius: number;
}

/**
 * Certifies the smoothed classifier at one input (Certify of Cohen et al. 2019, with the radius of an r-semi-elastic
 * variance function).
 *
 * N0 samples choose the class A; N fresh samples give p_A by the one-sided Clopper-Pearson bound at level α; the
 * smoothed classifier abstains if p_A ≤ 1/2. With probability at least 1 − α over the samples, the smoothed classifier
 * returns A everywhere in the open l2 ball of the certified radius around x. Since σ(x) is a function of x, no
 * further error probability is owed for it.
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
  { n0, n, alpha, seed }: CertifyOptions,
  input: number = 0,
): Promise<Certificate> {
  requireInteger("n0", n0, 1);
  requireInteger("n", n, 1);
  requireFraction("alpha", alpha);
  requireInteger("seed", seed, 0);
  requireInteger("input", input, 0);
  if (!(variance.rate >= 0 && variance.rate < Infinity)) {
    throw new RangeError(
      `${variance.name} promises no finite rate r (${variance.rate}): no radius can be certified with it`,
    );
  }

  const [sigma] = await variance.sigma([x]);
  requirePositive("σ(x)", sigma);
  const selection = await countVotes(classifier, x, sigma, { seed, input, first: 0, count: n0 });
  const candidate = mostVoted(selection);
  const estimation = await countVotes(classifier, x, sigma, { seed, input, first: n0, count: n });
  const votes = estimation[candidate];

  const pA = clopperPearsonLower(votes, n, alpha);
  const { radius } = certifiedRadius({ dimension: classifier.dimension, sigma, rate: variance.rate, pA });
  return { sigma, predicted: pA > 0.5 ? candidate : ABSTAIN, candidate, n0, n, votes, pA, radius };
}
