import { jStat } from "jstat";
import { requireNumber, requireProbability } from "../numerics/arguments";

/*
 * The upper tail of the normal distribution is a contour integral through the saddle point z:
 *
 *   Φ(−z) = (1/2πi) ∫ exp(θ²/2 − θz) dθ/θ = exp(−z²/2) (z/π) ∫₀^∞ exp(−y²/2) / (z² + y²) dy,
 *
 * The midpoint rule with step h gives the integral to full precision, provided that the pole at distance z from
 * the contour is accounted for by adding 1 / (1 + exp(2πz/h)). The probability of a ball (ball-probability.ts)
 * is computed in the same way.
 */
const STEP = 0.6;
const NODES = 15;
const SQUARES = Float64Array.from({ length: NODES }, (_, k) => ((k + 0.5) * STEP) ** 2);
const WEIGHTS = SQUARES.map((square) => (STEP / Math.PI) * Math.exp(-square / 2));

/**
 * Computes exp(−z²/2) to full relative precision, because the square of a rounded z is exact and the remainder
 * is small.
 */
function gaussian(z: number): number {
  const coarse = Math.round(z * 64) / 64;
  return Math.exp((-coarse * coarse) / 2) * Math.exp((-(z - coarse) * (z + coarse)) / 2);
}

/** Computes the contour integral without its factor exp(−z²/2). */
function contourSum(z: number): number {
  const square = z * z;
  let sum = 0;
  for (let k = NODES - 1; k >= 0; k--) sum += WEIGHTS[k] / (square + SQUARES[k]);
  return z * sum;
}

/** Computes Φ(−z) exp(z²/2) for z ≥ 0. */
function scaledUpperTail(z: number): number {
  // Beyond z = 7 the pole is too far away to matter (and beyond 2π/h the formula no longer holds).
  const pole = z < 7 ? Math.exp((z * z) / 2) / (1 + Math.exp((2 * Math.PI * z) / STEP)) : 0;
  return contourSum(z) + pole;
}

/** Computes Φ(z) − 1/2 for small |z|, to full relative precision. */
function centralCdf(z: number): number {
  return Math.tanh((Math.PI * z) / STEP) / 2 - gaussian(z) * contourSum(z);
}

/** Computes the density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return gaussian(z) / Math.sqrt(2 * Math.PI);
}

/**
 * Computes Φ(z), the cumulative distribution function of the standard normal distribution.
 *
 * Even in the lower tail, the relative error is below 1e-14, as long as the result is a normal double (z >
 * −37.5).
 *
 * @param z - any number, infinities included
 * @throws RangeError if z is not a number
 * @example
 * normalCdf(1.96); // 0.975…
 * normalCdf(-30); // 4.90…e-198
 */
export function normalCdf(z: number): number {
  requireNumber("z", z);
  if (Math.abs(z) < 0.7) return 0.5 + centralCdf(z);
  const tail = Math.abs(z) < 40 ? gaussian(z) * scaledUpperTail(Math.abs(z)) : 0;
  return z < 0 ? tail : 1 - tail;
}

/** Computes Φ⁻¹(1/2 + q) for |q| < 0.3, to full relative precision, however small q is. */
export function normalQuantileFromCenter(q: number): number {
  let z = q * Math.sqrt(2 * Math.PI) * (1 + (Math.PI / 3) * q * q);
  for (;;) {
    const step = (q - centralCdf(z)) / normalDensity(z);
    z += step;
    if (Math.abs(step) <= 1e-9 * Math.abs(z)) return z;
  }
}

/**
 * Computes Φ⁻¹(p), the quantile of the standard normal distribution.
 *
 * The relative error is below 1e-14 for every p > 0, even near p = 1/2. Newton's iteration on ln Φ starts from
 * the value that jstat computes, which has only two correct digits for p = 1e-30.
 *
 * @param p - a probability; 0 gives −Infinity and 1 gives Infinity
 * @throws RangeError if p is not in [0, 1]
 * @example
 * normalQuantile(0.975); // 1.959…
 * normalQuantile(1e-100); // -21.27…
 */
export function normalQuantile(p: number): number {
  requireProbability("p", p);
  if (Math.abs(p - 0.5) < 0.25) return normalQuantileFromCenter(p - 0.5);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return -Infinity;
  let z = -jStat.normal.inv(p, 0, 1);
  const target = Math.log(p);
  for (;;) {
    const scaled = scaledUpperTail(z);
    const step = Math.sqrt(2 * Math.PI) * scaled * (Math.log(scaled) - (z * z) / 2 - target);
    z += step;
    if (Math.abs(step) <= 1e-9 * z) return -z;
  }
}
