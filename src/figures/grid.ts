/** `count` numbers from `from` to `to`, equally spaced. */
export function linear(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** `count` numbers from `from` to `to`, each the same multiple of the one before. */
export function logarithmic(from: number, to: number, count: number): number[] {
  return linear(Math.log(from), Math.log(to), count).map(Math.exp);
}

/** Numbers to six significant digits, more than a figure shows and half the size of a page; names as they are. */
export function rounded<T extends number | string>(values: readonly T[]): T[] {
  return values.map((value) => (typeof value === "number" ? (Number(value.toPrecision(6)) as T) : value));
}
