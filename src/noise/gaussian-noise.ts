import { requireInteger } from "../numerics/arguments";
import { normalQuantile } from "../probability/normal";
import { philox4x32, seedWords } from "../probability/philox";
import { quantilePieces } from "./quantile-pieces";
import { loadProgram } from "./web-assembly";

/**
 * The stream of a noise sample identifies what the sample is used for. Samples of different streams never share
 * a counter. The noise of certificates (`SamplingStream`) has different counters, too, because it stores its
 * stream in the upper half of the word.
 */
export const NoiseStream = { own: 0, training: 2, evaluation: 4, search: 6 } as const;

/** The offset to the stream that refines the tails of a stream, which is the stream with the next number. */
const TAIL = 1;

/** The numbers that identify noise samples. The noise depends only on these numbers. */
export interface NoiseSamples {
  /** The seed: an integer from 0 to 2^53 − 1. */
  readonly seed: number;
  /**
   * The index of the input in its data set, so that each input has its own noise: an integer from 0 to 2^32 −
   * 1.
   */
  readonly input: number;
  /** The index of the first sample. The index of the last sample may be at most 2^32 − 1. */
  readonly first: number;
  /** The number of samples. */
  readonly count: number;
  /** Identifies what the samples are used for; see {@link NoiseStream}. Default: the user's own purposes. */
  readonly stream?: number;
}

/**
 * Fills an array with independent standard normal variables: the noise e of several samples of one input, one
 * sample after another. The noise depends only on seed, stream, input index and sample index.
 *
 * The counter of {@link philox4x32} is (place in the sample, sample, input, stream). The inverse of Φ turns its
 * words into normal variables. A variable is computed from a sign and 31 bits, or, in the tails beyond 4.2,
 * from a sign and 63 bits. Therefore the tails are accurate up to 9.
 *
 * @param out - receives the variables: `count` samples of equal size
 * @throws RangeError if a number is out of range, or if the length of `out` is not a multiple of `count`
 */
export function fillStandardNormals(out: Float32Array, samples: NoiseSamples): void {
  requireSamples(samples);
  if (out.length % samples.count !== 0) {
    throw new RangeError(
      `the length of out must be a multiple of ${samples.count}, the number of samples, got ${out.length}`,
    );
  }
  const { normals } = assembly();
  for (const block of blocks(out.length / samples.count, samples.count)) {
    drawNormals(samples, block);
    out.set(normals.subarray(0, block.size), block.at);
  }
}

/**
 * Fills an array with N = `out.length` independent standard normal variables: the noise e of one sample of one
 * input. The noise depends only on seed, input index, sample index and stream. Training, calibration and
 * searches use this noise; certificates use different noise (`roundedGaussian`).
 *
 * @param seed - an integer from 0 to 2^53 − 1
 * @param input - the index of the input in its data set: an integer from 0 to 2^32 − 1
 * @param sample - the index of the sample: an integer from 0 to 2^32 − 1
 * @param stream - identifies what the noise is used for; default: the user's own purposes
 * @throws RangeError naming the argument that is out of range
 *
 * @example
 * const e = new Float32Array(784);
 * fillStandardNormal(e, 1, 0, 0);
 * e[0]; // 0.1379…
 */
export function fillStandardNormal(
  out: Float32Array,
  seed: number,
  input: number,
  sample: number,
  stream: number = NoiseStream.own,
): void {
  fillStandardNormals(out, { seed, input, first: sample, count: 1, stream });
}

function requireSamples({ seed, input, first, count, stream = NoiseStream.own }: NoiseSamples): void {
  requireInteger("seed", seed, 0);
  requireInteger("input", input, 0, 2 ** 32 - 1);
  requireInteger("count", count, 1, 2 ** 32);
  requireInteger("first", first, 0, 2 ** 32 - count);
  requireInteger("stream", stream, 0, 2 ** 16 - 1 - TAIL);
}

/**
 * The variables computed in one call: some whole samples or, if samples are very large, a part of one sample.
 */
interface Block {
  /** The index of the first sample, and the number of samples. */
  readonly row: number;
  readonly rows: number;
  /** The first dimension, and the number of dimensions. */
  readonly start: number;
  readonly width: number;
  /** The position of the values in the output, and their number. */
  readonly at: number;
  readonly size: number;
}

function* blocks(dimension: number, count: number): Generator<Block> {
  const { capacity } = assembly();
  for (let start = 0; start < dimension; start += capacity) {
    const width = Math.min(capacity, dimension - start);
    const most = width === dimension ? Math.floor(capacity / width) : 1;
    for (let row = 0; row < count; row += most) {
      const rows = Math.min(most, count - row);
      yield { row, rows, start, width, at: row * dimension + start, size: rows * width };
    }
  }
}

/** Draws a block of standard normal variables in the memory of {@link assembly}. */
function drawNormals(
  { seed, input, first, stream = NoiseStream.own }: NoiseSamples,
  { row, rows, start, width }: Block,
): void {
  const [key0, key1] = seedWords(seed);
  assembly().standardNormals(rows, width, start / 4, first + row, input, stream, key0, key1);
}

/** The functions of assembly/gaussian-noise.ts, and the arrays in its memory that they read and write. */
interface Assembly {
  /** The number of values in each array. */
  readonly capacity: number;
  readonly normals: Float32Array;
  standardNormals(
    rows: number,
    width: number,
    counter: number,
    sample: number,
    input: number,
    stream: number,
    key0: number,
    key1: number,
  ): void;
}

let loaded: Assembly | undefined;

/** Loads the program on first use. */
function assembly(): Assembly {
  return (loaded ??= loadAssembly());
}

function loadAssembly(): Assembly {
  const program = loadProgram("gaussian-noise", { tail: tailVariable });
  const { buffer } = program.memory;
  const capacity = program.constant("CAPACITY");
  const pieces = quantilePieces();
  new Float64Array(buffer, program.constant("FIRST_PIECES"), pieces.length).set(pieces);
  return {
    capacity,
    normals: new Float32Array(buffer, program.constant("NORMALS"), capacity),
    standardNormals: program.function("standardNormals"),
  };
}

const refinement = new Uint32Array(4);

/**
 * Computes the absolute value of a variable in the tail, where the upper 31 bits v of the word are below 2^16.
 * A further 32 bits refine the value.
 */
function tailVariable(
  word: number,
  lane: number,
  counter: number,
  sample: number,
  input: number,
  stream: number,
  key0: number,
  key1: number,
): number {
  philox4x32(refinement, counter, sample, input, stream + TAIL, key0, key1);
  return -normalQuantile(((word >>> 1) + (refinement[lane] + 0.5) / 2 ** 32) / 2 ** 32);
}
