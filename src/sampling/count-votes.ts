import { Semaphore } from "async-mutex";
import type { BaseClassifier } from "../classifiers/base-classifier";
import { warnOfPixels } from "../classifiers/pixel-range";
import { requireInteger } from "../numerics/arguments";
import { IMAGE_LEVELS } from "../numerics/levels";
import { noisyCopies, noisyInput, type NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/**
 * The number of noisy copies per call, unless the base classifier sets its own number. Votes do not depend on
 * the number of copies per call.
 */
const BATCH_SIZE = 256;

/** The maximum number of samples that are counted together: more votes might not fit into 32 bits. */
export const MOST_SAMPLES: number = 2 ** 32 - 1;

/**
 * The number of batches that each base classifier can still take. All callers that count votes of the same
 * classifier share this limit.
 */
const slots = new WeakMap<BaseClassifier, Semaphore>();

function slotsOf(classifier: BaseClassifier): Semaphore {
  const { concurrency = 1, batchSize = 1 } = classifier;
  requireInteger("concurrency of the base classifier", concurrency, 1);
  requireInteger("batchSize of the base classifier", batchSize, 1);
  const semaphore = slots.get(classifier) ?? new Semaphore(concurrency);
  slots.set(classifier, semaphore);
  return semaphore;
}

/** Watches the counting of votes, and may end it early. */
export interface CountingWatch {
  readonly signal?: AbortSignal;
  /** A function that is called with the number of noisy copies classified since the last call. */
  readonly onSamples?: (count: number) => void;
}

/**
 * Counts the votes of a base classifier on noisy copies Q(x + σe), e ~ N(0, I), of one input. The function
 * implements SampleUnderNoise of Cohen et al. (2019), with noisy copies in whole levels
 * (docs/exact-sampling.md).
 *
 * The memory used depends on the number of batches in flight, not on the number of samples. At most
 * `concurrency` batches of a classifier are in flight, however many callers count its votes at the same time.
 *
 * @param x - the input, `classifier.dimension` values
 * @param sigma - σ > 0
 * @param samples - the indices of the samples to draw, at most {@link MOST_SAMPLES}; the noise of a sample
 *   depends only on its index
 * @returns the number of votes for each class
 * @throws RangeError if x has the wrong size, or if a value, σ, L or a property of the classifier is out of range;
 *   Error if the classifier does not return one class per copy; the abort reason of `signal` if it is aborted
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
    await Promise.all(running); // leaves no batch running
  }
  if (errors.length > 0) throw errors[0];
  signal?.throwIfAborted();
  return votes;
}

/** Classifies noisy copies. A classifier that can make noisy copies itself makes them where it runs. */
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
    throw new Error(
      `the base classifier must return ${copies} classes for ${copies} inputs, got ${classes.length}`,
    );
  }
  for (let i = 0; i < copies; i++) {
    const c = classes[i];
    if (!Number.isInteger(c) || c < 0 || c >= votes.length) {
      throw new Error(`the base classifier must return classes from 0 to ${votes.length - 1}, got ${c}`);
    }
    votes[c]++;
  }
}

/** The class with the most votes; in a tie, the tied class with the lowest index. */
export function mostVoted(votes: ArrayLike<number>): number {
  let most = 0;
  for (let c = 1; c < votes.length; c++) if (votes[c] > votes[most]) most = c;
  return most;
}
