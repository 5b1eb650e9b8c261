import { requireInteger } from "../numerics/arguments";
import { IMAGE_LEVELS, levelOf, requireLevels } from "../numerics/levels";
import { exactLevel } from "./exact-level";
import { LARGEST_TABLED_SPREAD, noiseTable, type NoiseTable } from "./noise-table";
import { requireSpread } from "./rounded-gaussian";
import { type Counter, counterOf, SamplingStream, type SampleRange, uniformNumber } from "./uniform-number";
import { loadProgram, type Program } from "./web-assembly";

/** An input that is ready to be sampled around. Plain data, so that it can be sent to a worker thread. */
export interface NoisyInput {
  /** σ. */
  readonly sigma: number;
  /** L, levels to the unit. */
  readonly levels: number;
  /** The level of each coordinate that goes by the table; 0 for others. */
  readonly centers: Int16Array;
  /** Coordinates that go one by one: off the grid, too large, or with noise too large for a table. */
  readonly others: Uint32Array;
  /** c = L x_i at these coordinates, exact. */
  readonly otherCenters: Float64Array;
}

/** Levels that go by the table, so that level and noise fit into 16 bits together. */
const LARGEST_CENTER = 2 ** 14 - 1;

/**
 * Makes an input ready to be sampled around.
 *
 * @param x - values on the grid k/L or off it
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
 * Noisy copies Q(x + σe) of an input in whole levels, one after the other: f∘Q is what the certificate speaks of
 * (docs/exact-sampling.md). Each coordinate is the 32-bit float nearest to level / L, the level ⌊L(x + σe) + ½⌋ of a
 * Gaussian e that is a function of (seed, stream, input, sample, coordinate) alone. The probability that any level of a
 * certification is not that of real noise is at most τ (`disagreement`).
 *
 * @returns `count` copies, in memory that the next call writes again
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

/** Fills in the coordinates that go by the table. */
function fillFromTable(wasm: Assembly, input: NoisyInput, samples: SampleRange): void {
  const { centers, sigma, levels } = input;
  const dimension = centers.length;
  const thresholds = wasm.setTable(levels * sigma);
  const { first, count } = samples;
  for (let start = 0; start < dimension; start += wasm.capacity) {
    const width = Math.min(wasm.capacity, dimension - start);
    wasm.centers.set(centers.subarray(start, start + width));
    // The sample's index beyond 32 bits stands in another word of the counter.
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

/** Fills in the coordinates that go one by one. */
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

/** assembly/noisy-copies.ts, and the arrays in its memory that it reads and writes. */
interface Assembly {
  readonly capacity: number;
  readonly centers: Int16Array;
  readonly copies: Float32Array;
  /** What gives the noise of a coordinate that 48 bits do not decide; the row counts from the first of the call. */
  resolve: (coordinate: number, row: number) => number;
  /** Tables noise of a spread Lσ; returns how many thresholds the table has. */
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

/** Loaded on first use; its memory grows to hold the copies. */
function assembly(bytes: number): Assembly {
  loaded ??= loadAssembly();
  loaded.reserve(bytes);
  return loaded;
}

/** Number of spreads whose tables are kept: each image in flight has its own. */
const KEPT_TABLES = 4;

/** Puts the table of a spread where the program reads it, and returns how many thresholds it has. */
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
