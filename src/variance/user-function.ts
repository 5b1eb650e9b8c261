import { requireNonNegative, requirePositive } from "../numerics/arguments";
import { requireSigma, type VarianceFunction } from "./variance-function";
import { requireOptions } from "../numerics/options";

/** The largest ‖x‖ for which {@link defaultEta} suffices: that of 160,000 white pixels. */
const LARGEST_NORM = 400;

/**
 * The default η, 1e-6 + 2.5e-5 r, rests on two assumptions. The first assumption is that the function computes
 * ln σ with an error of at most 1e-6, which is typical of a float32 network. The second is that ‖x‖ is at most 419
 * at every x in the certified ball. Each float v passed to the function is within 2^-24 |v| of the number that it
 * stands for, so the whole input is within 2^-24 ‖x‖ < 2.5e-5 of the point that it stands for.
 * {@link requireDefaultEta} checks that ‖x‖ is at most 400 at the certified x, so radii up to 19 are covered.
 */
export function defaultEta(rate: number): number {
  return 1e-6 + 2.5e-5 * rate;
}

/**
 * Checks that the default η suffices for inputs.
 *
 * @throws RangeError naming the variance function and the norm of the input
 */
export function requireDefaultEta(name: string, inputs: readonly Float32Array[]): void {
  for (const x of inputs) {
    const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    if (norm <= LARGEST_NORM) continue;
    throw new RangeError(
      `the default η of ${name} is only for inputs of norm up to ${LARGEST_NORM}, got ${norm}: give eta`,
    );
  }
}

/** The arguments of {@link userFunction}. */
export interface UserFunctionOptions {
  /** The name of the function in records. */
  name: string;
  /**
   * The claimed rate r: |log σ(x) − log σ(y)| ≤ r · ‖x − y‖ for all x and y. Certificates are valid only if
   * this claim is true: prove the claim, and let `checkSemiElasticity` try to refute it.
   */
  rate: number;
  /**
   * The claimed error η: |ln σ̂(x) − ln σ(ι(x))| ≤ η. η covers the error of computing ln σ. η also covers the
   * difference between the floats passed to the function and the numbers k/L that the floats stand for. This
   * difference moves x by up to 2^-24 ‖x‖. The default, 1e-6 + 2.5e-5 r, suffices for a float32 network, inputs of
   * norm up to 400 (for example 160,000 pixels in [0, 1]) and certified radii up to 19. Larger inputs are refused;
   * for larger radii, which need σ(x) above 2, give η, because points in the certified ball may have larger norms.
   */
  eta?: number;
  /** Computes σ(x) > 0 at one input. The result must depend on x only. */
  sigma: (x: Float32Array) => number | Promise<number>;
  /** The parameters that determine the function, for the record. */
  parameters?: Record<string, number | string>;
}

/**
 * Makes a variance function from the user's own function, with its claimed rate and error.
 *
 * @throws RangeError if the rate or η is negative or not finite; when σ is evaluated, RangeError if the result
 *   is not positive, or if the default η does not suffice for the input
 * @example
 * const norm = (x: Float32Array) => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0));
 * const sigma = userFunction({ name: "norm", rate: 0.01, sigma: (x) => 0.5 * Math.exp(0.01 * (norm(x) - 9)) });
 * await sigma.sigma([new Float32Array(784)]); // Float64Array(1) [ 0.456… ]
 */
export function userFunction(options: UserFunctionOptions): VarianceFunction {
  const known = { name: true, rate: true, eta: true, sigma: true, parameters: true } as const;
  requireOptions("userFunction", options, known);
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
      if (options.eta === undefined) requireDefaultEta(name, inputs);
      const values = await Promise.all(inputs.map(async (x) => sigma(x)));
      return Float64Array.from(values, (value) => requireSigma(`σ(x) of ${name}`, value));
    },
  };
}

/**
 * The arguments of {@link exponentialOfLipschitz}: a Lipschitz function of the input, for example the output
 * of a 1-Lipschitz network.
 */
export interface LipschitzOptions {
  /** The name of the function in records. */
  name: string;
  /** The Lipschitz constant L ≥ 0: |u(x) − u(y)| ≤ L · ‖x − y‖ for all x and y. */
  lipschitzConstant: number;
  /** The function u(x). */
  output: (x: Float32Array) => number | Promise<number>;
  /** σ_b > 0. */
  sigmaBase: number;
  /** The claimed error η of ln σ, with the meaning and default of {@link UserFunctionOptions.eta}. */
  eta?: number;
}

/**
 * Returns the variance function σ(x) = σ_b · exp(u(x)) for an L-Lipschitz function u. Since log σ is u plus a
 * constant, r = L.
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
  const known = { name: true, lipschitzConstant: true, output: true, sigmaBase: true, eta: true } as const;
  requireOptions("exponentialOfLipschitz", options, known);
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
