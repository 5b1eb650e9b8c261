import { requireInteger, requirePositive } from "../numerics/arguments";
import { requireOptions } from "../numerics/options";
import { IMAGE_LEVELS, requireLevels } from "../numerics/levels";
import { MOST_THRESHOLDS } from "./disagreement";

/** The exponent of the unit: probabilities are integers in units of 2^−128. */
const UNIT_BITS = 128n;
const ONE = 1n << UNIT_BITS;

/** The number of fractional bits in the arithmetic below. */
const BITS = 288n;

/** The largest quantile that matters: Φ(−z) is below one unit for z > 13.4. */
const LARGEST_QUANTILE = 13.4;

/** The parameters of {@link roundedGaussian}. */
export interface RoundedGaussianOptions {
  /** σ > 0, in the units of the input. The value of the double is taken as exact. */
  readonly sigma: number;
  /** L ≥ 1, the number of levels per unit. Default: 255. */
  readonly levels?: number;
}

/** A Gaussian variable rounded to whole levels; see {@link roundedGaussian}. */
export interface RoundedGaussian {
  /** Returns P(n ≤ j) for an integer j, in units of 2^−128, with an error of at most one unit. */
  cdf(j: number): bigint;
  /** Returns P(n > j) for an integer j, in units of 2^−128, with an error of at most one unit. */
  sf(j: number): bigint;
}

/**
 * Returns the distribution of the noise of one coordinate in whole levels: n = ⌊Lσe + ½⌋ with e ~ N(0, 1), so
 * that
 *
 *   P(n ≤ j) = Φ((j + ½) / (Lσ)).
 *
 * For a pixel x = k/L, the base classifier receives the level k + n. This level is Q(x + σe), although x + σe
 * is never rounded to a float (docs/exact-sampling.md). The probabilities are computed in integer arithmetic,
 * from positive terms only.
 *
 * @throws RangeError naming σ or L if it is out of range: L must be an integer from 1 to 2^23 − 1, and Lσ
 *   must be between 0.0382 (smaller noise would never leave a cell) and 640,000; RangeError naming an unknown
 *   option
 * @example
 * const noise = roundedGaussian({ sigma: 0.5 });
 * Number(noise.cdf(127)) / 2 ** 128; // 0.8413…
 */
export function roundedGaussian(options: RoundedGaussianOptions): RoundedGaussian {
  requireOptions("roundedGaussian", options, { sigma: true, levels: true });
  const { sigma, levels = IMAGE_LEVELS } = options;
  requireSpread(sigma, levels);
  const cdf = (j: number): bigint => {
    requireInteger("j", j, Number.MIN_SAFE_INTEGER);
    return probabilityBelow(j, 0, sigma, levels);
  };
  return { cdf, sf: (j) => ONE - cdf(j) };
}

/**
 * Checks that noise with a given σ can be sampled with a given number of levels per unit.
 *
 * @throws RangeError naming σ or L
 */
export function requireSpread(sigma: number, levels: number): void {
  requireLevels(levels);
  requirePositive("sigma", sigma);
  const spread = levels * sigma;
  if (spread < 0.5 / (LARGEST_QUANTILE - 0.3)) {
    throw new RangeError(
      `sigma must be at least ${0.5 / (LARGEST_QUANTILE - 0.3) / levels} with ${levels} levels, so that noise can leave a cell, got ${sigma}`,
    );
  }
  if (2 * LARGEST_QUANTILE * spread > MOST_THRESHOLDS) {
    throw new RangeError(
      `sigma must be at most ${MOST_THRESHOLDS / (2 * LARGEST_QUANTILE) / levels} with ${levels} levels, got ${sigma}`,
    );
  }
}

/**
 * Computes P(⌊c + Lσe + ½⌋ ≤ j) = Φ((j + ½ − c) / (Lσ)) in units of 2^−128, with an error of at most one unit.
 *
 * @param center - c, a double, taken as its exact value
 */
export function probabilityBelow(j: number, center: number, sigma: number, levels: number): bigint {
  const approximate = (j + 0.5 - center) / (levels * sigma);
  if (Math.abs(approximate) > LARGEST_QUANTILE) return approximate > 0 ? ONE : 0n;
  const [c, s] = [binary(center), binary(sigma)];
  // Numerator and denominator are doubled, so that j + ½ becomes an integer. The numerator and the denominator
  // are multiples of the same power of two.
  const exponent = Math.min(c.exponent, s.exponent, 0);
  const scaled = (value: bigint, power: number): bigint => value << BigInt(power - exponent);
  const numerator = scaled(BigInt(2 * j + 1), 0) - 2n * scaled(c.integer, c.exponent);
  const denominator = 2n * BigInt(levels) * scaled(s.integer, s.exponent);
  return numerator < 0n ? upperTail(-numerator, denominator) : ONE - upperTail(numerator, denominator);
}

/** Writes a double as integer · 2^exponent. */
function binary(value: number): { integer: bigint; exponent: number } {
  if (value === 0) return { integer: 0n, exponent: 0 };
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -1022) - 53;
  // The value is scaled in two steps, because 2^−exponent may overflow.
  const half = Math.trunc(-exponent / 2);
  return { integer: BigInt(value * 2 ** half * 2 ** (-exponent - half)), exponent };
}

/** π to 320 fractional bits, from its hexadecimal expansion. */
const PI = 0x3243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89452821e638d01377n;
const PI_BITS = 320n;

/** √(2π). */
const ROOT_TWO_PI = squareRoot((2n * PI) << (2n * BITS - PI_BITS));

/**
 * Computes Φ(−z) in units of 2^−128, for z = numerator / denominator ≥ 0: the integer nearest to ½ − φ(z) Σ
 * z^(2k+1) / (2k+1)!!.
 *
 * With 288 fractional bits, each step has an error of one unit in the last place. Errors grow no faster than
 * the terms of the two series, which are at most e^(z²/2) < 2^130; the division by the exponential reduces the
 * errors again. Therefore the error before the final rounding is below 2^−150.
 */
function upperTail(numerator: bigint, denominator: bigint): bigint {
  const z = (numerator << BITS) / denominator;
  const square = (z * z) >> BITS;
  let sum = z;
  for (let term = z, k = 3n; term > 0n; k += 2n) sum += term = (term * square) / (k << BITS);
  let exponential = 1n << BITS; // exp(z²/2)
  for (let term = exponential, k = 2n; term > 0n; k += 2n)
    exponential += term = (term * square) / (k << BITS);
  const central = (sum << (2n * BITS)) / (exponential * ROOT_TWO_PI);
  const tail = (1n << (BITS - 1n)) - central;
  return (tail + (1n << (BITS - UNIT_BITS - 1n))) >> (BITS - UNIT_BITS);
}

/** Computes ⌊√value⌋, by Newton's iteration from above. */
function squareRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
