import { normalQuantile } from "../probability/normal";

/** The number of segments per octave in {@link quantilePieces}. */
export const SEGMENTS_PER_OCTAVE = 64;

/**
 * Cubic pieces of the normal quantile −Φ⁻¹((v + ½)/2³²) for a 31-bit integer v. Each octave [2^b, 2^(b+1)), b =
 * 16 … 30, is cut into 64 segments. Each segment has the four coefficients of a polynomial in the offset of v
 * within the segment. Evaluation uses only additions and multiplications, so the result is the same on every
 * machine. The error is below 1e-8, which is less than the rounding error of the single-precision inputs to
 * which the noise is added.
 */
export function quantilePieces(): Float64Array {
  const pieces = new Float64Array(15 * SEGMENTS_PER_OCTAVE * 4);
  // Chebyshev points of [0, 1]: the error of the cubic through them is within a few percent of the best
  // cubic's.
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

/** The coefficients (constant first) of the cubic through four points, by Newton's divided differences. */
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
