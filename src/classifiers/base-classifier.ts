import type { NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/**
 * A base classifier f, which assigns one class to each input of a batch. Smoothing requires nothing else of a
 * model.
 *
 * The class of an input must depend only on this input; otherwise smoothing is not defined.
 */
export interface BaseClassifier {
  /** The input dimension N. */
  readonly dimension: number;
  /** The number of classes, at most 2^31. */
  readonly classCount: number;
  /**
   * The number L of levels per unit to which inputs are rounded, a positive integer. The classifier that is
   * smoothed is f∘Q with Q(z)_i = ⌊L z_i + ½⌋, and f receives the 32-bit floats nearest to level / L.
   * Default: 255, for 8-bit images in [0, 1]. For data on another scale, choose L so that the step 1/L is
   * well below σ.
   */
  readonly levels?: number;
  /** The identity of the classifier in a record: its source, checksum and runtime. */
  readonly identity: Readonly<Record<string, string>>;
  /** The preferred number of inputs in a batch. Votes do not depend on the batch size. Default: 256. */
  readonly batchSize?: number;
  /**
   * The number of batches that the classifier can process at once. The method `classify` must copy its batch
   * before returning. Default: 1.
   */
  readonly concurrency?: number;
  /**
   * Returns the class of each input of a batch.
   *
   * @param batch - `batch.length / dimension` inputs, one after another. Each value is level / L; for images,
   *   it is a pixel in [0, 1] plus noise
   * @returns one class for each input: an integer from 0 to `classCount` − 1
   */
  classify(batch: Float32Array): Promise<ArrayLike<number>>;
  /**
   * Returns the classes of `samples.count` noisy copies, of which there are at most `batchSize`. Only
   * classifiers that make the noisy copies themselves, in the place where the model runs, have this method
   * (see `noisyCopies`).
   */
  classifyCopies?(input: NoisyInput, samples: SampleRange): Promise<ArrayLike<number>>;
  /**
   * Frees the resources of the classifier once the batches in flight are done. The classifier must not be
   * used afterward.
   */
  close?(): Promise<void>;
}
