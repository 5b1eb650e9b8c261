import type { BaseClassifier } from "../classifiers/base-classifier";
import type { ImageDataset } from "../datasets/image-dataset";
import type { CertifyDatasetOptions } from "../experiments/certify-dataset";
import type { CertificationRecord } from "../experiments/record";
import { certifyDatasetInCell } from "../notebook/certify-in-cell";
import { type Certificate, certify, CERTIFY_DEFAULTS, type CertifyOptions } from "../smoothing/certify";
import { predict } from "../smoothing/predict";
import type { VarianceFunction } from "../variance/variance-function";

/** How to sample; see {@link CertifyOptions}. What is not given is n0 = 100, n = 100,000, α = 0.001, seed 0. */
export type SmoothOptions = Partial<CertifyOptions>;

/** How to certify or predict one input. */
export interface SmoothInputOptions extends SmoothOptions {
  /** Index of the input in its data set: inputs of different index get independent noise. Default: 0. */
  readonly index?: number;
}

/** How to certify a data set; see {@link CertifyDatasetOptions}. */
export type SmoothDatasetOptions = SmoothOptions &
  Omit<CertifyDatasetOptions, keyof CertifyOptions | "classifier" | "variance" | "dataset">;

/** The smoothed classifier g of a base classifier f and a variance function σ(x); see {@link smooth}. */
export interface SmoothedClassifier {
  readonly classifier: BaseClassifier;
  readonly variance: VarianceFunction;
  /**
   * The class of g at x and the radius in which it is proved constant (Certify of Cohen et al. 2019, with the radius of
   * an r-semi-elastic σ(x)), or ABSTAIN; wrong with probability at most α.
   *
   * @param x - the input, N values
   * @throws RangeError naming what is out of range, before anything is sampled
   */
  certify(x: Float32Array, options?: SmoothInputOptions): Promise<Certificate>;
  /**
   * The class of g at x without a radius (Predict of Cohen et al. 2019), or ABSTAIN; wrong with probability at most α.
   *
   * @param x - the input, N values
   * @throws RangeError naming what is out of range, before anything is sampled
   */
  predict(x: Float32Array, options?: SmoothInputOptions): Promise<number>;
  /**
   * Certifies images of a data set. With `folder`, rows are written as they are made, and the same call resumes a run
   * that was cut off; in a cell of a notebook, the progress is shown, and an interrupt ends the run.
   *
   * @returns the record
   * @throws RangeError naming what is out of range; Error if the folder holds another run
   */
  certifyDataset(dataset: ImageDataset, options?: SmoothDatasetOptions): Promise<CertificationRecord>;
}

/**
 * The smoothed classifier of the paper: g(x) = argmax_c P[f(x + σ(x) e) = c], e ~ N(0, I), in whole levels
 * (docs/exact-sampling.md).
 *
 * @param classifier - f
 * @param variance - σ(x), with the rate that it promises
 * @example
 * const test = await loadMnist("test");
 * const g = smooth(await loadOnnxClassifier("models/mnist-sigma-0.5/int8.onnx", test), constant(0.5));
 * const { predicted, radius } = await g.certify(imageAt(test, 0), { n: 10_000 });
 */
export function smooth(classifier: BaseClassifier, variance: VarianceFunction): SmoothedClassifier {
  return {
    classifier,
    variance,
    certify(x, { index = 0, ...options } = {}) {
      return certify(classifier, variance, x, withDefaults(options), index);
    },
    predict(x, { index = 0, ...options } = {}) {
      return predict(classifier, variance, x, withDefaults(options), index);
    },
    certifyDataset(dataset, options = {}) {
      return certifyDatasetInCell({ ...withDefaults(options), classifier, variance, dataset });
    },
  };
}

/** The options with {@link CERTIFY_DEFAULTS} for what is not given; undefined is not given. */
function withDefaults<Options extends SmoothOptions>(options: Options): Options & CertifyOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...CERTIFY_DEFAULTS, ...(given as Options) };
}
