import type { NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/**
 * A base classifier f: it gives each input of a batch one class. This is all that smoothing needs to know of a model.
 *
 * The class of an input is a function of that input alone: smoothing is defined for nothing else.
 */
export interface BaseClassifier {
  /** Input dimension N. */
  readonly dimension: number;
  /** Number of classes, at most 2^31. */
  readonly classCount: number;
  /**
   * L, the levels to the unit that its inputs are rounded to: an integer from 1. The smoothed classifier is that of f∘Q,
   * Q(z)_i = ⌊L z_i + ½⌋, and f is handed the 32-bit floats nearest to level / L. Default: 255, for images in [0, 1] of
   * 8 bits; for data of another scale, take a step 1/L well below σ.
   */
  readonly levels?: number;
  /** The identity of the classifier in a record: its source, checksum and runtime. */
  readonly identity: Readonly<Record<string, string>>;
  /** How many inputs it likes in a batch. Votes don't depend on it. Default: 256. */
  readonly batchSize?: number;
  /** How many batches it can work on at once; each has to be copied before `classify` returns. Default: 1. */
  readonly concurrency?: number;
  /**
   * The class of each input of a batch.
   *
   * @param batch - inputs one after another, `batch.length / dimension` of them: levels / L, pixels in [0, 1] plus noise
   * @returns one class for each input: an integer from 0 to `classCount` − 1
   */
  classify(batch: Float32Array): Promise<ArrayLike<number>>;
  /**
   * The classes of `samples.count` noisy copies, for a classifier that makes the copies itself, next to its model
   * (see `noisyCopies`). They are at most `batchSize`.
   */
  classifyCopies?(input: NoisyInput, samples: SampleRange): Promise<ArrayLike<number>>;
  /** Frees what the classifier holds, once the batches in flight are done; it is not used afterwards. */
  close?(): Promise<void>;
}
