import { philox4x32 } from "../../src/probability/philox";
import { probabilityBelow } from "../../src/noise/rounded-gaussian";
import type { SampleRange } from "../../src/noise/uniform-number";

/** The 128-bit number of a coordinate, as docs/exact-sampling.md lays it out. */
function number128(
  { seed, input, stream = 1 }: Omit<SampleRange, "first" | "count">,
  sample: number,
  i: number,
): bigint {
  const key = [seed | 0, Math.floor(seed / 2 ** 32)] as const;
  const word3 = (level: number): number => (stream << 16) | (level << 8) | Math.floor(sample / 2 ** 32);
  const words = new Uint32Array(4);
  philox4x32(words, Math.floor(i / 8), sample | 0, input, word3(0), ...key);
  const digit = new Uint16Array(words.buffer)[i % 8];
  philox4x32(words, i, sample | 0, input, word3(1), ...key);
  return words.reduce((bits, word) => (bits << 32n) | BigInt(word), BigInt(digit)) >> 16n;
}

/**
 * Noisy copies by definition, in integers alone: each level is the smallest j whose threshold is above the number of the
 * coordinate.
 */
export function exactCopies(
  x: Float32Array,
  sigma: number,
  levels: number,
  samples: SampleRange,
): Float32Array {
  const copies = new Float32Array(samples.count * x.length);
  const thresholds = new Map<string, bigint>();
  const below = (j: number, center: number): bigint => {
    const key = `${j} ${center}`;
    const known = thresholds.get(key) ?? probabilityBelow(j, center, sigma, levels);
    thresholds.set(key, known);
    return known;
  };
  for (let row = 0; row < samples.count; row++) {
    for (let i = 0; i < x.length; i++) {
      const u = number128(samples, samples.first + row, i);
      const nearest = Math.round(x[i] * levels);
      const center = Math.fround(nearest / levels) === x[i] ? nearest : x[i] * levels;
      let [low, high] = [Math.floor(center - 14 * levels * sigma), Math.ceil(center + 14 * levels * sigma)];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (u < below(middle, center)) high = middle;
        else low = middle + 1;
      }
      copies[row * x.length + i] = low / levels;
    }
  }
  return copies;
}
