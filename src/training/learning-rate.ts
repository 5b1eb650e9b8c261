/** How the learning rate goes over a training. */
export type Schedule = (typeof SCHEDULES)[number];

/** Names of the schedules; see {@link learningRateAt}. */
export const SCHEDULES = ["step", "cosine"] as const;

/** Share of a cosine training in which the rate rises. */
const WARM_UP = 0.1;

/**
 * The learning rate as a share of its highest, at a point of the training.
 *
 * - `step`: 1, 0.1 and 0.01 in the first, second and last third (the paper's protocol: × 0.1 every 30 of 90 epochs);
 * - `cosine`: rises linearly in the first tenth and falls to 0 by half a period of a cosine: for short trainings.
 *
 * @param done - share of the epochs that is done, from 0 to below 1
 */
export function learningRateAt(schedule: Schedule, done: number): number {
  if (schedule === "step") return 0.1 ** Math.floor(3 * done);
  if (done < WARM_UP) return done / WARM_UP;
  return (1 + Math.cos((Math.PI * (done - WARM_UP)) / (1 - WARM_UP))) / 2;
}
