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
  /** What a record says of the classifier: where it is from, its checksum, what runs it. */
  readonly identity: Readonly<Record<string, string>>;
  /** How many inputs it likes in a batch. Votes don't depend on it. Default: 256. */
  readonly batchSize?: number;
  /** How many batches it can work on at once; each has to be copied before `classify` returns. Default: 1. */
  readonly concurrency?: number;
  /**
   * The class of each input of a batch.
   *
   * @param batch - inputs one after another, `batch.length / dimension` of them, pixels scaled to [0, 1] plus noise
   * @returns one class for each input: an integer from 0 to `classCount` − 1
   */
  classify(batch: Float32Array): Promise<ArrayLike<number>>;
  /** Frees what the classifier holds, once the batches in flight are done; it is not used afterwards. */
  close?(): Promise<void>;
}
