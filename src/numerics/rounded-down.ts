/**
 * Returns a number of at least 0, rounded down to the given number of significant digits, so that a radius
 * stays certified.
 */
export function roundedDown(value: number, digits = 6): number {
  const nearest = Number(value.toPrecision(digits));
  if (nearest <= value) return nearest;
  return Number((nearest - 10 ** (Math.floor(Math.log10(value)) - digits + 1)).toPrecision(digits));
}

/** A number as text, rounded down to at most six significant digits. */
export function shownDown(value: number): string {
  return value === Infinity ? "∞" : String(roundedDown(value));
}

/** A number of at least 0 as text, rounded down to the given number of decimals. */
export function fixedDown(value: number, decimals: number): string {
  const nearest = value.toFixed(decimals);
  return Number(nearest) <= value ? nearest : (Number(nearest) - 10 ** -decimals).toFixed(decimals);
}
