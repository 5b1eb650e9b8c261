import type { InferenceSession } from "onnxruntime-node";
import { bytesOf, type ImageDataset } from "../datasets/image-dataset";
import { encodeOnnx } from "../onnx/onnx-format";
import { onnxRuntime } from "../onnx/onnx-runtime";
import { IMAGE_LEVELS, levelOf, requireLevels } from "../numerics/levels";
import { type Database, isKnown, knownSquares, requireNeighbors, unknownDistances } from "./database";

/** The numbers of database images and of queries in one integer matrix product, whose result takes 8 MB. */
const [DATABASE_BLOCK, QUERY_BLOCK] = [2048, 1024];

/**
 * Computes the l2 distances from inputs to their k nearest images of a database, with pixels in [0, 1], by
 * exact search.
 *
 * A distance is measured from the exact input, as it was before rounding to float32: a value that is the float32
 * nearest to k/L counts as k/L. Inputs that have up to 16,512 values and whose pixels are bytes are compared all at
 * once in integer arithmetic, without rounding. All other inputs are compared one by one in double precision. For any
 * number of values, the relative error of a distance is at most ({@link SUMMING_ERROR} + 2) u with u = 2^-53; if the
 * pixels are bytes, it is at most 2 u.
 *
 * @param inputs - each of `database.dimension` values
 * @param k - 1 to `database.count`
 * @param levels - L, the levels per unit
 * @returns for each input, its k distances in ascending order
 * @throws RangeError if k or L is out of range, if an input has the wrong size, or if a value is not finite or
 *   exceeds 2^23 levels
 */
export async function nearestDistances(
  database: Database,
  inputs: readonly Float32Array[],
  k: number,
  levels: number = IMAGE_LEVELS,
): Promise<Float64Array[]> {
  requireNeighbors(database, k);
  for (const x of inputs) {
    if (x.length !== database.dimension) {
      throw new RangeError(
        `an input must have ${database.dimension} values, like the images of ${database.name}, got ${x.length}`,
      );
    }
    requireLevels(levels, x);
  }
  const points = inputs.map((x) => pointOf(x, levels));
  const images = points.filter(isImage);
  const queries = new Uint8Array(images.length * database.dimension);
  images.forEach(({ whole }, i) => queries.set(whole, i * database.dimension));
  const squares =
    images.length > 0 ? await nearestSquaredByteDistances(database, queries, k) : new Int32Array();
  let image = 0;
  return points.map((point) => {
    if (!isImage(point)) {
      if (isKnown(database)) throw unknownDistances(database);
      return searchOneByOne(database, point, k);
    }
    return Float64Array.from(squares.subarray(image * k, ++image * k), distanceOfSquare);
  });
}

/**
 * Computes the squared distances from images to their k nearest images of a database, on the scale of bytes:
 * 255² times the squared distances for pixels in [0, 1]. The squared distances are computed exactly, as ‖x‖² +
 * ‖y‖² − 2 x·y in integer arithmetic.
 *
 * @param queries - images one after another, `database.dimension` bytes each
 * @returns k squared distances in ascending order for each image, one image after another
 * @throws RangeError if k is out of range, or if an image has more than 16,512 values, so that a product
 *   could overflow
 */
