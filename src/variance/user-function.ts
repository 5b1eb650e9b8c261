import { requireNonNegative, requirePositive } from "../numerics/arguments";
import type { VarianceFunction } from "./variance-function";

/** A variance function of the user's own. */
export interface UserFunctionOptions {
  /** Name that a record carries. */
  name: string;
  /**
   * The rate r that is claimed: |log σ(x) − log σ(y)| ≤ r · ‖x − y‖ for all x and y. Certificates are as true as this
   * claim: prove it, and let `checkSemiElasticity` try to refute it.
   */
  rate: number;
  /** σ(x) > 0 of one input, a function of x and nothing else. */
  sigma: (x: Float32Array) => number | Promise<number>;
  /** What determines the function, for the record. */
  parameters?: Record<string, number | string>;
}

/**
 * Wraps a function of the user's own with the rate it claims.
 *
 * @throws RangeError if the rate is negative or not finite; when it is used, if it gives a σ that is not positive
 */
export function userFunction({ name, rate, sigma, parameters = {} }: UserFunctionOptions): VarianceFunction {
  requireNonNegative("rate", rate);
  return {
    name,
    rate,
    parameters: { rate, ...parameters },
    sigma: async (inputs) => {
      const values = await Promise.all(inputs.map((x) => sigma(x)));
      values.forEach((value) => requirePositive(`σ(x) of ${name}`, value));
      return Float64Array.from(values);
    },
  };
}

/** A Lipschitz function of the input, such as the output of a 1-Lipschitz network. */
export interface LipschitzOptions {
  name: string;
  /** L ≥ 0 with |u(x) − u(y)| ≤ L · ‖x − y‖. */
  lipschitzConstant: number;
  /** u(x). */
  output: (x: Float32Array) => number | Promise<number>;
  /** σ_b > 0. */
  sigmaBase: number;
}

/**
 * σ(x) = σ_b · exp(u(x)) of an L-Lipschitz function u: log σ is u and a constant, so r = L.
 *
 * @throws RangeError if the constant or σ_b is out of range
 */
export function exponentialOfLipschitz(options: LipschitzOptions): VarianceFunction {
  const { name, lipschitzConstant, output, sigmaBase } = options;
  requireNonNegative("lipschitzConstant", lipschitzConstant);
  requirePositive("sigmaBase", sigmaBase);
  return userFunction({
    name,
    rate: lipschitzConstant,
    parameters: { sigmaBase, lipschitzConstant },
    sigma: async (x) => sigmaBase * Math.exp(await output(x)),
  });
}
