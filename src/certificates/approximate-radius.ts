import { requireInteger, requireNonNegative, requirePositive } from "../numerics/arguments";
import type { CertifiedRadiusOptions } from "./certified-radius";
import type { Radius } from "./cohen";
import { classQuantiles, meanQuantile } from "./confidence";

/**
 * Computes a closed-form approximation of the certified radius for large N: R ≈ s0 z / sqrt(1 + 2 N r² s0²),
 * where z = Φ⁻¹(p_A).
 *
 * If the runner-up's p_B is given, z = (Φ⁻¹(p_A) − Φ⁻¹(p_B)) / 2. The closed form shows what the radius
 * depends on: the loss relative to Cohen's radius s0 z hardly depends on p_A, and R stays below z / (r
 * sqrt(2N)) no matter how large σ is. The relative error is below 1 % for N ≥ 784 and r s0 ≤ 0.02. The result
 * may exceed the exact radius, so it is not a certificate; use certifiedRadius for a certificate. The result
 * is 0 for p_A ≤ 1/2.
 *
 * @throws RangeError naming the argument that is out of range
 * @example
 * approximateRadius({ dimension: 3072, sigma: 0.5, rate: 0.01, pA: 0.99 }).radius; // 1.0829…
 */
export function approximateRadius(options: Omit<CertifiedRadiusOptions, "eta">): Radius {
  const { dimension, sigma, rate } = options;
  requireInteger("dimension", dimension, 1);
  requirePositive("sigma", sigma);
  requireNonNegative("rate", rate);
  const z = meanQuantile(classQuantiles(options));
  return { radius: sigma * z * approximateShare(options) };
}

/** Returns the fraction of Cohen's radius that remains in the closed form, 1 / sqrt(1 + 2 N r² s0²). */
export function approximateShare({
  dimension,
  sigma,
  rate,
}: Pick<CertifiedRadiusOptions, "dimension" | "sigma" | "rate">): number {
  return 1 / Math.hypot(1, Math.sqrt(2 * dimension) * rate * sigma);
}
