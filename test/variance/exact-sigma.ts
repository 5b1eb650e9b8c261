/*
 * σ(x) of the paper in integers: distances, their mean and the exponential in fixed point, 300 bits after the point,
 * which share nothing with the package's doubles.
 */
import type { ImageDataset } from "../../src/datasets/image-dataset";

const BITS = 300n;
const ONE = 1n << BITS;

/** A double as a fixed-point number, exactly. */
export function fixed(value: number): bigint {
  let [whole, exponent] = [value, 0n];
  for (; !Number.isInteger(whole); exponent++) whole *= 2;
  return (BigInt(whole) << BITS) >> exponent;
}

/** How far a double is from a fixed-point number, relative to that. */
export function relativeError(value: number, exact: bigint): number {
  return Number(((fixed(value) - exact) << 200n) / exact) / 2 ** 200;
}

function squareRoot(square: bigint): bigint {
  let root = 1n << BigInt((square.toString(2).length / 2 + 1) | 0);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function exponential(x: bigint): bigint {
  const halvings = 40n;
  let [sum, term] = [ONE, ONE];
  for (let k = 1n; term !== 0n; k++) {
    term = (term * x) / (ONE << halvings) / k;
    sum += term;
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) >> BITS;
  return sum;
}

/** The distances of a point to all images, ascending. A number k/L is given as a pair, any other as a double. */
export function exactDistances(
  { pixels, count, dimension }: ImageDataset,
  point: readonly (number | readonly [level: number, levels: number])[],
): bigint[] {
  const numbers = point.map((value) =>
    typeof value === "number" ? fixed(value) : (BigInt(value[0]) << BITS) / BigInt(value[1]),
  );
  const squares = Array.from({ length: count }, (_, image) => {
    let sum = 0n;
    for (let p = 0; p < dimension; p++) {
      const difference = numbers[p] - (BigInt(pixels[image * dimension + p]) << BITS) / 255n;
      sum += difference * difference;
    }
    return sum;
  });
  return squares.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(squareRoot);
}

/** σ_b · exp(r (h − m)), h the mean of the first k distances. */
export function exactSigma(
  distances: readonly bigint[],
  { sigmaBase, rate, center, neighbors }: Record<"sigmaBase" | "rate" | "center" | "neighbors", number>,
): bigint {
  const h = distances.slice(0, neighbors).reduce((sum, d) => sum + d, 0n) / BigInt(neighbors);
  return (fixed(sigmaBase) * exponential((fixed(rate) * (h - fixed(center))) >> BITS)) >> BITS;
}
