import { requireInteger, requirePositive } from "../numerics/arguments";
import type { VarianceFunction } from "./variance-function";

/**
 * c · σ(x). log(c σ) = log c + log σ, so the rate stays r.
 *
 * @param factor - c > 0
 * @throws RangeError if the factor is not a positive finite number
 */
export function scale(variance: VarianceFunction, factor: number): VarianceFunction {
  requirePositive("factor", factor);
  return {
    name: `${factor} · (${variance.name})`,
    rate: variance.rate,
    parameters: { factor, ...numbered([variance]) },
    sigma: async (inputs) => (await variance.sigma(inputs)).map((sigma) => factor * sigma),
  };
}

/**
 * σ(x) kept between two bounds. Clamping is 1-Lipschitz in log σ, so the rate stays r.
 *
 * @param lower - at least this σ > 0
 * @param upper - at most this σ ≥ lower
 * @throws RangeError if the bounds are not positive finite numbers in order
 */
export function clamp(variance: VarianceFunction, lower: number, upper: number): VarianceFunction {
  requirePositive("lower", lower);
  requirePositive("upper", upper);
  if (upper < lower) throw new RangeError(`upper must be at least lower (${lower}), got ${upper}`);
  return {
    name: `(${variance.name}) in [${lower}, ${upper}]`,
    rate: variance.rate,
    parameters: { lower, upper, ...numbered([variance]) },
    sigma: async (inputs) =>
      (await variance.sigma(inputs)).map((sigma) => Math.min(upper, Math.max(lower, sigma))),
  };
}

/**
 * σ1(x) · σ2(x) · …. Logarithms add, so the rates do: r = r1 + r2 + ….
 *
 * @throws RangeError if there is no factor
 */
export function product(...variances: VarianceFunction[]): VarianceFunction {
  requireInteger("the number of factors", variances.length, 1);
  return {
    name: variances.map(({ name }) => `(${name})`).join(" · "),
    rate: variances.reduce((sum, { rate }) => sum + rate, 0),
    parameters: numbered(variances),
    sigma: async (inputs) => {
      const factors = await Promise.all(variances.map((variance) => variance.sigma(inputs)));
      return Float64Array.from(inputs, (_, i) => factors.reduce((all, sigma) => all * sigma[i], 1));
    },
  };
}

/**
 * w1 σ1(x) + w2 σ2(x) + …. The derivative of the logarithm of a sum is a mean of those of its terms, so the rate is
 * the largest of theirs: r = max(r1, r2, …).
 *
 * @param weights - w > 0, one for each variance function
 * @throws RangeError if a weight is not a positive finite number, or their number is another one
 */
export function mixture(
  variances: readonly VarianceFunction[],
  weights: readonly number[],
): VarianceFunction {
  requireInteger("the number of terms", variances.length, 1);
  if (weights.length !== variances.length) {
    throw new RangeError(`weights must be ${variances.length}, one for each term, got ${weights.length}`);
  }
  weights.forEach((weight, i) => requirePositive(`weight ${i + 1}`, weight));
  return {
    name: variances.map(({ name }, i) => `${weights[i]} · (${name})`).join(" + "),
    rate: Math.max(...variances.map(({ rate }) => rate)),
    parameters: numbered(variances),
    sigma: async (inputs) => {
      const terms = await Promise.all(variances.map((variance) => variance.sigma(inputs)));
      return Float64Array.from(inputs, (_, i) =>
        terms.reduce((sum, sigma, term) => sum + weights[term] * sigma[i], 0),
      );
    },
  };
}

/** The parameters of the parts, each under the number of its part. */
function numbered(variances: readonly VarianceFunction[]): Record<string, number | string> {
  return Object.fromEntries(
    variances.flatMap(({ parameters }, i) =>
      Object.entries(parameters).map(([name, value]) => [`${i + 1}.${name}`, value]),
    ),
  );
}
