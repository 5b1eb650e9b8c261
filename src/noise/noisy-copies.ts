import { requireInteger } from "../numerics/arguments";
import { IMAGE_LEVELS, levelOf, requireLevels } from "../numerics/levels";
import { exactLevel } from "./exact-level";
import { LARGEST_TABLED_SPREAD, noiseTable, type NoiseTable } from "./noise-table";
import { requireSpread } from "./rounded-gaussian";
import { type Counter, counterOf, SamplingStream, type SampleRange, uniformNumber } from "./uniform-number";
import { loadProgram, type Program } from "./web-assembly";

/** An input prepared for sampling, as plain data that can be sent to a worker thread. */
export interface NoisyInput {
  /** The standard deviation σ. */
  readonly sigma: number;
  /** L, the number of levels per unit. */
  readonly levels: number;
  /** The level of each coordinate whose noise comes from the table; 0 for all other coordinates. */
  readonly centers: Int16Array;
  /**
   * The coordinates that are sampled one by one: those with values off the grid or too large for the table, or
   * all coordinates if the noise is too large for a table.
   */
  readonly others: Uint32Array;
  /** The value c = L x_i at each coordinate in `others`, without rounding. */
  readonly otherCenters: Float64Array;
}

/** The largest level for which the table is used. Up to this level, level plus noise fits into 16 bits. */
const LARGEST_CENTER = 2 ** 14 - 1;

/**
 * Prepares an input for sampling.
 *
 * @param x - the values of the input, on or off the grid k/L
 * @param sigma - σ > 0
 * @param levels - L
 * @throws RangeError naming σ, L or a value that is out of range
 */
export function noisyInput(x: Float32Array, sigma: number, levels: number = IMAGE_LEVELS): NoisyInput {
  requireLevels(levels, x);
  requireSpread(sigma, levels);
  const isTabled = levels * sigma <= LARGEST_TABLED_SPREAD;
  const centers = new Int16Array(x.length);
  const others: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const level = levelOf(x[i], levels);
    if (isTabled && level !== undefined && Math.abs(level) <= LARGEST_CENTER) centers[i] = level;
    else others.push(i);
  }
  // Products of an integer below 2^23 and a float are exact in double precision.
  const otherCenters = Float64Array.from(others, (i) => levelOf(x[i], levels) ?? levels * x[i]);
  return { sigma, levels, centers, others: Uint32Array.from(others), otherCenters };
}

/**
 * Makes noisy copies Q(x + σe) of an input in whole levels, one after another. The certificate is about f∘Q
 * (docs/exact-sampling.md). Each coordinate of a copy is the 32-bit float nearest to k/L, where k = ⌊L(x + σe)
 * + ½⌋ is the level. The Gaussian e depends only on seed, stream, input, sample and coordinate. The probability
 * that any level in a certification differs from the level under real-valued noise is at most τ
 * (`disagreement`).
 *
 * @returns `count` copies, in memory that the next call overwrites
 * @throws RangeError naming a number that is out of range
 */
export function noisyCopies(input: NoisyInput, samples: SampleRange): Float32Array {
  requireSampleRange(samples);
  const dimension = input.centers.length;
  const wasm = assembly(dimension * samples.count * 4);
  if (input.others.length < dimension) fillFromTable(wasm, input, samples);
  const copies = wasm.copies.subarray(0, dimension * samples.count);
  if (input.others.length > 0) fillOthers(copies, input, samples);
  return copies;
}

function requireSampleRange({
  seed,
  input,
  first,
  count,
  stream = SamplingStream.certification,
}: SampleRange): void {
  requireInteger("seed", seed, 0);
  requireInteger("input", input, 0, 2 ** 32 - 1);
  requireInteger("count", count, 1, 2 ** 32);
  requireInteger("first", first, 0, 2 ** 40 - count);
  requireInteger("stream", stream, 1, 2 ** 16 - 1);
}

