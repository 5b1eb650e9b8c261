import { requirePositive } from "../numerics/arguments";
import type { VarianceFunction } from "./variance-function";

/**
 * Returns the constant variance function σ(x) = σ of Cohen et al. (2019). The rate r and the error η of a
 * constant σ are 0.
 *
 * @param sigma - σ > 0
 * @throws RangeError if σ is not a positive finite number
 * @example
 * const sigma = constant(0.5);
 * sigma.rate; // 0
 * await sigma.sigma([new Float32Array(784)]); // Float64Array(1) [ 0.5 ]
 */
export function constant(sigma: number): VarianceFunction {
  requirePositive("sigma", sigma);
  return {
    name: "constant",
    rate: 0,
    eta: 0,
    isConstant: true,
    parameters: { sigma },
    sigma: (inputs) => Promise.resolve(new Float64Array(inputs.length).fill(sigma)),
  };
}
