import type { BaseClassifier } from "../classifiers/base-classifier";
import type { ImageDataset } from "../datasets/image-dataset";
import type { DatasetRunOptions } from "../experiments/certify-dataset";
import type { CertificationRecord } from "../experiments/record";
import { certifyDatasetInCell } from "../notebook/certify-in-cell";
import { requireOptions } from "../numerics/options";
import { type Certificate, certify, CERTIFY_DEFAULTS, type CertifyOptions } from "../smoothing/certify";
import { certifyDual, type DualSmoothing, predictDual } from "../smoothing/dual";
import { predict } from "../smoothing/predict";
import type { VarianceFunction } from "../variance/variance-function";

/** The options for sampling. Defaults: n0 = 100, n = 100,000, α = 0.001, seed 0. */
export type SmoothOptions = Partial<CertifyOptions>;

/** The options for certifying or predicting one input. */
export interface SmoothInputOptions extends SmoothOptions {
  /**
   * The index of the input in its data set. Inputs with different indices get independent noise. Default: 0.
   */
  readonly index?: number;
}

/**
 * The options for certifying a data set: how to sample, which images to certify, and where to write the record.
 */
export type SmoothDatasetOptions = SmoothOptions & Omit<DatasetRunOptions, keyof CertifyOptions | "dataset">;

/** The methods of every smoothed classifier g; see {@link smooth} and {@link smoothDual}. */
export interface Smoothing {
  /**
   * Certifies g at x. Returns the class of g (or ABSTAIN) and the radius within which g is constant (Certify of
   * Cohen et al. 2019, with the radius for an r-semi-elastic σ(x)). The certificate is wrong with probability
   * at most α.
   *
   * @param x - the input, N values
   * @throws RangeError naming the argument that is out of range, before anything is sampled
   */
  certify(x: Float32Array, options?: SmoothInputOptions): Promise<Certificate>;
  /**
   * Predicts the class of g at x, without a radius (Predict of Cohen et al. 2019). Returns the class or
   * ABSTAIN; a returned class is wrong with probability at most α. Of the options, only n, α, the seed and the index
   * matter.
   *
   * @param x - the input, N values
   * @throws RangeError naming the argument that is out of range, before anything is sampled
   */
  predict(x: Float32Array, options?: SmoothInputOptions): Promise<number>;
  /**
   * Certifies images of a data set. If `folder` is given, each row is written as soon as it is finished, and
   * repeating the call resumes an interrupted run. In a notebook cell, the call shows its progress, and
   * interrupting the kernel ends the run.
   *
   * @returns the record
   * @throws RangeError naming the argument that is out of range; Error if the folder holds a different run
   */
  certifyDataset(dataset: ImageDataset, options?: SmoothDatasetOptions): Promise<CertificationRecord>;
}

/** The smoothed classifier g of a base classifier f and a variance function σ(x); see {@link smooth}. */
export interface SmoothedClassifier extends Smoothing {
  /** The base classifier f. */
  readonly classifier: BaseClassifier;
  /** The variance function σ(x). */
  readonly variance: VarianceFunction;
}

/** A dual smoothed classifier g; see {@link smoothDual}. */
export interface DualSmoothedClassifier extends Smoothing, DualSmoothing {}

/**
 * Returns the smoothed classifier of the paper: g(x) = argmax_c P[f(x + σ(x) e) = c] with e ~ N(0, I). Noisy
 * pixels are rounded to whole levels (docs/exact-sampling.md).
 *
 * @param classifier - the base classifier f
 * @param variance - the variance function σ(x), with its rate r and error η
 * @example
 * const test = await loadMnist("test");
 * const g = smooth(await loadOnnxClassifier("models/mnist-sigma-0.5/int8.onnx", test), constant(0.5));
 * const { predicted, radius } = await g.certify(imageAt(test, 0), { n: 1000, seed: 1 });
 * predicted; // 7
 * radius; // 1.2316…
 * const record = await g.certifyDataset(test, { every: 5000, n: 1000 });
 */
export function smooth(classifier: BaseClassifier, variance: VarianceFunction): SmoothedClassifier {
  requireClassifier("smooth", classifier);
  if (typeof (variance as Partial<VarianceFunction> | undefined)?.sigma !== "function") {
    throw new TypeError(`smooth needs a variance function, such as constant(0.5), got ${String(variance)}`);
  }
  return {
    classifier,
    variance,
    async certify(x, given = {}) {
      const { index, ...options } = inputOptions("certify", classifier, x, given);
      return certify(classifier, variance, x, options, index);
    },
    async predict(x, given = {}) {
      const { index, ...options } = inputOptions("predict", classifier, x, given);
      return predict(classifier, variance, x, options, index);
    },
    async certifyDataset(dataset, options = {}) {
      requireOptions("certifyDataset", options, DATASET_OPTIONS);
      return certifyDatasetInCell({ ...withDefaults(options), classifier, variance, dataset });
    },
  };
}

