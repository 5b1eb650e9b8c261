/**
 * Returns a number of at least 0, rounded down to the given number of significant digits, so that a radius
 * stays certified.
 */
export function roundedDown(value: number, digits = 6): number {
  const nearest = Number(value.toPrecision(digits));
  if (nearest <= value) return nearest;
  return Number((nearest - 10 ** (Math.floor(Math.log10(value)) - digits + 1)).toPrecision(digits));
}

/**
 * Reads a probability from text and rounds it down: a typed bound p_A must not become larger, because near 1 the
 * radius changes much with the last digit of p_A. Numbers that are not between 0 and 1 are read as usual.
 *
 * @param text - a number that double precision can hold (see isBeyondDoubles)
 */
export function probabilityDown(text: string): number {
  const value = Number(text);
  return excess(value, text) > 0 ? neighbor(value, -1n) : value;
}

/** Reads a probability from text and rounds it up, as an upper bound p_B; see {@link probabilityDown}. */
export function probabilityUp(text: string): number {
  const value = Number(text);
  return excess(value, text) < 0 ? neighbor(value, 1n) : value;
}

/** Returns the double that follows a positive double, or precedes it. */
function neighbor(value: number, step: 1n | -1n): number {
  const bits = new BigUint64Array(Float64Array.of(value).buffer);
  bits[0] += step;
  return new Float64Array(bits.buffer)[0];
}

/** Returns a number with the sign of the difference between a double in (0, 1) and the text that it was read from. */
function excess(value: number, text: string): number {
  const decimal = /^\s*\+?(\d*)\.?(\d*)(?:e([+-]?\d+))?\s*$/i.exec(text);
  if (!decimal || !(value > 0 && value < 1)) return 0;
  const [, whole, fraction, exponent = "0"] = decimal;
  // The text is digits · 10^−places, and the double is numerator · 2^−halvings.
  const places = fraction.length - Number(exponent);
  let numerator = value;
  let halvings = 0;
  for (; !Number.isInteger(numerator); halvings++) numerator *= 2;
  const typed = (BigInt(whole + fraction) << BigInt(halvings)) * 10n ** BigInt(Math.max(0, -places));
  const stored = BigInt(numerator) * 10n ** BigInt(Math.max(0, places));
  return stored > typed ? 1 : stored < typed ? -1 : 0;
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
