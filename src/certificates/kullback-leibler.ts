import { requireMajority } from "./confidence";
import { normalCdf, normalQuantile } from "../probability/normal";

/*
 * Suppose that A has probability p_A at x0. ξ is the largest probability of leaving A at x1. This file
 * expresses ξ in terms of the Kullback-Leibler divergence k = KL(P1‖P0), in nats, of the noise at x1 from the
 * noise at x0. The divergence is finite whether the noise shrinks or grows, and it allows one statement for
 * all kinds of noise.
 */

/** Values of k that decide whether A keeps the majority at x1, in ascending order for p_A above 1/2. */
export interface DivergenceThresholds {
  /** The value ½ ln(1/(4 p_A p_B)). For smaller k, A keeps the majority under every kind of noise. */
  readonly kept: number;
  /**
   * The value z²/2 with z = Φ⁻¹(p_A). For this and larger k, A may lose the majority under Gaussian noise
   * with equal σ at both points.
   */
  readonly shifted: number;
  /**
   * The value ln(1/p_B), the paper's condition. For this and larger k, A can lose the majority under any
   * shrinking noise.
   */
  readonly lost: number;
}

/**
 * Returns the values of k that decide whether A keeps the majority. The first value is the divergence of
 * Bernoulli(1/2) from Bernoulli(p_B); it follows from the data-processing inequality. The last value follows
 * from Markov's inequality, for noise such that, under P1, the median of ln(dP1/dP0) is at least the mean of
 * ln(dP1/dP0).
 *
 * @throws RangeError unless p_A is a probability above 1/2
 */
export function divergenceThresholds(pA: number): DivergenceThresholds {
  const z = requireMajority({ pA });
  return { kept: coinDivergence(0.5, 1 - pA), shifted: (z * z) / 2, lost: -Math.log(1 - pA) };
}

/**
 * Returns ξ for Gaussian noise with the same σ at both points (constant σ), in any dimension: Φ(√(2k) − z).
 */
export function xiOfShift(divergence: number, pA: number): number {
  return normalCdf(Math.sqrt(2 * divergence) - normalQuantile(pA));
}

/** Returns ξ for noise that is uniform in a shrinking ball or cube, in any dimension: min(1, p_B exp(k)). */
export function xiOfShrinkingUniform(divergence: number, pA: number): number {
  return Math.min(1, (1 - pA) * Math.exp(divergence));
}

/**
 * Returns the divergence k of N(0, s1² I) from N(0, s0² I), which is (N/2) (u − 1 − ln u) with u = s1²/s0².
 * The corresponding ξ is `worstCaseProbability` at distance 0.
 */
export function scaleDivergence(dimension: number, logRatio: number): number {
  return (dimension / 2) * (Math.expm1(2 * logRatio) - 2 * logRatio);
}

/**
 * Returns the smallest k at which any kind of noise can reach ξ. By the data-processing inequality, this k is
 * the divergence of Bernoulli(ξ) from Bernoulli(p_B): k = ξ ln(ξ/p_B) + (1 − ξ) ln((1 − ξ)/p_A).
 */
export function coinDivergence(xi: number, pB: number): number {
  const term = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log(p / q));
  return term(xi, pB) + term(1 - xi, 1 - pB);
}
