import { requireMajority } from "./confidence";
import { normalCdf, normalQuantile } from "../probability/normal";

/*
 * ξ, the largest probability at x1 of another class than A where A has p_A at x0, in terms of the Kullback-Leibler
 * divergence k = KL(P1‖P0), in nats, of the noise at x1 from that at x0. It is finite for noise that shrinks or grows, too,
 * and says what all kinds of noise have in common.
 */

/** Values of k that decide about the majority of A at x1; in ascending order where p_A is above 1/2. */
export interface DivergenceThresholds {
  /** ½ ln(1/(4 p_A p_B)): below it every noise keeps the majority. */
  readonly kept: number;
  /** z²/2, z = Φ⁻¹(p_A): where Gaussians of one σ lose it. */
  readonly shifted: number;
  /** ln(1/p_B), the paper's condition: from here on shrinking noise has lost it. */
  readonly lost: number;
}

/**
 * The values of k that decide. The first is the divergence of a fair coin from one with probability p_B; the last follows
 * from Markov's inequality for noise whose ln(dP1/dP0) has a median not below its mean under P1.
 *
 * @throws RangeError unless p_A is a probability above 1/2
 */
export function divergenceThresholds(pA: number): DivergenceThresholds {
  const z = requireMajority({ pA });
  return { kept: coinDivergence(0.5, 1 - pA), shifted: (z * z) / 2, lost: -Math.log(1 - pA) };
}

/** ξ of Gaussians of one σ at different places (constant σ), in any dimension: Φ(√(2k) − z). */
export function xiOfShift(divergence: number, pA: number): number {
  return normalCdf(Math.sqrt(2 * divergence) - normalQuantile(pA));
}

/** ξ of noise that is uniform in a ball or cube which shrinks, in any dimension: min(1, p_B exp(k)). */
export function xiOfShrinkingUniform(divergence: number, pA: number): number {
  return Math.min(1, (1 - pA) * Math.exp(divergence));
}

/** k of N(0, s1² I) from N(0, s0² I): (N/2) (u − 1 − ln u), u = s1²/s0². Its ξ is `worstCaseProbability` at distance 0. */
export function scaleDivergence(dimension: number, logRatio: number): number {
  return (dimension / 2) * (Math.expm1(2 * logRatio) - 2 * logRatio);
}

/**
 * The smallest k at which any noise can reach ξ: that of a coin with probability ξ from one with p_B,
 * k = ξ ln(ξ/p_B) + (1 − ξ) ln((1 − ξ)/p_A).
 */
export function coinDivergence(xi: number, pB: number): number {
  const term = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log(p / q));
  return term(xi, pB) + term(1 - xi, 1 - pB);
}
