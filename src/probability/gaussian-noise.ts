import { normalQuantile } from "./normal";
import { philox4x32 } from "./philox";

/** Name of the noise of this package in a record: generator, and how its words become normal variables. */
export const NOISE_NAME = "philox4x32-10, inverse normal";

/**
 * What a noise sample is for. Samples of different streams never share a counter.
 */
export const NoiseStream = { certification: 0, training: 2, evaluation: 4, search: 6 } as const;

/** The stream that refines the tail of another one is the next number. */
const TAIL = 1;

/** Below this value a word says that the variable is in the tail (probability 2^−15), and a second word refines it. */
const TAIL_BELOW = 1 << 16;

const SEGMENTS_PER_OCTAVE = 64;

/**
 * Cubic pieces of the normal quantile: for each octave [2^b, 2^(b+1)) of a 31-bit integer v, b = 16 … 30, cut into
 * 64 segments, four coefficients of −Φ⁻¹((v + ½)/2³²) as a polynomial in the offset of v in its segment.
 * Built of additions and multiplications only, the result is the same on every machine; its error is below 1e-8,
 * under the rounding of the single-precision inputs that it is added to.
 */
const PIECES = quantilePieces();

/**
 * Fills an array with independent standard normal variables that depend on nothing but
 * (seed, stream, input index, sample index): the noise e/σ of one sample of one input.
 *
 * The words of {@link philox4x32} become normal variables by the inverse of Φ, with 31 bits and a sign in the middle
 * and 63 bits and a sign in the tails beyond 4.2 (so that they are right as far as 9).
 *
 * @param out - receives the variables; its length is the input dimension
 * @param seed - integer from 0 to 2^53 − 1
 * @param input - integer from 0 to 2^32 − 1, which input of the data set
 * @param sample - integer from 0 to 2^32 − 1, which noisy copy of that input
 */
export function fillStandardNormal(
  out: Float32Array,
  seed: number,
  input: number,
  sample: number,
  stream: number = NoiseStream.certification,
): void {
  const key0 = seed | 0;
  const key1 = Math.floor(seed / 2 ** 32) | 0;
  const words = new Uint32Array(4);
  for (let start = 0; start < out.length; start += 4) {
    philox4x32(words, start >>> 2, sample, input, stream, key0, key1);
    const end = Math.min(4, out.length - start);
    for (let lane = 0; lane < end; lane++) {
      const word = words[lane];
      const v = word >>> 1;
      let x: number;
      if (v >= TAIL_BELOW) {
        const bits = 31 - Math.clz32(v);
        const shift = bits - 6;
        const piece = ((bits - 16) * SEGMENTS_PER_OCTAVE + ((v >>> shift) & (SEGMENTS_PER_OCTAVE - 1))) * 4;
        const offset = v & ((1 << shift) - 1);
        x =
          PIECES[piece] +
          offset * (PIECES[piece + 1] + offset * (PIECES[piece + 2] + offset * PIECES[piece + 3]));
      } else {
        const refinement = new Uint32Array(4);
        philox4x32(refinement, start >>> 2, sample, input, stream + TAIL, key0, key1);
        x = -normalQuantile((v + (refinement[lane] + 0.5) / 2 ** 32) / 2 ** 32);
      }
      out[start + lane] = word & 1 ? -x : x;
    }
  }
}

function quantilePieces(): Float64Array {
  const pieces = new Float64Array(15 * SEGMENTS_PER_OCTAVE * 4);
  // Chebyshev points of [0, 1]: the cubic through them is within a few per cent of the best one.
  const nodes = [0, 1, 2, 3].map((k) => (1 - Math.cos(((2 * k + 1) * Math.PI) / 8)) / 2);
  for (let bits = 16, at = 0; bits <= 30; bits++) {
    const width = 2 ** (bits - 6);
    for (let segment = 0; segment < SEGMENTS_PER_OCTAVE; segment++, at += 4) {
      const first = 2 ** bits + segment * width;
      const values = nodes.map((t) => -normalQuantile((first + t * width + 0.5) / 2 ** 32));
      const coefficients = cubicThrough(nodes, values);
      for (let power = 0; power < 4; power++) pieces[at + power] = coefficients[power] / width ** power;
    }
  }
  return pieces;
}

/** Coefficients (constant first) of the cubic through four points, by Newton's divided differences. */
function cubicThrough(x: number[], y: number[]): number[] {
  const differences = [...y];
  for (let order = 1; order < 4; order++) {
    for (let i = 3; i >= order; i--) {
      differences[i] = (differences[i] - differences[i - 1]) / (x[i] - x[i - order]);
    }
  }
  let coefficients = [differences[3], 0, 0, 0];
  for (let i = 2; i >= 0; i--) {
    // multiply by (t − x_i), then add the next difference
    coefficients = coefficients.map((c, power) => (power > 0 ? coefficients[power - 1] : 0) - x[i] * c);
    coefficients[0] += differences[i];
  }
  return coefficients;
}
