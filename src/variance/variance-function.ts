import { LEAST_NORMAL, requirePositive } from "../numerics/arguments";

/**
 * A variance function σ(x): the standard deviation of the noise with which the input x is smoothed.
 *
 * The certified radius rests on two promises, which define r and η:
 *
 * - σ is r-semi-elastic: |ln σ(x) − ln σ(y)| ≤ r · ‖x − y‖ for all x and y (Súkeník et al. 2022, Definition
 *   3.1).
 * - The double σ̂(x) that {@link sigma} returns for the floats x equals σ(ι(x)) up to rounding: |ln σ̂(x) − ln
 *   σ(ι(x))| ≤ η for all x. Here ι(x) is the point that x represents: k/L for each value that is the float32 nearest to
 *   k/L, and the value itself otherwise (docs/exact-sampling.md).
 */
export interface VarianceFunction {
  /** The name of the function in records. */
  readonly name: string;
  /** The rate r ≥ 0, per unit of l2 distance between inputs with pixels in [0, 1]. */
  readonly rate: number;
  /** η ≥ 0, a bound on the error of the computed ln σ. */
  readonly eta: number;
  /**
   * Whether σ(x) is the same double for every x. If it is, η is 0 and the certified radius is Cohen's radius.
   */
  readonly isConstant: boolean;
  /** The parameters that determine the function, for the record. */
  readonly parameters: Readonly<Record<string, number | string>>;
  /**
   * Computes σ at each input of a batch.
   *
   * @param inputs - the inputs, each with N pixels in [0, 1]
   * @param levels - L, the levels per unit; default 255
   * @returns one σ > 0 per input
   */
  sigma(inputs: readonly Float32Array[], levels?: number): Promise<Float64Array>;
}

/** u, the largest relative error of an operation on doubles that rounds to nearest. */
export const UNIT_ROUNDOFF: number = 2 ** -53;

/**
 * Checks that a computed σ, or a factor of σ, is a positive normal double.
 *
 * @returns the value
 * @throws RangeError naming the argument if the value is not a positive number, or if it is too small for a
 *   relative error of u
 */
export function requireSigma(name: string, value: number): number {
  requirePositive(name, value);
  if (value < LEAST_NORMAL) throw new RangeError(`${name} must be at least 2^-1022, got ${value}`);
  return value;
}