/**
 * Returns a smoothed classifier with locally constant σ(x) (Dual Randomized Smoothing, Sun et al. 2026): g(x) =
 * g_{s(x)}(x). The selector s is a smoothed classifier that chooses among the experts g_1 … g_K, each smoothed
 * with its own constant σ. The certified radius is the smaller of the selector's radius and the chosen expert's
 * radius. The selector and the chosen expert are each certified at α/2 with independent noise, so a certificate
 * is wrong with probability at most α (docs/dual.md). g abstains if the selector or the expert abstains.
 *
 * @param dual - the selector and the experts; class i of the selector stands for `experts[i]`
 * @example
 * const test = await loadMnist("test");
 * const at = (sigma: number) => loadOnnxClassifier(`models/mnist-sigma-${sigma}/int8.onnx`, test);
 * const experts = [{ classifier: await at(0.25), sigma: 0.25 }, { classifier: await at(0.5), sigma: 0.5 }];
 * const ink = (x: Float32Array) => x.reduce((sum, value) => sum + value, 0);
 * const thick = functionClassifier({ name: "thick", dimension: 784, classCount: 2, classOf: (x) => (ink(x) > 100 ? 1 : 0) });
 * const g = smoothDual({ selector: { classifier: thick, sigma: 0.5 }, experts });
 * const { predicted, radius } = await g.certify(imageAt(test, 0), { n: 1000 });
 * predicted; // 7
 */
export function smoothDual({ selector, experts }: DualSmoothing): DualSmoothedClassifier {
  const dual = { selector, experts };
  for (const { classifier } of [selector, ...experts]) requireClassifier("smoothDual", classifier);
  return {
    ...dual,
    async certify(x, given = {}) {
      const { index, ...options } = inputOptions("certify", selector.classifier, x, given);
      return certifyDual(dual, { x, index }, options);
    },
    async predict(x, given = {}) {
      const { index, ...options } = inputOptions("predict", selector.classifier, x, given);
      return predictDual(dual, x, options, index);
    },
    async certifyDataset(dataset, options = {}) {
      requireOptions("certifyDataset", options, DATASET_OPTIONS);
      return certifyDatasetInCell({ ...withDefaults(options), dual, dataset });
    },
  };
}

/** Requires a base classifier. Without `await`, a function that loads one returns a promise, and the error says so. */
function requireClassifier(call: string, classifier: BaseClassifier): void {
  if (typeof (classifier as Partial<BaseClassifier> | undefined)?.classify === "function") return;
  const got = String(classifier);
  const hint = got === "[object Promise]" ? ": await loadOnnxClassifier(…)" : "";
  throw new TypeError(`${call} needs a base classifier, got ${got}${hint}`);
}

const OPTIONS: Readonly<Record<keyof CertifyOptions, true>> = {
  n0: true,
  n: true,
  alpha: true,
  seed: true,
  plan: true,
  bound: true,
  sharedNoise: true,
};

const DATASET_OPTIONS: Readonly<Record<keyof SmoothDatasetOptions, true>> = {
  ...OPTIONS,
  every: true,
  indices: true,
  shard: true,
  folder: true,
  command: true,
  signal: true,
  onWaiting: true,
  onRow: true,
  onProgress: true,
};

/**
 * Checks the arguments of `certify` and `predict`, and fills in the defaults.
 *
 * @throws RangeError if x is not an input of the base classifier, or if there is no such option
 */
function inputOptions(
  call: string,
  { dimension }: BaseClassifier,
  x: Float32Array,
  options: SmoothInputOptions,
): CertifyOptions & { readonly index: number } {
  requireOptions(call, options, { ...OPTIONS, index: true });
  if ((x as Float32Array | undefined)?.length !== dimension) {
    const given = (x as Float32Array | undefined)?.length;
    const got = given === undefined ? String(x) : `${given} values`;
    throw new RangeError(`x must be a Float32Array of ${dimension} values, got ${got}`);
  }
  return { index: 0, ...withDefaults(options) };
}

/** Fills in {@link CERTIFY_DEFAULTS} for options that are missing or undefined. */
function withDefaults<Options extends SmoothOptions>(options: Options): Options & CertifyOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...CERTIFY_DEFAULTS, ...(given as Options) };
}
