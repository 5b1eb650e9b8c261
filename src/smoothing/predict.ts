import type { BaseClassifier } from "../classifiers/base-classifier";
import { disagreement, remainingAlpha } from "../noise/disagreement";
import { SamplingStream } from "../noise/uniform-number";
import { requireFraction, requireInteger } from "../numerics/arguments";
import { binomialTest } from "../probability/binomial";
import type { VarianceFunction } from "../variance/variance-function";
import { ABSTAIN, type CertifyOptions } from "./certify";
import { countVotes, MOST_SAMPLES, mostVoted } from "../sampling/count-votes";

/**
 * Predicts the class of the smoothed classifier at one input, without a radius (Predict of Cohen et al. 2019).
 * The result is the top class of n samples, or {@link ABSTAIN} if the two-sided binomial test at level α does
 * not separate the top class from the runner-up.
 *
 * @param input - the index of the input in its data set; inputs with different indices get independent noise
 * @param stream - identifies what the samples are used for
 * @returns the class or ABSTAIN; with probability at most α, the returned class is not the class of the
 *   smoothed classifier
 * @throws RangeError naming an option that is out of range; RangeError if x does not fit the base classifier
 */
export async function predict(
  classifier: BaseClassifier,
  variance: VarianceFunction,
  x: Float32Array,
  { n, alpha, seed }: Omit<CertifyOptions, "n0">,
  input: number = 0,
  stream: number = SamplingStream.certification,
): Promise<number> {
  requireInteger("n", n, 1, MOST_SAMPLES);
  requireFraction("alpha", alpha);
  requireInteger("seed", seed, 0);
  requireInteger("index", input, 0, 2 ** 32 - 1);

  const [sigma] = await variance.sigma([x], classifier.levels);
  const votes = await countVotes(classifier, x, sigma, { seed, input, stream, first: 0, count: n });
  const first = mostVoted(votes);
  const top = votes[first];
  const second = votes.reduce((most, count, c) => (c === first ? most : Math.max(most, count)), 0);
  const left = remainingAlpha(alpha, disagreement(classifier.dimension, n));
  return binomialTest(top, top + second) <= left ? first : ABSTAIN;
}
