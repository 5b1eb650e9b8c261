import type { BaseClassifier } from "../classifiers/base-classifier";
import { requireInteger, requirePositive } from "../numerics/arguments";
import { SamplingStream } from "../noise/uniform-number";
import { normalQuantile } from "../probability/normal";
import type { VarianceFunction } from "../variance/variance-function";
import { countVotes, MOST_SAMPLES } from "../sampling/count-votes";

/** The options for choosing σ at each input. */
export interface DataDependentSigmaOptions {
  /** The candidate values of σ, each positive. */
  sigmas: readonly number[];
  /** The number of noisy copies for each σ. */
  samples: number;
  /** The seed of the noise: an integer from 0 to 2^53 − 1. */
  seed: number;
}

/**
 * Returns a σ(x) that is optimized for each input, as in data-dependent randomized smoothing (Alfarra et al.
 * 2022): σ(x) is the candidate σ that maximizes the estimate of Cohen's radius σ · Φ⁻¹(p_A).
 *
 * **For study only.** σ(x) jumps wherever the best candidate changes, so log σ is not Lipschitz: the rate is
 * infinite, and `certify` refuses this σ(x). Methods of this kind report Cohen's radius for σ(x), but Cohen's
 * radius is not valid if a neighbor of x is smoothed with a different σ.
 *
 * @throws RangeError if `sigmas` is empty, or if an option is out of range
 * @example
 * const halves = functionClassifier({ name: "halves", dimension: 2, classCount: 2, classOf: (x) => (x[0] > 0 ? 1 : 0) });
 * const sigma = dataDependentSigma(halves, { sigmas: [0.25, 0.5, 1], samples: 1000, seed: 1 });
 * await sigma.sigma([new Float32Array([0.5, 0])]); // Float64Array(1) [ 0.25 ]
 * sigma.rate; // Infinity
 */
export function dataDependentSigma(
  classifier: BaseClassifier,
  { sigmas, samples, seed }: DataDependentSigmaOptions,
): VarianceFunction {
  requireInteger("the number of sigmas", sigmas.length, 1);
  sigmas.forEach((sigma) => requirePositive("each sigma", sigma));
  requireInteger("samples", samples, 1, MOST_SAMPLES);
  requireInteger("seed", seed, 0);

  async function best(x: Float32Array): Promise<number> {
    let [bestSigma, bestRadius] = [sigmas[0], -Infinity];
    for (const sigma of sigmas) {
      const noise = { seed, input: 0, first: 0, count: samples, stream: SamplingStream.search };
      const votes = await countVotes(classifier, x, sigma, noise);
      // Half a vote is subtracted, so that a unanimous vote does not make the radius infinite.
      const radius = sigma * normalQuantile((Math.max(...votes) - 0.5) / samples);
      if (radius > bestRadius) [bestSigma, bestRadius] = [sigma, radius];
    }
    return bestSigma;
  }
  return {
    name: "data-dependent",
    rate: Infinity,
    eta: 0,
    isConstant: false,
    parameters: { sigmas: sigmas.join(" "), samples, seed },
    sigma: async (inputs) => {
      const chosen = new Float64Array(inputs.length);
      for (const [i, x] of inputs.entries()) chosen[i] = await best(x);
      return chosen;
    },
  };
}
