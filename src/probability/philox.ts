/**
 * Philox4x32-10, a counter-based random number generator (Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011): a bijection of 128-bit counters, selected by a 64-bit key, whose
 * outputs pass for independent uniform words. Different counters under one key give different samples by
 * construction, so any sample can be computed on its own, in any order, on any machine.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/**
 * Writes the four 32-bit words that belong to one counter.
 *
 * @param words - receives the four words, as unsigned 32-bit integers
 */
export function philox4x32(
  words: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let [c0, c1, c2, c3] = [counter0 | 0, counter1 | 0, counter2 | 0, counter3 | 0];
  let [k0, k1] = [key0 | 0, key1 | 0];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(c0, MULTIPLIER_0 & 0xffff, MULTIPLIER_0 >>> 16);
    const low0 = Math.imul(c0, MULTIPLIER_0);
    const high1 = multiplyHigh(c2, MULTIPLIER_1 & 0xffff, MULTIPLIER_1 >>> 16);
    const low1 = Math.imul(c2, MULTIPLIER_1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The two words of a Philox key that hold a 53-bit seed. */
export function seedWords(seed: number): [number, number] {
  return [seed | 0, Math.floor(seed / 2 ** 32) | 0];
}

/** Computes the upper 32 bits of a · (high · 2^16 + low), from products that fit into 32 bits. */
function multiplyHigh(a: number, low: number, high: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const middle = (Math.imul(aHigh, low) + (Math.imul(aLow, low) >>> 16)) >>> 0;
  const cross = (Math.imul(aLow, high) + (middle & 0xffff)) >>> 0;
  return (Math.imul(aHigh, high) + (middle >>> 16) + (cross >>> 16)) | 0;
}
