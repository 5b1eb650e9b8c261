/*
 * Noisy copies in whole levels, in AssemblyScript. `npm run build` compiles this file to WebAssembly with
 * SIMD. src/noise/noisy-copies.ts calls it and explains what is computed and why.
 */
import { randomBlocks } from "./philox";

/** The number of coordinates processed at a time; a multiple of 64. */
export const CAPACITY: i32 = 4096;

/** Random digits of 16 bits, eight per counter. Whole vectors write up to 63 digits past the last one. */
const DIGITS: usize = memory.data((CAPACITY + 64) * 2, 16);

/** The levels k of an input, 16-bit integers. */
export const CENTERS: usize = memory.data((CAPACITY + 8) * 2, 16);

/**
 * For each digit: 2n if it decides the noise n, otherwise 2j + 1 with the first level j whose threshold lies
 * in the digit's cell.
 */
export const TABLE: usize = memory.data(65536 * 2, 16);

/** The maximum number of thresholds in a table. */
export const MOST_TABLED: i32 = 32768;

/** Enclosures of the thresholds 2^48 P(n ≤ j), j = −thresholds / 2 …, in double precision. */
export const LOWER: usize = memory.data(MOST_TABLED * 8, 16);
export const UPPER: usize = memory.data(MOST_TABLED * 8, 16);

/** Coordinates whose digit does not decide the noise. */
const UNDECIDED: usize = memory.data((CAPACITY + 8) * 4, 16);

/** The 128 bits that follow the digits of these coordinates. */
const WORDS: usize = memory.data((CAPACITY + 8) * 16, 16);

/** 0, 1, 2, …: the counters of the digits, minus the first counter. */
const ASCENDING: usize = memory.data((CAPACITY / 8 + 8) * 4, 16);
for (let i = 0; i < CAPACITY / 8 + 8; i++) store<i32>(ASCENDING + i * 4, i);

/** Counter word 3 has the level of refinement in its bits 8 to 15. */
const LEVEL_ONE: u32 = 0x100;

/** The end of a row, if it is shorter than a vector. */
const REST: usize = memory.data(32, 16);

/** The first address at which copies may begin. */
export const COPIES: usize = (__heap_base + 15) & ~15;

/** The noise of a coordinate in levels, from all of its bits. */
declare function exactNoise(coordinate: i32, row: i32): i32;

/**
 * Writes `rows` copies of a part of an input: coordinates `start` … `start + width − 1`, where `start` is a
 * multiple of 8. Each level is written as the 32-bit float nearest to level / L.
 *
 * @param to - the address at which the part begins in the first copy
 * @param stride - the number of bytes from one copy to the next
 * @param thresholds - the number of thresholds in the table
 * @param sample - the sample index of the first copy, modulo 2^32
 * @param stream - counter word 3 at level 0
 */
export function fillCopies(
  to: usize,
  stride: usize,
  rows: i32,
  start: i32,
  width: i32,
  levels: f32,
  thresholds: i32,
  sample: u32,
  input: u32,
  stream: u32,
  key0: u32,
  key1: u32,
): void {
  const scale = f32x4.splat(levels);
  for (let row = 0; row < rows; row++, sample++, to += stride) {
    randomBlocks(DIGITS, ASCENDING, (width + 7) >> 3, start >> 3, sample, input, stream, key0, key1);
    let undecided = 0;
    for (let i = 0; i < width; i += 8) {
      const digits = DIGITS + i * 2;
      let entries = i16x8.splat(0);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits)) << 1), entries, 0);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits, 2)) << 1), entries, 1);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits, 4)) << 1), entries, 2);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits, 6)) << 1), entries, 3);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits, 8)) << 1), entries, 4);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits, 10)) << 1), entries, 5);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits, 12)) << 1), entries, 6);
      entries = v128.load_lane<i16>(TABLE + ((<usize>load<u16>(digits, 14)) << 1), entries, 7);

      const noisy = i16x8.add(v128.load(CENTERS + i * 2), i16x8.shr_s(entries, 1));
      const left = f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(noisy)), scale);
      const right = f32x4.div(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(noisy)), scale);
      const isWhole = i + 8 <= width;
      const at = isWhole ? to + i * 4 : REST;
      v128.store(at, left);
      v128.store(at, right, 16);
      if (!isWhole) memory.copy(to + i * 4, REST, (width - i) * 4);

      for (let open = i16x8.bitmask(i16x8.shl(entries, 15)); open !== 0; open &= open - 1) {
        store<i32>(UNDECIDED + undecided * 4, i + ctz(open));
        undecided++;
      }
    }
    randomBlocks(WORDS, UNDECIDED, undecided, start, sample, input, stream | LEVEL_ONE, key0, key1);
    for (let n = 0; n < undecided; n++) {
      const i = load<i32>(UNDECIDED + n * 4);
      if (i >= width) continue;
      const digit = load<u16>(DIGITS + i * 2);
      const noise = refinedNoise(digit, load<u32>(WORDS + n * 16), thresholds, start + i, row);
      store<f32>(to + i * 4, <f32>(<i32>load<i16>(CENTERS + i * 2) + noise) / levels);
    }
  }
}

/**
 * The noise of a coordinate whose digit does not decide it: from the next 32 bits, or from all bits if the 32
 * bits do not decide it either.
 */
function refinedNoise(digit: u32, word: u32, thresholds: i32, coordinate: i32, row: i32): i32 {
  const bits = <f64>digit * 4294967296.0 + <f64>word; // the number is in [bits, bits + 1) · 2^−48
  const least = -thresholds / 2;
  const entry = (<i32>load<i16>(TABLE + ((<usize>digit) << 1))) >> 1;
  for (let t = entry - least; t < thresholds; t++) {
    if (bits + 1.0 <= load<f64>(LOWER + t * 8)) return t > 0 ? least + t : exactNoise(coordinate, row);
    if (bits < load<f64>(UPPER + t * 8)) break;
  }
  return exactNoise(coordinate, row);
}