/** Fills in the coordinates whose noise comes from the table. */
function fillFromTable(wasm: Assembly, input: NoisyInput, samples: SampleRange): void {
  const { centers, sigma, levels } = input;
  const dimension = centers.length;
  const thresholds = wasm.setTable(levels * sigma);
  const { first, count } = samples;
  for (let start = 0; start < dimension; start += wasm.capacity) {
    const width = Math.min(wasm.capacity, dimension - start);
    wasm.centers.set(centers.subarray(start, start + width));
    // The upper bits of the sample index, beyond the lower 32, are in another word of the counter.
    for (let row = 0; row < count;) {
      const rows = Math.min(count - row, 2 ** 32 - ((first + row) % 2 ** 32));
      const counter = counterOf(samples, first + row);
      wasm.resolve = (coordinate, later) =>
        exactLevel(uniformNumber(coordinate, counterOf(samples, first + row + later)), 0, sigma, levels);
      wasm.fillCopies(
        (row * dimension + start) * 4,
        dimension * 4,
        rows,
        start,
        width,
        levels,
        thresholds,
        counter,
      );
      row += rows;
    }
  }
}

/** Fills in the coordinates that are sampled one by one. */
function fillOthers(
  copies: Float32Array,
  { others, otherCenters, sigma, levels, centers }: NoisyInput,
  samples: SampleRange,
): void {
  for (let row = 0; row < samples.count; row++) {
    const counter = counterOf(samples, samples.first + row);
    for (let i = 0; i < others.length; i++) {
      const level = exactLevel(uniformNumber(others[i], counter), otherCenters[i], sigma, levels);
      copies[row * centers.length + others[i]] = (level + 0) / levels;
    }
  }
}

/** The functions of assembly/noisy-copies.ts, and the arrays in its memory that they read and write. */
interface Assembly {
  readonly capacity: number;
  readonly centers: Int16Array;
  readonly copies: Float32Array;
  /**
   * Returns the noise of a coordinate if 48 bits are not enough to determine it. The row is counted from the
   * first row of the call.
   */
  resolve: (coordinate: number, row: number) => number;
  /** Sets the noise table for a spread Lσ, and returns its number of thresholds. */
  setTable(spread: number): number;
  fillCopies(
    at: number,
    stride: number,
    rows: number,
    start: number,
    width: number,
    levels: number,
    thresholds: number,
    counter: Counter,
  ): void;
}

let loaded: (Assembly & { reserve(bytes: number): void }) | undefined;

/** Loads the program on first use, and grows its memory to hold the copies. */
function assembly(bytes: number): Assembly {
  loaded ??= loadAssembly();
  loaded.reserve(bytes);
  return loaded;
}

/** The number of tables that are kept, one per spread Lσ. Each image in flight has its own spread. */
const KEPT_TABLES = 4;

/**
 * Returns a function that copies the table of a spread to the place from which the program reads it. That
 * function returns the number of thresholds of the table.
 */
function tablesOf({ memory, constant }: Program): (spread: number) => number {
  const tables = new Map<number, NoiseTable>();
  let spreadInPlace = NaN;
  return (spread) => {
    let table = tables.get(spread);
    if (!table) {
      if (tables.size === KEPT_TABLES) tables.delete(tables.keys().next().value as number);
      tables.set(spread, (table = noiseTable(spread)));
    }
    if (spread !== spreadInPlace) {
      const mostTabled = constant("MOST_TABLED");
      new Int16Array(memory.buffer, constant("TABLE"), table.entries.length).set(table.entries);
      new Float64Array(memory.buffer, constant("LOWER"), mostTabled).set(table.lower);
      new Float64Array(memory.buffer, constant("UPPER"), mostTabled).set(table.upper);
      spreadInPlace = spread;
    }
    return table.lower.length;
  };
}

function loadAssembly(): Assembly & { reserve(bytes: number): void } {
  const program = loadProgram("noisy-copies", {
    exactNoise: (coordinate, row) => wasm.resolve(coordinate, row),
  });
  const { memory, constant } = program;
  const [capacity, start] = [constant("CAPACITY"), constant("COPIES")];
  const fill = program.function("fillCopies");
  const views = (): { centers: Int16Array; copies: Float32Array } => ({
    centers: new Int16Array(memory.buffer, constant("CENTERS"), capacity),
    copies: new Float32Array(memory.buffer, start),
  });
  const wasm: Assembly & { reserve(bytes: number): void } = {
    capacity,
    ...views(),
    resolve: () => NaN,
    reserve(bytes) {
      const missing = start + bytes - memory.buffer.byteLength;
      if (missing <= 0) return;
      memory.grow(Math.ceil(missing / 2 ** 16));
      Object.assign(wasm, views());
    },
    setTable: tablesOf(program),
    fillCopies(at, stride, rows, first, width, levels, thresholds, { sample, input, word3, key0, key1 }) {
      fill(start + at, stride, rows, first, width, levels, thresholds, sample, input, word3, key0, key1);
    },
  };
  return wasm;
}
