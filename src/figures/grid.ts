/** Returns `count` equally spaced numbers from `from` to `to`. */
export function linear(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Returns `count` numbers from `from` to `to` with a constant ratio between neighbors. */
export function logarithmic(from: number, to: number, count: number): number[] {
  return linear(Math.log(from), Math.log(to), count).map(Math.exp);
}

/**
 * Rounds numbers to six significant digits, which is more than a figure shows. Rounding halves the size of a page.
 * Names stay unchanged.
 */
export function rounded<T extends number | string>(values: readonly T[]): T[] {
  return values.map((value) => (typeof value === "number" ? (Number(value.toPrecision(6)) as T) : value));
}
