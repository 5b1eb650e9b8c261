/**
 * A variance function σ(x): the standard deviation of the noise that an input is smoothed with.
 *
 * It promises to be r-semi-elastic, |log σ(x) − log σ(y)| ≤ r · ‖x − y‖ for all x and y (Súkeník et al. 2022,
 * Definition 3.1): the certified radius rests on that promise, and takes r from here and from nowhere else.
 */
export interface VarianceFunction {
  /** Name that a record carries. */
  readonly name: string;
  /** r ≥ 0, per unit of l2 distance (pixels in [0, 1]). */
  readonly rate: number;
  /** What determines the function, for the record. */
  readonly parameters: Readonly<Record<string, number | string>>;
  /**
   * σ at each input of a batch.
   *
   * @param inputs - each of the input dimension, pixels in [0, 1]
   * @returns one σ > 0 per input
   */
  sigma(inputs: readonly Float32Array[]): Promise<Float64Array>;
}
