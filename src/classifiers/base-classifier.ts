/**
 * A base classifier f: it gives each input of a batch one class. This is all that smoothing needs to know of a model.
 */
export interface BaseClassifier {
  /** Input dimension N. */
  readonly dimension: number;
  readonly classCount: number;
  /** What a record says of the classifier: where it is from, its checksum, what runs it. */
  readonly identity: Readonly<Record<string, string>>;
  /**
   * The class of each input of a batch.
   *
   * @param batch - inputs one after another, `batch.length / dimension` of them, pixels scaled to [0, 1] plus noise
   * @returns one class index per input
   */
  classify(batch: Float32Array): Promise<Uint16Array>;
}
