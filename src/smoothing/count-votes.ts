import type { BaseClassifier } from "../classifiers/base-classifier";
import { fillStandardNormal } from "../probability/gaussian-noise";

/** Noisy copies per call of the base classifier. Counts do not depend on it. */
const BATCH = 256;

/** Which noise samples to draw: they are functions of these numbers alone. */
export interface NoiseSamples {
  /** Integer from 0 to 2^53 − 1. */
  readonly seed: number;
  /** Index of the input in its data set, so that each input has noise of its own. */
  readonly input: number;
  /** Index of the first sample. */
  readonly first: number;
  /** How many samples. */
  readonly count: number;
  /** What the samples are for; see `NoiseStream`. Default: certification. */
  readonly stream?: number;
}

/**
 * The votes of a base classifier on noisy copies x + e, e ~ N(0, σ²I), of one input: SampleUnderNoise of Cohen et al.
 * 2019.
 *
 * @param x - the input, `classifier.dimension` pixels in [0, 1]
 * @param sigma - σ > 0
 * @returns for each class, how many copies were given it
 * @throws RangeError if x has another size or is not finite; Error if the classifier gives a class that is none
 */
export async function countVotes(
  classifier: BaseClassifier,
  x: Float32Array,
  sigma: number,
  { seed, input, first, count, stream }: NoiseSamples,
): Promise<Uint32Array> {
  const { dimension, classCount } = classifier;
  if (x.length !== dimension) {
    throw new RangeError(`the base classifier takes inputs of ${dimension} values, got ${x.length}`);
  }
  if (!x.every(Number.isFinite)) throw new RangeError("the input has a value that is not finite");

  const votes = new Uint32Array(classCount);
  const batch = new Float32Array(Math.min(BATCH, count) * dimension);
  for (let done = 0; done < count; done += BATCH) {
    const copies = Math.min(BATCH, count - done);
    for (let copy = 0; copy < copies; copy++) {
      const noisy = batch.subarray(copy * dimension, (copy + 1) * dimension);
      fillStandardNormal(noisy, seed, input, first + done + copy, stream);
      for (let i = 0; i < dimension; i++) noisy[i] = x[i] + sigma * noisy[i];
    }
    const classes = await classifier.classify(batch.subarray(0, copies * dimension));
    if (classes.length !== copies) {
      throw new Error(`the base classifier gave ${classes.length} classes for ${copies} inputs`);
    }
    for (const c of classes) {
      if (c >= classCount)
        throw new Error(`the base classifier gave class ${c}, expected 0 to ${classCount - 1}`);
      votes[c]++;
    }
  }
  return votes;
}

/** The class with the most votes; the first of equals. */
export function mostVoted(votes: Uint32Array): number {
  return votes.indexOf(Math.max(...votes));
}