export async function nearestSquaredByteDistances(
  database: Database,
  queries: Uint8Array,
  k: number,
): Promise<Int32Array> {
  requireNeighbors(database, k);
  if (isKnown(database)) return knownSquares(database, queries, k);
  const { dimension, count } = database;
  const pixels = bytesOf(database);
  if (dimension > LARGEST_DIMENSION) {
    throw new RangeError(`images must have at most ${LARGEST_DIMENSION} values, got ${dimension}`);
  }
  const queryCount = queries.length / dimension;
  const nearest = new Int32Array(queryCount * k).fill(INT32_MAX);
  let databaseNorms = normsOfDatabases.get(pixels);
  if (!databaseNorms) normsOfDatabases.set(pixels, (databaseNorms = squaredNorms(pixels, dimension)));
  const queryNorms = squaredNorms(queries, dimension);

  for (let firstQuery = 0; firstQuery < queryCount; firstQuery += QUERY_BLOCK) {
    const columns = Math.min(QUERY_BLOCK, queryCount - firstQuery);
    const right = transposed(queries.subarray(firstQuery * dimension), dimension, columns);
    const product = (firstImage: number): Promise<Int32Array> => {
      const end = Math.min(firstImage + DATABASE_BLOCK, count);
      const left = pixels.subarray(firstImage * dimension, end * dimension);
      return integerProduct(left, right, end - firstImage, dimension, columns);
    };
    // ‖x‖² + ‖y‖² − 2 x·y is below the k-th smallest squared distance of query y if and only if 2 x·y > ‖x‖²
    // + excess[y].
    const excess = new Int32Array(columns);
    const updateExcess = (column: number): void => {
      const query = firstQuery + column;
      excess[column] = queryNorms[query] - nearest[query * k + k - 1];
    };
    for (let column = 0; column < columns; column++) updateExcess(column);

    let next = product(0);
    for (let firstImage = 0; firstImage < count; firstImage += DATABASE_BLOCK) {
      const products = await next;
      const afterwards = firstImage + DATABASE_BLOCK;
      if (afterwards < count) next = product(afterwards); // computed while this block is searched
      const rows = products.length / columns;
      for (let row = 0, at = 0; row < rows; row++) {
        const norm = databaseNorms[firstImage + row];
        for (let column = 0; column < columns; column++, at++) {
          if (((2 * products[at]) | 0) <= ((norm + excess[column]) | 0)) continue;
          const query = firstQuery + column;
          insert(nearest, query * k, k, norm + queryNorms[query] - 2 * products[at]);
          updateExcess(column);
        }
      }
    }
  }
  return nearest;
}

const INT32_MAX = 2 ** 31 - 1;

/**
 * The largest dimension N for which twice the dot product of two images (at most 2 · 255² · N) fits in a 32-bit
 * integer.
 */
const LARGEST_DIMENSION = Math.floor(2 ** 30 / 255 ** 2);

/**
 * The squared norms of the images of each database, kept because computing them takes most of the time of a
 * search for one image.
 */
const normsOfDatabases = new WeakMap<Uint8Array, Int32Array>();

/** Converts a squared distance of bytes to a distance of pixels in [0, 1]. */
export function distanceOfSquare(square: number): number {
  return Math.sqrt(square) / 255;
}

/**
 * A point on the scale of bytes (255 times pixels in [0, 1]). Each value is a whole number plus a remainder
 * (the rest) of at most 1/2 in absolute value.
 */
interface BytePoint {
  readonly whole: Float64Array;
  /**
   * The remainder of each value: exact for a value off the grid, and with a relative error of at most u for a
   * value on the grid.
   */
  readonly rest: Float64Array;
}

/**
 * The point that an array of floats stands for. For each value, the rest is the difference from the nearest
 * whole number, so that no digits are lost if the value is close to a byte.
 */
function pointOf(x: Float32Array, levels: number): BytePoint {
  const whole = new Float64Array(x.length);
  const rest = new Float64Array(x.length);
  for (let p = 0; p < x.length; p++) {
    const level = levelOf(x[p], levels);
    if (level === undefined) {
      const value = x[p] * 255; // 24 and 8 bits: exact
      whole[p] = Math.round(value);
      rest[p] = value - whole[p];
    } else {
      whole[p] = Math.round((level * 255) / levels);
      rest[p] = (level * 255 - whole[p] * levels) / levels;
    }
  }
  return { whole, rest };
}

/** Returns whether a point is an image that the integer search accepts. */
function isImage({ whole, rest }: BytePoint): boolean {
  return (
    whole.length <= LARGEST_DIMENSION &&
    rest.every((value) => value === 0) &&
    whole.every((value) => value >= 0 && value <= 255)
  );
}

/** The number of values in a block. Within a block, squares are summed one after another. */
const SUMMED = 128;

/**
 * Half the relative error of a squared distance, in units of u. The error of the squared distance has four
 * parts: 5 for the square of a difference, {@link SUMMED} − 1 for the sum of a block, 2 for the compensated sum
 * of the blocks (Kahan, 1965), and 2 for second-order terms.
 */
