import { philox4x32, seedWords } from "../probability/philox";

/** The name of the noise generator in a record. */
export const GENERATOR_NAME = "philox4x32-10, rounded Gaussian";

/**
 * The streams of samples. A stream identifies what samples are used for, and samples of different streams never
 * share a counter.
 */
export const SamplingStream: {
  readonly certification: number;
  readonly shared: number;
  readonly search: number;
  readonly selection: number;
  readonly sharedSelection: number;
} = { certification: 1, shared: 2, search: 3, selection: 4, sharedSelection: 5 };

/** The numbers that identify samples. The noise depends only on these numbers. */
export interface SampleRange {
  /** The seed: an integer from 0 to 2^53 − 1. */
  readonly seed: number;
  /**
   * The index of the input in its data set, so that each input has its own noise: an integer from 0 to 2^32 −
   * 1.
   */
  readonly input: number;
  /** The index of the first sample: an integer from 0. The index of the last sample may be at most 2^40 − 1. */
  readonly first: number;
  /** The number of samples. */
  readonly count: number;
  /**
   * An integer from 1 to 2^16 − 1 that identifies what the samples are used for; see {@link SamplingStream}.
   * Default: certification.
   */
  readonly stream?: number;
}

/** The key for Philox, and the counter without its first word. */
export interface Counter {
  readonly sample: number;
  readonly input: number;
  /**
   * The word that holds the stream (16 bits), the level of refinement (8 bits) and the sample index beyond 32
   * bits (8 bits).
   */
  readonly word3: number;
  readonly key0: number;
  readonly key1: number;
}

/** Returns the counter of a sample at level 0. */
export function counterOf(
  { seed, input, stream = SamplingStream.certification }: SampleRange,
  sample: number,
): Counter {
  const [key0, key1] = seedWords(seed);
  return {
    sample: sample | 0,
    input,
    word3: (stream << 16) | Math.floor(sample / 2 ** 32),
    key0,
    key1,
  };
}

/**
 * The uniform number of a coordinate i. A uniform number has 128 bits: a digit of 16 bits, which usually
 * determines the level, and 112 more bits. The digit is digit i mod 8 of the block with first counter word
 * ⌊i/8⌋ at level 0. The other bits come from the block with first counter word i at level 1.
 */
export interface UniformNumber {
  readonly digit: number;
  /** The four words that hold the other 112 bits. The lower half of the last word is not used. */
  readonly words: Uint32Array;
}

const block = new Uint32Array(4);
const number = { digit: 0, words: new Uint32Array(4) };

/** Returns the uniform number of a coordinate. The next call reuses the returned object. */
export function uniformNumber(
  coordinate: number,
  { sample, input, word3, key0, key1 }: Counter,
): UniformNumber {
  philox4x32(block, coordinate >>> 3, sample, input, word3, key0, key1);
  const word = block[(coordinate & 7) >> 1];
  number.digit = coordinate & 1 ? word >>> 16 : word & 0xffff;
  philox4x32(number.words, coordinate, sample, input, word3 | 0x100, key0, key1);
  return number;
}
