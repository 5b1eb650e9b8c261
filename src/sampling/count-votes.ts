import { Semaphore } from "async-mutex";
import type { BaseClassifier } from "../classifiers/base-classifier";
import { warnOfPixels } from "../classifiers/pixel-range";
import { IMAGE_LEVELS } from "../numerics/levels";
import { noisyCopies, noisyInput, type NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/** Noisy copies per call of a base classifier that asks for no other number. Votes do not depend on it. */
const BATCH_SIZE = 256;

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
  /** Is told how many noisy copies have been classified since it was last told. */
  readonly onSamples?: (count: number) => void;
}

/**
 * The votes of a base classifier on noisy copies Q(x + σe), e ~ N(0, I), of one input: SampleUnderNoise of Cohen et
 * al. 2019, in whole levels (docs/exact-sampling.md).
 *
 * Memory is bounded by the batches that the classifier works on (its `concurrency`, whatever else counts its votes at
 * the same time), not by the number of samples.
 *
 * @param x - the input, `classifier.dimension` values
 * @param sigma - σ > 0
 * @param samples - which samples: votes are a function of these numbers alone
 * @returns for each class, how many copies were given it
 * @throws RangeError if x has another size, or a value, σ or L is out of range; Error if the classifier does not give a
 * class to each copy; the reason of `signal` when it is aborted
 */
export async function countVotes(
  classifier: BaseClassifier,
  x: Float32Array,
  sigma: number,
  samples: SampleRange,
  { signal, onSamples }: CountingWatch = {},
): Promise<Uint32Array> {
  const { dimension, classCount, batchSize = BATCH_SIZE, levels = IMAGE_LEVELS } = classifier;
  if (x.length !== dimension) {
    throw new RangeError(`the base classifier takes inputs of ${dimension} values, got ${x.length}`);
  }
  warnOfPixels(classifier, x);
  const input = noisyInput(x, sigma, levels);
  const votes = new Uint32Array(classCount);
  const semaphore = slotsOf(classifier);
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const classify = async (batch: SampleRange): Promise<void> => {
    try {
      addVotes(votes, await classesOf(classifier, input, batch), batch.count);
      onSamples?.(batch.count);
    } catch (error) {
      errors.push(error);
    }
  };
  try {
    for (let done = 0; done < samples.count; done += batchSize) {
      const [, release] = await semaphore.acquire();
      if (errors.length > 0 || signal?.aborted) {
        release();
        break;
      }
      const count = Math.min(batchSize, samples.count - done);
      const given = classify({ ...samples, first: samples.first + done, count }).then(() => {
        running.delete(given);
        release();
      });
      running.add(given);
    }
  } finally {
    await Promise.all(running); // no batch is left running
  }
  if (errors.length > 0) throw errors[0];
  signal?.throwIfAborted();
  return votes;
}

/** The classes of noisy copies, which are made where the classifier runs if it can make them. */
async function classesOf(
  classifier: BaseClassifier,
  input: NoisyInput,
  samples: SampleRange,
): Promise<ArrayLike<number>> {
  if (classifier.classifyCopies) return classifier.classifyCopies(input, samples);
  return classifier.classify(noisyCopies(input, samples).slice());
}

function addVotes(votes: Uint32Array, classes: ArrayLike<number>, copies: number): void {
  if (classes.length !== copies) {
    throw new Error(`the base classifier gave ${classes.length} classes for ${copies} inputs`);
  }
  for (let i = 0; i < copies; i++) {
    const c = classes[i];
    if (!Number.isInteger(c) || c < 0 || c >= votes.length) {
      throw new Error(
        `the base classifier gave class ${c}, expected an integer from 0 to ${votes.length - 1}`,
      );
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
