import { requireInteger } from "./arguments";

/** The default number L of levels per unit: 255, for 8-bit images with pixels k/255. */
export const IMAGE_LEVELS = 255;

/** The limit for |v| L below which neighboring floats have different levels. */
const LARGEST_LEVEL = 2 ** 23;

/**
 * Returns the level k if v is the float32 nearest to k/L; v then stands for k/L. Returns undefined if v is off
 * the grid; v then stands for itself. This function implements the map ι of docs/exact-sampling.md from floats
 * to the real numbers that a certificate is about.
 *
 * @param value - v, a float32 with |v| L < 2^23
 * @param levels - L ≥ 1, an integer
 */
export function levelOf(value: number, levels: number): number | undefined {
  const level = Math.round(value * levels);
  return Math.fround(level / levels) === value ? level + 0 : undefined;
}

/**
 * Checks that the levels of floats are unique.
 *
 * @throws RangeError naming L if L is not an integer from 1 to 2^23 − 1, or naming a value v if v is not
 * finite or |v| L ≥ 2^23
 */
export function requireLevels(levels: number, ...inputs: readonly Float32Array[]): void {
  requireInteger("levels", levels, 1, LARGEST_LEVEL - 1);
  for (const x of inputs) {
    const wrong = x.findIndex((value) => !(Math.abs(value) * levels < LARGEST_LEVEL));
    if (wrong < 0) continue;
    const found = `got ${x[wrong]} at ${wrong}`;
    if (!Number.isFinite(x[wrong])) throw new RangeError(`an input has a non-finite value: ${found}`);
    throw new RangeError(
      `an input must have values below ${LARGEST_LEVEL / levels} in size (2^23 levels), ${found}`,
    );
  }
}
