import { requireInteger, requirePositive } from "../numerics/arguments";
import { requireSigma, UNIT_ROUNDOFF, type VarianceFunction } from "./variance-function";

/** The largest error of ln σ from one rounded operation: u plus second-order terms. */
const ROUNDING = 2 * UNIT_ROUNDOFF;

/**
 * Returns the variance function c · σ(x). Since log(c σ) = log c + log σ, the rate stays r; η grows by the
 * rounding error of one product.
 *
 * @param factor - c > 0
 * @throws RangeError if the factor is not a positive finite number
 * @example
 * const sigma = scale(constant(0.25), 2);
 * await sigma.sigma([new Float32Array(784)]); // Float64Array(1) [ 0.5 ]
 */
export function scale(variance: VarianceFunction, factor: number): VarianceFunction {
  requirePositive("factor", factor);
  return {
    name: `${factor} · (${variance.name})`,
    rate: variance.rate,
    ...rounded([variance], variance.eta + ROUNDING),
    parameters: { factor, ...numbered([variance]) },
    sigma: async (inputs, levels) =>
      (await variance.sigma(inputs, levels)).map((sigma) => requireSigma("c σ(x)", factor * sigma)),
  };
}

/**
 * Returns σ(x) clamped to an interval. Clamping is 1-Lipschitz in log σ, so neither the rate r nor η changes.
 *
 * @param lower - the smallest σ, positive
 * @param upper - the largest σ, at least `lower`
 * @throws RangeError if a bound is not positive and finite, or upper is below lower
 * @example
 * const bright = userFunction({ name: "bright", rate: 0.1, sigma: (x) => 0.5 * Math.exp(0.1 * x[0]) });
 * const sigma = clamp(bright, 0.25, 0.52);
 * await sigma.sigma([new Float32Array([0]), new Float32Array([1])]); // Float64Array(2) [ 0.5, 0.52 ]
 */
export function clamp(variance: VarianceFunction, lower: number, upper: number): VarianceFunction {
  requirePositive("lower", lower);
  requirePositive("upper", upper);
  if (upper < lower) throw new RangeError(`upper must be at least lower (${lower}), got ${upper}`);
  return {
    name: `(${variance.name}) in [${lower}, ${upper}]`,
    rate: variance.rate,
    ...rounded([variance], variance.eta),
    parameters: { lower, upper, ...numbered([variance]) },
    sigma: async (inputs, levels) =>
      (await variance.sigma(inputs, levels)).map((sigma) =>
        Math.min(upper, Math.max(lower, requireSigma("σ(x)", sigma))),
      ),
  };
}

/**
 * Returns the product σ1(x) · σ2(x) · …. Logarithms add, so rates add: r = r1 + r2 + …. The error η of the
 * product is η1 + η2 + … plus the rounding error of the multiplications.
 *
 * @throws RangeError if no factor is given
 * @example
 * const bright = userFunction({ name: "bright", rate: 0.01, sigma: (x) => Math.exp(0.01 * x[0]) });
 * const sigma = product(bright, bright, constant(0.5));
 * sigma.rate; // 0.02
 */
export function product(...variances: VarianceFunction[]): VarianceFunction {
  requireInteger("the number of factors", variances.length, 1);
  return {
    name: variances.map(({ name }) => `(${name})`).join(" · "),
    rate: variances.reduce((sum, { rate }) => sum + rate, 0),
    ...rounded(
      variances,
      variances.reduce((sum, { eta }) => sum + eta + ROUNDING, 0),
    ),
    parameters: numbered(variances),
    sigma: async (inputs, levels) => {
      const factors = await Promise.all(variances.map((variance) => variance.sigma(inputs, levels)));
      return Float64Array.from(inputs, (_, i) =>
        factors.reduce((all, sigma) => requireSigma("σ1(x) σ2(x) …", all * sigma[i]), 1),
      );
    },
  };
}

/**
 * Returns the mixture w1 σ1(x) + w2 σ2(x) + …. The derivative of the logarithm of a sum is a weighted mean of
 * the derivatives of the logarithms of its terms, so r = max(r1, r2, …). The error η of the mixture is max(η1,
 * η2, …) plus the rounding error of multiplications and additions.
 *
 * @param weights - w > 0, one for each variance function
 * @throws RangeError if a weight is not a positive finite number, or if the number of weights differs from the
 *   number of variance functions
 * @example
 * const bright = userFunction({ name: "bright", rate: 0.01, sigma: (x) => Math.exp(0.01 * x[0]) });
 * const sigma = mixture([bright, constant(0.5)], [0.5, 0.5]);
 * sigma.rate; // 0.01
 * await sigma.sigma([new Float32Array([0])]); // Float64Array(1) [ 0.75 ]
 */
export function mixture(
  variances: readonly VarianceFunction[],
  weights: readonly number[],
): VarianceFunction {
  requireInteger("the number of terms", variances.length, 1);
  if (weights.length !== variances.length) {
    throw new RangeError(
      `there must be ${variances.length} weights, one for each term, got ${weights.length}`,
    );
  }
  weights.forEach((weight, i) => requirePositive(`weight ${i + 1}`, weight));
  return {
    name: variances.map(({ name }, i) => `${weights[i]} · (${name})`).join(" + "),
    rate: Math.max(...variances.map(({ rate }) => rate)),
    ...rounded(variances, Math.max(...variances.map(({ eta }) => eta)) + variances.length * ROUNDING),
    parameters: numbered(variances),
    sigma: async (inputs, levels) => {
      const terms = await Promise.all(variances.map((variance) => variance.sigma(inputs, levels)));
      return Float64Array.from(inputs, (_, i) =>
        requireSigma(
          "w1 σ1(x) + w2 σ2(x) + …",
          terms.reduce((sum, sigma, term) => sum + requireSigma("w σ(x)", weights[term] * sigma[i]), 0),
        ),
      );
    },
  };
}

/** The error η of a combination. A combination of constant parts is constant itself, so its η is 0. */
function rounded(
  parts: readonly VarianceFunction[],
  eta: number,
): Pick<VarianceFunction, "eta" | "isConstant"> {
  const isConstant = parts.every((part) => part.isConstant);
  return { eta: isConstant ? 0 : eta, isConstant };
}

/** Returns the parameters of all parts. The name of each parameter is prefixed with the number of the part. */
function numbered(variances: readonly VarianceFunction[]): Record<string, number | string> {
  return Object.fromEntries(
    variances.flatMap(({ parameters }, i) =>
      Object.entries(parameters).map(([name, value]) => [`${i + 1}.${name}`, value]),
    ),
  );
}
