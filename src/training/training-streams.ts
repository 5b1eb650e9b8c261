/**
 * Philox streams of the random choices of a training beside its noise (`NoiseStream.training`). A stream of normal
 * variables takes the next number for its tails.
 */
export const TrainingStream = { weights: 0xfff0, augmentation: 0xfff2, order: 0xffff } as const;

/** The two words of a Philox key that hold a seed of 53 bits. */
export function seedWords(seed: number): [number, number] {
  return [seed | 0, Math.floor(seed / 2 ** 32) | 0];
}
