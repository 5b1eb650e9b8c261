/*
 * Gaussian noise in AssemblyScript. `npm run build` compiles this file to WebAssembly with SIMD.
 * src/noise/gaussian-noise.ts calls it and explains what is computed and why. Every rounding is the same as
 * in plain JavaScript: no operation is fused or reordered.
 */

import { randomBlocks } from "./philox";

/** The number of values in each of the arrays below; a multiple of 4. */
export const CAPACITY: i32 = 4096;

/** The space that whole vectors may write past the end of a row: less than eight counters of four words. */
const OVERRUN: i32 = 32;

/** One row of random words. */
const WORDS: usize = memory.data((CAPACITY + OVERRUN) * 4, 16);

/** 0, 1, 2, …: the counters of a row, minus the first counter. */
const ASCENDING: usize = memory.data((CAPACITY / 4 + 8) * 4, 16);
for (let i = 0; i < CAPACITY / 4 + 8; i++) store<i32>(ASCENDING + i * 4, i);

/** Rows of standard normal variables. */
export const NORMALS: usize = memory.data((CAPACITY + OVERRUN) * 4, 16);

/** Cubic pieces of four doubles, 64 per octave. The exponent of a double, modulo 32, gives the octave. */
const PIECES: usize = memory.data(32 * 64 * 32, 16);

/** The pieces of the first octave, v = 2^16 … 2^17 − 1. */
export const FIRST_PIECES: usize = PIECES + ((1023 + 16) % 32) * 64 * 32;

/** The absolute value of the normal variable for a word in the tail: word `lane` of a counter. */
declare function tail(
  word: u32,
  lane: i32,
  counter: u32,
  sample: u32,
  input: u32,
  stream: u32,
  key0: u32,
  key1: u32,
): f64;

/**
 * Writes the standard normal variables of samples `sample` … `sample + rows − 1` to NORMALS, row by row. Each
 * row has `width` variables, starting from the first word of `counter`.
 */
export function standardNormals(
  rows: i32,
  width: i32,
  counter: u32,
  sample: u32,
  input: u32,
  stream: u32,
  key0: u32,
  key1: u32,
): void {
  for (let row = 0; row < rows; row++, sample++) {
    randomBlocks(WORDS, ASCENDING, (width + 3) >> 2, counter, sample, input, stream, key0, key1);
    const to = NORMALS + row * width * 4;
    // Values written past the end of a row are overwritten by the next row.
    for (let i = 0; i < width; i += 4) {
      const words = v128.load(WORDS + i * 4);
      v128.store(to + i * 4, normalVariables(words));
      if (v128.any_true(i32x4.lt_u(words, i32x4.splat(1 << 17)))) {
        for (let lane = 0; lane < 4; lane++) {
          const word = load<u32>(WORDS + (i + lane) * 4);
          if (word >= 1 << 17) continue;
          const variable = tail(word, lane, counter + (i >> 2), sample, input, stream, key0, key1);
          store<f32>(to + (i + lane) * 4, <f32>(word & 1 ? -variable : variable));
        }
      }
    }
  }
}

/**
 * Turns four words into normal variables with the cubic pieces, rounded to single precision. In the tails the
 * result is meaningless.
 */
function normalVariables(words: v128): v128 {
  const v = i32x4.shr_u(words, 1);
  const left = cubics(f64x2.convert_low_i32x4_s(v));
  const right = cubics(f64x2.convert_low_i32x4_s(i64x2.shuffle(v, v, 1, 1)));
  return v128.xor(i64x2.shuffle(left, right, 0, 2), i32x4.shl(words, 31));
}

/** The cubic pieces at two values of v, in lanes 0 and 1 of single precision. */
function cubics(v: v128): v128 {
  // As a double, v has its octave b in the exponent, 1023 + b, and its segment in the six bits that follow.
  const offset = f64x2.sub(v, v128.and(v, i64x2.splat(0x7fffc00000000000)));
  const piece = v128.and(i64x2.shr_u(v, 41), i64x2.splat(0xffe0));
  const first = <usize>i32x4.extract_lane(piece, 0);
  const second = <usize>i32x4.extract_lane(piece, 2);
  const first01 = v128.load(first, PIECES);
  const first23 = v128.load(first, PIECES + 16);
  const second01 = v128.load(second, PIECES);
  const second23 = v128.load(second, PIECES + 16);
  const c0 = i64x2.shuffle(first01, second01, 0, 2);
  const c1 = i64x2.shuffle(first01, second01, 1, 3);
  const c2 = i64x2.shuffle(first23, second23, 0, 2);
  const c3 = i64x2.shuffle(first23, second23, 1, 3);
  const slope = f64x2.add(c1, f64x2.mul(offset, f64x2.add(c2, f64x2.mul(offset, c3))));
  return f32x4.demote_f64x2_zero(f64x2.add(c0, f64x2.mul(offset, slope)));
}
