/** The name of a schedule: how the learning rate changes during training. */
export type Schedule = (typeof SCHEDULES)[number];

/** The names of the schedules; see {@link learningRateAt}. */
export const SCHEDULES = ["step", "cosine"] as const;

/** The share of a training run during which the learning rate rises, with schedule "cosine". */
const WARM_UP = 0.1;

/**
 * Returns the learning rate at a point of the training, as a share of the maximum learning rate.
 *
 * - `step`: 1, 0.1 and 0.01 in the first, second and last third (the paper's protocol: × 0.1 every 30 of 90
 *   epochs);
 * - `cosine`: rises linearly in the first tenth, then falls to 0 by half a period of a cosine; suited to
 *   short training runs.
 *
 * @param done - the share of finished epochs, at least 0 and below 1
 */
export function learningRateAt(schedule: Schedule, done: number): number {
  if (schedule === "step") return 0.1 ** Math.floor(3 * done);
  if (done < WARM_UP) return done / WARM_UP;
  return (1 + Math.cos((Math.PI * (done - WARM_UP)) / (1 - WARM_UP))) / 2;
}
