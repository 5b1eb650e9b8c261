import type { BaseClassifier } from "../classifiers/base-classifier";
import { SamplingStream } from "../noise/uniform-number";
import { requireFraction, requirePositive } from "../numerics/arguments";
import { IMAGE_LEVELS } from "../numerics/levels";
import type { CountingWatch } from "../sampling/count-votes";
import { constant } from "../variance/constant";
import {
  ABSTAIN,
  type Certificate,
  certifyInput,
  type CertifyOptions,
  checkCertifyOptions,
  dualCertificate,
} from "./certify";
import { predict } from "./predict";

/** A base classifier and the constant σ with which it is smoothed. */
export interface ConstantSmoothing {
  /** The base classifier. */
  readonly classifier: BaseClassifier;
  /** σ > 0, the same at every input. */
  readonly sigma: number;
}

/**
 * A smoothed classifier with locally constant σ(x): a selector chooses among experts, each with its own σ.
 */
export interface DualSmoothing {
  /** The classifier that chooses the expert; class i stands for `experts[i]`. */
  readonly selector: ConstantSmoothing;
  /** The classifiers that the selector chooses among: at least one, all with the same classes. */
  readonly experts: readonly ConstantSmoothing[];
}

/** Lists the stages of a dual smoothed classifier: the selector first, then the experts. */
export function stagesOf({ selector, experts }: DualSmoothing): readonly ConstantSmoothing[] {
  return [selector, ...experts];
}

/**
 * Checks the options of a dual certification before anything is sampled.
 *
 * @throws RangeError naming an option that is out of range, or stating why the selector and the experts do
 *   not fit together
 */
export function checkDualOptions(dual: DualSmoothing, options: CertifyOptions): void {
  checkDual(dual);
  requireFraction("alpha", options.alpha);
  const { classifier, sigma } = dual.selector;
  checkCertifyOptions(classifier, constant(sigma), stageOptions(options));
}

function checkDual(dual: DualSmoothing): void {
  const { selector, experts } = dual;
  if (experts.length === 0) throw new RangeError("there must be at least one expert, got none");
  if (selector.classifier.classCount !== experts.length) {
    throw new RangeError(
      `the selector must have a class for each expert, got ${selector.classifier.classCount} for ${experts.length}`,
    );
  }
  const given = selector.classifier;
  const [{ classifier: first }] = experts;
  for (const [i, { classifier }] of experts.entries()) {
    if (classifier.classCount === first.classCount) continue;
    throw new RangeError(
      `expert ${i} must have as many classes as expert 0, ${first.classCount}, got ${classifier.classCount}`,
    );
  }
  for (const [i, { classifier, sigma }] of stagesOf(dual).entries()) {
    const name = i === 0 ? "the selector" : `expert ${i - 1}`;
    requirePositive(`σ of ${name}`, sigma);
    const [levels, wanted] = [classifier.levels ?? IMAGE_LEVELS, given.levels ?? IMAGE_LEVELS];
    if (classifier.dimension !== given.dimension || levels !== wanted) {
      throw new RangeError(
        `${name} must take the inputs of the selector, ${given.dimension} values of ${wanted} levels to the unit, ` +
          `got ${classifier.dimension} of ${levels}`,
      );
    }
  }
}

/** The options for certifying one stage, the selector or the expert, at level α/2. */
function stageOptions(options: CertifyOptions): CertifyOptions {
  return { ...options, alpha: options.alpha / 2 };
}

/**
 * Certifies a dual smoothed classifier at one input: the selector returns an expert with a radius, then the
 * expert returns a class with a radius. The selector and the expert use independent noise, and each is
 * certified at level α/2. With probability at least 1 − α, the dual smoothed classifier returns the expert's
 * class everywhere in the open l2 ball around x whose radius is the smaller of the two radii (docs/dual.md).
 *
 * Even if the selector abstains, votes are counted for the expert that its n0 samples chose, because a
 * certificate at a different α may need them.
 *
 * @throws the errors of {@link checkDualOptions}; RangeError if x does not fit the base classifiers
 */
export async function certifyDual(
  dual: DualSmoothing,
  { x, index }: { readonly x: Float32Array; readonly index: number },
  options: CertifyOptions,
  watch: CountingWatch = {},
): Promise<Certificate> {
  checkDualOptions(dual, options);
  const certifyStage = (
    { classifier, sigma }: ConstantSmoothing,
    isSelection: boolean,
  ): Promise<Certificate> =>
    certifyInput(classifier, constant(sigma), { x, index, sigma, isSelection }, stageOptions(options), watch);
  const selected = await certifyStage(dual.selector, true);
  return dualCertificate(selected, await certifyStage(dual.experts[selected.candidate], false));
}

/**
 * Predicts the class of a dual smoothed classifier at one input, without a radius. The result is a class or
 * {@link ABSTAIN}; a returned class is wrong with probability at most α.
 *
 * @throws RangeError naming an option that is out of range; RangeError if x does not fit the base classifiers
 */
export async function predictDual(
  dual: DualSmoothing,
  x: Float32Array,
  options: CertifyOptions,
  index: number = 0,
): Promise<number> {
  checkDual(dual);
  requireFraction("alpha", options.alpha);
  const predictStage = ({ classifier, sigma }: ConstantSmoothing, stream: number): Promise<number> =>
    predict(classifier, constant(sigma), x, stageOptions(options), index, stream);
  const expert = await predictStage(dual.selector, SamplingStream.selection);
  if (expert === ABSTAIN) return ABSTAIN;
  return predictStage(dual.experts[expert], SamplingStream.certification);
}
