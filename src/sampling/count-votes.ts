import { Semaphore } from "async-mutex";
import type { BaseClassifier } from "../classifiers/base-classifier";
import { addScaled, fillStandardNormals, type NoiseSamples } from "../noise/gaussian-noise";

/** Noisy copies per call of a base classifier that asks for no other number. Votes do not depend on it. */
const BATCH_SIZE = 256;

/** An input x with the σ(x) that it is smoothed with. */
export interface SmoothedInput {
  /** `classifier.dimension` pixels in [0, 1]. */
  readonly x: Float32Array;
  /** σ(x) > 0. */
  readonly sigma: number;
}

/** Batches that a base classifier may still be given: all that count its votes share them, whatever they count for. */
const slots = new WeakMap<BaseClassifier, Semaphore>();

function slotsOf(classifier: BaseClassifier): Semaphore {
  const semaphore = slots.get(classifier) ?? new Semaphore(classifier.concurrency ?? 1);
  slots.set(classifier, semaphore);
  return semaphore;
}

/** Ends counting early, and watches it. */
export interface CountingWatch {
  readonly signal?: AbortSignal;
  /** Is told of how many noisy copies have been classified since it was last told. */
  readonly onSamples?: (count: number) => void;
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
  samples: NoiseSamples,
): Promise<Uint32Array> {
  const [votes] = await countVotesOfEach(classifier, [{ x, sigma }], samples);
  return votes;
}

/**
 * The votes on noisy copies of each of some inputs, with the same noise e/σ for all of them: it is made once. The
 * votes of one input are distributed as with noise of its own; those of two inputs are correlated.
 *
 * Memory is bounded by two batches and those that the classifier works on (its `concurrency`, whatever else counts its
 * votes at the same time), not by the number of samples and inputs.
 *
 * @returns for each input and class, how many copies were given it
 * @throws as {@link countVotes}; the reason of `signal` when it is aborted
 */
export async function countVotesOfEach(
  classifier: BaseClassifier,
  inputs: readonly SmoothedInput[],
  samples: NoiseSamples,
  { signal, onSamples }: CountingWatch = {},
): Promise<Uint32Array[]> {
  const { dimension, classCount, batchSize = BATCH_SIZE } = classifier;
  const { first, count } = samples;
  for (const { x } of inputs) checkInput(x, dimension);
  const votes = inputs.map(() => new Uint32Array(classCount));
  const size = Math.min(batchSize, count);
  const [noises, batches] = [new Float32Array(size * dimension), new Float32Array(size * dimension)];

  const semaphore = slotsOf(classifier);
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const classify = async (batch: Float32Array, copies: number, into: Uint32Array): Promise<void> => {
    try {
      addVotes(into, await classifier.classify(batch), copies);
      onSamples?.(copies);
    } catch (error) {
      errors.push(error);
    }
  };
  try {
    for (let done = 0; done < count; done += size) {
      const copies = Math.min(size, count - done);
      const [noise, batch] = [noises, batches].map((array) => array.subarray(0, copies * dimension));
      fillStandardNormals(noise, { ...samples, first: first + done, count: copies });
      for (const [i, { x, sigma }] of inputs.entries()) {
        if (errors.length > 0) throw errors[0];
        signal?.throwIfAborted();
        const [, release] = await semaphore.acquire();
        addScaled(batch, x, sigma, noise);
        const given = classify(batch, copies, votes[i]).then(() => {
          running.delete(given);
          release();
        });
        running.add(given);
      }
    }
  } finally {
    await Promise.all(running); // none is left at work
  }
  if (errors.length > 0) throw errors[0];
  return votes;
}

function checkInput(x: Float32Array, dimension: number): void {
  if (x.length !== dimension) {
    throw new RangeError(`the base classifier takes inputs of ${dimension} values, got ${x.length}`);
  }
  if (!x.every(Number.isFinite)) throw new RangeError("the input has a value that is not finite");
}

function addVotes(votes: Uint32Array, classes: ArrayLike<number>, copies: number): void {
  if (classes.length !== copies) {
    throw new Error(`the base classifier gave ${classes.length} classes for ${copies} inputs`);
  }
  for (let i = 0; i < copies; i++) {
    const c = classes[i];
    if (!Number.isInteger(c) || c < 0 || c >= votes.length) {
      throw new Error(`the base classifier gave class ${c}, expected 0 to ${votes.length - 1}`);
    }
    votes[c]++;
  }
}

/** The class with the most votes; the first of equals. */
export function mostVoted(votes: ArrayLike<number>): number {
  let most = 0;
  for (let c = 1; c < votes.length; c++) if (votes[c] > votes[most]) most = c;
  return most;
}
