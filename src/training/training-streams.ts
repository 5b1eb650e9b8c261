/**
 * The Philox streams for the random choices of a training run, except its noise (`NoiseStream.training`). A
 * stream of normal variables also uses the stream with the next number, for the tails of these variables.
 */
export const TrainingStream = { weights: 0xfff0, augmentation: 0xfff2, order: 0xffff } as const;
