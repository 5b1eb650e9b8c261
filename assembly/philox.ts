/* Philox4x32-10 on 128-bit vectors; src/probability/philox.ts explains it. */

/**
 * Writes the four words of each counter, which are eight 16-bit digits in memory.
 *
 * @param to - the address for the blocks of `count` counters, rounded up to a multiple of eight
 * @param counters - the address of word 0 of each counter, minus `first`; one counter is read per block
 *   written
 */
export function randomBlocks(
  to: usize,
  counters: usize,
  count: i32,
  first: u32,
  sample: u32,
  input: u32,
  stream: u32,
  key0: u32,
  key1: u32,
): void {
  const multiplier0 = i32x4.splat(0xd2511f53);
  const multiplier1 = i32x4.splat(0xcd9e8d57);
  const offset = i32x4.splat(first);
  for (let i = 0; i < count; i += 8) {
    // Two groups of four counters, a and b, so that the CPU can begin a multiplication before the previous
    // one is finished.
    let a0 = i32x4.add(v128.load(counters + i * 4), offset);
    let b0 = i32x4.add(v128.load(counters + i * 4, 16), offset);
    let a1 = i32x4.splat(sample);
    let b1 = a1;
    let a2 = i32x4.splat(input);
    let b2 = a2;
    let a3 = i32x4.splat(stream);
    let b3 = a3;
    let k0 = i32x4.splat(key0);
    let k1 = i32x4.splat(key1);
    for (let round = 0; round < 10; round++) {
      const aLeft0 = i64x2.extmul_low_i32x4_u(a0, multiplier0);
      const aRight0 = i64x2.extmul_high_i32x4_u(a0, multiplier0);
      const aLeft1 = i64x2.extmul_low_i32x4_u(a2, multiplier1);
      const aRight1 = i64x2.extmul_high_i32x4_u(a2, multiplier1);
      const bLeft0 = i64x2.extmul_low_i32x4_u(b0, multiplier0);
      const bRight0 = i64x2.extmul_high_i32x4_u(b0, multiplier0);
      const bLeft1 = i64x2.extmul_low_i32x4_u(b2, multiplier1);
      const bRight1 = i64x2.extmul_high_i32x4_u(b2, multiplier1);
      a0 = v128.xor(v128.xor(upperWords(aLeft1, aRight1), a1), k0);
      a1 = lowerWords(aLeft1, aRight1);
      a2 = v128.xor(v128.xor(upperWords(aLeft0, aRight0), a3), k1);
      a3 = lowerWords(aLeft0, aRight0);
      b0 = v128.xor(v128.xor(upperWords(bLeft1, bRight1), b1), k0);
      b1 = lowerWords(bLeft1, bRight1);
      b2 = v128.xor(v128.xor(upperWords(bLeft0, bRight0), b3), k1);
      b3 = lowerWords(bLeft0, bRight0);
      k0 = i32x4.add(k0, i32x4.splat(0x9e3779b9));
      k1 = i32x4.add(k1, i32x4.splat(0xbb67ae85));
    }
    storeTransposed(to + i * 16, a0, a1, a2, a3);
    storeTransposed(to + i * 16 + 64, b0, b1, b2, b3);
  }
}

function upperWords(left: v128, right: v128): v128 {
  return i32x4.shuffle(left, right, 1, 3, 5, 7);
}

function lowerWords(left: v128, right: v128): v128 {
  return i32x4.shuffle(left, right, 0, 2, 4, 6);
}

/** Stores words 0, 1, 2 and 3 of four counters, counter by counter. */
function storeTransposed(to: usize, words0: v128, words1: v128, words2: v128, words3: v128): void {
  const left01 = i32x4.shuffle(words0, words1, 0, 4, 1, 5);
  const left23 = i32x4.shuffle(words2, words3, 0, 4, 1, 5);
  const right01 = i32x4.shuffle(words0, words1, 2, 6, 3, 7);
  const right23 = i32x4.shuffle(words2, words3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(left01, left23, 0, 2));
  v128.store(to + 16, i64x2.shuffle(left01, left23, 1, 3));
  v128.store(to + 32, i64x2.shuffle(right01, right23, 0, 2));
  v128.store(to + 48, i64x2.shuffle(right01, right23, 1, 3));
}
