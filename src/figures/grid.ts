/** `count` numbers from `from` to `to`, equally spaced. */
export function linear(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** `count` numbers from `from` to `to`, each the same multiple of the previous one. */
export function logarithmic(from: number, to: number, count: number): number[] {
  return linear(Math.log(from), Math.log(to), count).map(Math.exp);
}

/**
 * Rounds numbers to six significant digits, which is more than a figure shows and halves the size of a page. Names stay
 * unchanged.
 */
export function rounded<T extends number | string>(values: readonly T[]): T[] {
  return values.map((value) => (typeof value === "number" ? (Number(value.toPrecision(6)) as T) : value));
}
