import { normalQuantile } from "../probability/normal";

/** Segments that each octave of {@link quantilePieces} is cut into. */
export const SEGMENTS_PER_OCTAVE = 64;

/**
 * Cubic pieces of the normal quantile: for each octave [2^b, 2^(b+1)) of a 31-bit integer v, b = 16 … 30, cut into
 * 64 segments, four coefficients of −Φ⁻¹((v + ½)/2³²) as a polynomial in the offset of v in its segment.
 * Built of additions and multiplications only, the result is the same on every machine; its error is below 1e-8,
 * under the rounding of the single-precision inputs that it is added to.
 */
export function quantilePieces(): Float64Array {
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