export const SUMMING_ERROR: number = (5 + SUMMED - 1 + 2 + 2) / 2;

/** Searches image by image, and gives up on an image as soon as its partial sum is too large. */
function searchOneByOne(
  { dimension, count, pixels }: ImageDataset,
  { whole, rest }: BytePoint,
  k: number,
): Float64Array {
  const nearest = new Float64Array(k).fill(Infinity);
  for (let image = 0; image < count; image++) {
    const start = image * dimension;
    const bound = nearest[k - 1];
    let square = 0;
    let excess = 0; // the amount by which the partial sum is too large
    for (let from = 0; from < dimension && square < bound; from += SUMMED) {
      const to = Math.min(from + SUMMED, dimension);
      let block = 0;
      for (let p = from; p < to; p++) {
        const difference = whole[p] - pixels[start + p] + rest[p];
        block += difference * difference;
      }
      const term = block - excess;
      const sum = square + term;
      excess = sum - square - term;
      square = sum;
    }
    if (square < bound) insert(nearest, 0, k, square);
  }
  return nearest.map(distanceOfSquare);
}

/**
 * Inserts a value into k ascending values and drops the last of them, which must be larger than the inserted
 * value.
 */
function insert(sorted: Float64Array | Int32Array, start: number, k: number, value: number): void {
  let place = start + k - 1;
  for (; place > start && sorted[place - 1] > value; place--) sorted[place] = sorted[place - 1];
  sorted[place] = value;
}

function squaredNorms(images: Uint8Array, dimension: number): Int32Array {
  return Int32Array.from({ length: images.length / dimension }, (_, image) => {
    let sum = 0;
    for (let p = image * dimension; p < (image + 1) * dimension; p++) sum += images[p] * images[p];
    return sum;
  });
}

function transposed(images: Uint8Array, dimension: number, count: number): Uint8Array {
  const columns = new Uint8Array(dimension * count);
  for (let image = 0; image < count; image++) {
    for (let p = 0; p < dimension; p++) columns[p * count + image] = images[image * dimension + p];
  }
  return columns;
}

let session: Promise<InferenceSession> | undefined;

/**
 * Computes the dot product of each row of one byte matrix with each row of another, as 32-bit integers. ONNX's
 * MatMulInteger computes these products exactly.
 */
export async function integerProduct(
  left: Uint8Array,
  right: Uint8Array,
  rows: number,
  inner: number,
  columns: number,
): Promise<Int32Array> {
  const runtime = await onnxRuntime().catch(() => undefined);
  if (!runtime) return integerProductByHand(left, right, rows, inner, columns);
  const { InferenceSession, Tensor } = runtime;
  session ??= InferenceSession.create(
    encodeOnnx({
      name: "integer matrix product",
      inputs: [
        { name: "left", type: "uint8", shape: ["rows", "inner"] },
        { name: "right", type: "uint8", shape: ["inner", "columns"] },
      ],
      output: { name: "product", type: "int32", shape: ["rows", "columns"] },
      nodes: [{ operator: "MatMulInteger", inputs: ["left", "right"], output: "product" }],
      weights: [],
    }),
  );
  const { product } = await (
    await session
  ).run({
    left: new Tensor("uint8", left, [rows, inner]),
    right: new Tensor("uint8", right, [inner, columns]),
  });
  return product.data as Int32Array;
}

/**
 * Replaces {@link integerProduct} on systems where ONNX Runtime does not load. Returns the same integers, but
 * is much slower.
 */
export function integerProductByHand(
  left: Uint8Array,
  right: Uint8Array,
  rows: number,
  inner: number,
  columns: number,
): Int32Array {
  const product = new Int32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const sums = product.subarray(row * columns, (row + 1) * columns);
    for (let i = 0; i < inner; i++) {
      const factor = left[row * inner + i];
      if (factor === 0) continue;
      const start = i * columns;
      for (let column = 0; column < columns; column++) sums[column] += factor * right[start + column];
    }
  }
  return product;
}
