import { normalQuantile } from "../probability/normal";
import { probabilityBelow } from "./rounded-gaussian";
import type { UniformNumber } from "./uniform-number";

/**
 * Computes the level ⌊c + Lσe + ½⌋, where a uniform number U of 128 bits determines the Gaussian variable e.
 * The level is the smallest j for which U is below Φ((j + ½ − c) / (Lσ)), in units of 2^−128.
 *
 * Double-precision arithmetic gives an interval that contains c + Lσe. Only thresholds within this interval are
 * computed exactly.
 *
 * @param center - c, which is L times the input's value: a double, taken as its exact value
 */
export function exactLevel(number: UniformNumber, center: number, sigma: number, levels: number): number {
  const spread = levels * sigma;
  const isUpper = number.digit >= 0x8000;
  const tail = normalQuantile(lowerHalf(number, isUpper)); // at most 0
  const position = center + 0.5 + spread * (isUpper ? -tail : tail);
  const error = 1e-12 * spread * (1 - tail) + 1e-15 * (Math.abs(center) + 1);
  const level = Math.floor(position - error);
  if (level === Math.floor(position + error)) return level;

  const bits = integerOf(number);
  let exact = level;
  while (bits >= probabilityBelow(exact, center, sigma, levels)) exact++;
  while (bits < probabilityBelow(exact - 1, center, sigma, levels)) exact--;
  return exact;
}

/** Computes the smaller of (U + ½) 2^−128 and 1 − (U + ½) 2^−128, with full relative precision. */
function lowerHalf({ digit, words }: UniformNumber, isUpper: boolean): number {
  const flip = isUpper ? 0xffffffff : 0;
  const first = isUpper ? 0xffff - digit : digit;
  const [w0, w1, w2] = [(words[0] ^ flip) >>> 0, (words[1] ^ flip) >>> 0, (words[2] ^ flip) >>> 0];
  const last = ((words[3] ^ flip) >>> 16) + 0.5;
  return (((last / 2 ** 16 + w2) / 2 ** 32 + w1) / 2 ** 32 + w0) / 2 ** 48 + first / 2 ** 16;
}

function integerOf({ digit, words }: UniformNumber): bigint {
  let bits = BigInt(digit);
  for (let i = 0; i < 3; i++) bits = (bits << 32n) | BigInt(words[i]);
  return (bits << 16n) | BigInt(words[3] >>> 16);
}
