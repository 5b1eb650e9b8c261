import type { RecordRow } from "../experiments/record";
import { shareAtLeast } from "../numerics/summaries";
import { clopperPearsonInterval } from "../probability/binomial";

/**
 * The certified accuracy at a radius: the share of inputs whose predicted class is the label and whose
 * certified radius is at least `radius` (an abstention counts as an error). The certified accuracy at radius
 * 0 is the accuracy of the smoothed classifier.
 *
 * @param rows - certified inputs, at least one
 * @param radius - an l2 distance of at least 0, for pixels in [0, 1]
 * @returns a share from 0 to 1
 * @throws RangeError if there are no rows, or if the radius is negative or NaN
 * @example
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * certifiedAccuracy(rows, 0.5); // 0.43
 */
export function certifiedAccuracy(rows: readonly RecordRow[], radius: number): number {
  requireRows(rows);
  if (!(radius >= 0)) throw new RangeError(`radius must be at least 0, got ${radius}`);
  return rows.filter((row) => row.correct === 1 && row.radius >= radius).length / rows.length;
}

function requireRows(rows: readonly RecordRow[]): void {
  if (rows.length === 0) throw new RangeError("certified accuracy needs at least one certified input");
}

/**
 * Returns the certified accuracy as a function of the radius. For M inputs, this step function drops by 1/M
 * at the radius of each correctly classified input.
 *
 * @returns the corners of the step function: `accuracy[i]` is the accuracy at radii from `radius[i − 1]`
 *   (excluded) to `radius[i]` (included); beyond the last radius the accuracy is 0
 * @throws RangeError if there are no rows
 */
export function certifiedAccuracyCurve(rows: readonly RecordRow[]): { radius: number[]; accuracy: number[] } {
  requireRows(rows);
  const radii = rows.filter((row) => row.correct === 1).map((row) => row.radius);
  const corners = shareAtLeast(radii, rows.length);
  return { radius: corners.map(({ radius }) => radius), accuracy: corners.map(({ share }) => share) };
}

/** The error probability of each interval of {@link certifiedAccuracyBand}. */
const BAND_ALPHA = 0.05;

/**
 * Returns, for each radius, the two-sided 95 % Clopper-Pearson interval for the certified accuracy in the
 * population from which the certified images were sampled. The intervals are pointwise: each interval is
 * valid only at its own radius.
 *
 * @param radii - the radii, each at least 0
 * @throws RangeError if there are no rows, or if a radius is negative or NaN
 */
export function certifiedAccuracyBand(
  rows: readonly RecordRow[],
  radii: readonly number[],
): { radius: number; low: number; high: number }[] {
  return radii.map((radius) => {
    const certified = Math.round(certifiedAccuracy(rows, radius) * rows.length);
    return { radius, ...clopperPearsonInterval(certified, rows.length, BAND_ALPHA) };
  });
}
