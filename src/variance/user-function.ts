import { requireNonNegative, requirePositive } from "../numerics/arguments";
import { requireSigma, type VarianceFunction } from "./variance-function";

/**
 * The default η, 1e-6 + 2.5e-5 r. It assumes that the function computes ln σ to 1e-6, as a float32 network
 * does, and that x has up to 170,000 values, of size up to 2: then the floats that are handed to the function, each
 * within 2^-24 of the number that it stands for, are within 2.5e-5 of that point.
 */
export function defaultEta(rate: number): number {
  return 1e-6 + 2.5e-5 * rate;
}

/** A variance function of the user's own. */
export interface UserFunctionOptions {
  /** Name that a record carries. */
  name: string;
  /**
   * The rate r that is claimed: |log σ(x) − log σ(y)| ≤ r · ‖x − y‖ for all x and y. Certificates are as true as this
   * claim: prove it, and let `checkSemiElasticity` try to refute it.
   */
  rate: number;
  /**
   * The error η that is claimed, |ln σ̂(x) − ln σ(ι(x))| ≤ η: of computing ln σ, and of being handed floats in place of
   * the numbers k/L that they stand for, which moves x by up to 2^-25 √N for pixels in [0, 1]. The default,
   * 1e-6 + 2.5e-5 r, is what a float32 network needs, for N up to 170,000.
   */
  eta?: number;
  /** σ(x) > 0 of one input, a function of x and nothing else. */
  sigma: (x: Float32Array) => number | Promise<number>;
  /** What determines the function, for the record. */
  parameters?: Record<string, number | string>;
}

/**
 * Wraps a function of the user's own with the rate and the error it claims.
 *
 * @throws RangeError if the rate or η is negative or not finite; when it is used, if it gives a σ that is not positive
 * @example
 * const norm = (x: Float32Array) => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));
 * const sigma = userFunction({ name: "norm", rate: 0.01, sigma: (x) => 0.5 * Math.exp(0.01 * (norm(x) - 9)) });
 * await sigma.sigma([new Float32Array(784)]); // Float64Array(1) [ 0.456… ]
 */
export function userFunction(options: UserFunctionOptions): VarianceFunction {
  const { name, rate, eta = defaultEta(rate), sigma, parameters = {} } = options;
  requireNonNegative("rate", rate);
  requireNonNegative("eta", eta);
  return {
    name,
    rate,
    eta,
    isConstant: false,
    parameters: { rate, ...parameters },
    sigma: async (inputs) => {
      const values = await Promise.all(inputs.map(async (x) => sigma(x)));
      return Float64Array.from(values, (value) => requireSigma(`σ(x) of ${name}`, value));
    },
  };
}

/** A Lipschitz function of the input, such as the output of a 1-Lipschitz network. */
export interface LipschitzOptions {
  /** Name that a record carries. */
  name: string;
  /** L ≥ 0 with |u(x) − u(y)| ≤ L · ‖x − y‖. */
  lipschitzConstant: number;
  /** u(x). */
  output: (x: Float32Array) => number | Promise<number>;
  /** σ_b > 0. */
  sigmaBase: number;
  /** The error η of ln σ; see {@link UserFunctionOptions.eta}, also for the default. */
  eta?: number;
}

/**
 * σ(x) = σ_b · exp(u(x)) of an L-Lipschitz function u: log σ is u and a constant, so r = L.
 *
 * @throws RangeError if the constant or σ_b is out of range
 * @example
 * const meanPixel = (x: Float32Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
 * const sigma = exponentialOfLipschitz({
 *   name: "bright",
 *   lipschitzConstant: 1 / 28, // of the mean of 784 pixels: 1 / √784
 *   output: meanPixel,
 *   sigmaBase: 0.5,
 * });
 * sigma.rate; // 0.0357…
 */
export function exponentialOfLipschitz(options: LipschitzOptions): VarianceFunction {
  const { name, lipschitzConstant, output, sigmaBase, eta } = options;
  requireNonNegative("lipschitzConstant", lipschitzConstant);
  requirePositive("sigmaBase", sigmaBase);
  return userFunction({
    name,
    rate: lipschitzConstant,
    eta,
    parameters: { sigmaBase, lipschitzConstant },
    sigma: async (x) => sigmaBase * Math.exp(await output(x)),
  });
}
