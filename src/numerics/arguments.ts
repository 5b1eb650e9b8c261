/**
 * Checks of numeric arguments. Each check throws a RangeError that names the argument, the expected range and
 * the value.
 */

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function requireThat(holds: boolean, name: string, expected: string, value: unknown): void {
  if (!holds) throw new RangeError(`${name} must be ${expected}, got ${shown(value)}`);
}

/** Requires a finite number greater than zero. */
export function requirePositive(name: string, value: number): void {
  requireThat(Number.isFinite(value) && value > 0, name, "a positive number", value);
}

/** Requires a finite number that is zero or greater. */
export function requireNonNegative(name: string, value: number): void {
  requireThat(Number.isFinite(value) && value >= 0, name, "a number of at least 0", value);
}

/** Requires a number in [0, 1]. */
export function requireProbability(name: string, value: number): void {
  requireThat(typeof value === "number" && value >= 0 && value <= 1, name, "a probability in [0, 1]", value);
}

/** Requires a number strictly between 0 and 1. */
export function requireFraction(name: string, value: number): void {
  requireThat(typeof value === "number" && value > 0 && value < 1, name, "a number between 0 and 1", value);
}

/** Requires a text or undefined. */
export function requireText(name: string, value: string | undefined): void {
  requireThat(value === undefined || typeof value === "string", name, "a text", value);
}

/** Requires any number except NaN; infinities are allowed. */
export function requireNumber(name: string, value: number): void {
  requireThat(typeof value === "number" && !Number.isNaN(value), name, "a number", value);
}

/** Requires an integer that is at least `least` and, if `most` is given, at most `most`. */
export function requireInteger(
  name: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  const inRange = Number.isSafeInteger(value) && value >= least && value <= most;
  requireThat(inRange, name, `an integer ${range}`, value);
}

/** The smallest normal double. Smaller doubles have fewer digits, so their relative errors are larger. */
export const LEAST_NORMAL: number = 2 ** -1022;

/** The sizes of numbers that {@link isBeyondDoubles} accepts, for errors. */
export const DOUBLES = "0 or a number of a size from 2.3e-308 to 1.7e308";

/**
 * Returns whether a text is a number that double precision cannot hold: its size exceeds all doubles, or it is
 * not 0 but smaller than all normal doubles.
 */
export function isBeyondDoubles(text: string): boolean {
  const size = Math.abs(Number(text));
  return size === Infinity || (size < LEAST_NORMAL && /[1-9]/.test(text.replace(/e.*$/is, "")));
}

/** Returns whether a text is a number that differs from 1 but is rounded to 1 as a double. */
export function roundsToOne(text: string): boolean {
  return Number(text) === 1 && !/^\s*\+?(0*1(\.0*)?|1(\.0*)?e[+-]?0+)\s*$/i.test(text);
}
