import { normalQuantile } from "../../src/probability/normal";
import { philox4x32 } from "../../src/probability/philox";
import { quantilePieces, SEGMENTS_PER_OCTAVE } from "../../src/noise/quantile-pieces";

const PIECES = quantilePieces();

/**
 * One sample of the Gaussian noise in plain JavaScript, one variable after the other: what the WebAssembly of the
 * package has to give bit for bit.
 */
export function referenceNormals(
  out: Float32Array,
  seed: number,
  input: number,
  sample: number,
  stream: number,
): void {
  const [key0, key1] = [seed | 0, Math.floor(seed / 2 ** 32) | 0];
  const words = new Uint32Array(4);
  const refinement = new Uint32Array(4);
  for (let i = 0; i < out.length; i++) {
    const lane = i & 3;
    if (lane === 0) philox4x32(words, i >>> 2, sample, input, stream, key0, key1);
    const word = words[lane];
    const v = word >>> 1;
    let x: number;
    if (v >= 2 ** 16) {
      const octave = 31 - Math.clz32(v);
      const shift = octave - 6;
      const segment = (v >>> shift) & (SEGMENTS_PER_OCTAVE - 1);
      const at = ((octave - 16) * SEGMENTS_PER_OCTAVE + segment) * 4;
      const offset = v & ((1 << shift) - 1);
      x = PIECES[at] + offset * (PIECES[at + 1] + offset * (PIECES[at + 2] + offset * PIECES[at + 3]));
    } else {
      philox4x32(refinement, i >>> 2, sample, input, stream + 1, key0, key1);
      x = -normalQuantile((v + (refinement[lane] + 0.5) / 2 ** 32) / 2 ** 32);
    }
    out[i] = word & 1 ? -x : x;
  }
}
