import { increasingRoot } from "../numerics/root";
import type { CertifiedRadiusOptions } from "./certified-radius";
import { cohenRadius, type Radius } from "./cohen";
import { confidenceQuantile, type Confidence } from "./confidence";
import { normalCdf } from "../probability/normal";
import { worstCaseProbability } from "./worst-case";

/** The arguments of {@link clampedRadius}. */
export interface ClampedRadiusOptions
  extends Omit<CertifiedRadiusOptions, "eta" | keyof Confidence>, Confidence {
  /** The constant t in the upper limit t + 0.001 log10 p_B on s1/s0; see {@link CLAMPS}. */
  readonly clamp: number;
}

/**
 * The constants t that the earlier code uses, by data set.
 *
 * @example
 * clampedRadius({ dimension: 784, sigma: 0.5, rate: 0.01, pA: 0.99, clamp: CLAMPS.mnist }).radius; // 1.1412…
 */
export const CLAMPS = {
  /** The constant t for MNIST, N = 784. */
  mnist: 0.9988,
  /** The constant t for CIFAR-10, N = 3072. */
  cifar10: 0.9993,
} as const;

/**
 * Returns the radius that earlier code for this scheme computes. The radius is meant for comparison and is
 * **not a certificate**. By default the earlier code considers only decreasing σ. It also keeps s1 away from
 * s0, because the noncentral chi-squared functions of the language R fail when s1 is close to s0:
 *
 *   sup { R : ξ_>(R, s1) < 1/2 },  s1 = min(s0 exp(−rR), s0 (t + 0.001 log10 p_B)).
 *
 * The clamp makes the radius smaller than necessary. On the other hand, the earlier code ignores that σ may
 * increase, so its radius can come out larger than the certified radius. (The earlier code tries equally
 * spaced radii, 10 s0 / number apart, and returns the largest that passes; here the radius is exact up to a
 * relative 1e-9.)
 *
 * The radius has the same units as σ; it is 0 for p_A ≤ 1/2 and Infinity for p_A = 1.
 *
 * @throws RangeError naming the argument that is out of range
 * @example
 * clampedRadius({ dimension: 3072, sigma: 0.5, rate: 0.01, pA: 0.99, clamp: CLAMPS.cifar10 }).radius; // 1.0835…
 */
export function clampedRadius({ dimension, sigma, rate, pA, pB, clamp }: ClampedRadiusOptions): Radius {
  const { radius: cohen } = cohenRadius({ sigma, pA, pB });
  if (cohen === 0 || cohen === Infinity) return { radius: cohen };
  const ratio = clamp + 0.001 * Math.log10(normalCdf(-confidenceQuantile({ pA, pB })));
  if (!(ratio > 0 && ratio < 1)) {
    throw new RangeError(`clamp must give a ratio of s1 to s0 between 0 and 1, got ${clamp}`);
  }
  const excess = (distance: number): number => {
    const sigma1 = sigma * Math.min(Math.exp(-rate * distance), ratio);
    return worstCaseProbability({ dimension, sigma0: sigma, sigma1, distance, pA, pB }) - 0.5;
  };
  if (excess(0) >= 0) return { radius: 0 };
  return { radius: increasingRoot(excess, 0, cohen, cohen / 2, 1e-9) };
}
