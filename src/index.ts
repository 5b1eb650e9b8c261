/**
 * The public names that notebooks and programs import from `idrs`, grouped by task.
 *
 * Each example assumes that the names used in the example are imported from `idrs` and that the code runs in
 * the folder of the repository. A comment at the end of a line shows the value of the expression on that
 * line; … marks omitted parts. A test checks the values in these comments.
 *
 * @packageDocumentation
 */

// Data
export { imageAt, type ImageDataset } from "./datasets/image-dataset";
export { loadMnist } from "./datasets/mnist";
export { loadCifar10, type Cifar10Options } from "./datasets/cifar10";
export { loadCifar10Distances } from "./datasets/cifar10-distances";
export { loadImages, type LoadImagesOptions } from "./datasets/load-images";

// σ(x)
export type { VarianceFunction } from "./variance/variance-function";
export { constant } from "./variance/constant";
export {
  meanNeighborDistance,
  nearestNeighbor,
  type NearestNeighborOptions,
} from "./variance/nearest-neighbor";
export {
  exponentialOfLipschitz,
  userFunction,
  type LipschitzOptions,
  type UserFunctionOptions,
} from "./variance/user-function";
export { precomputed, type PrecomputedOptions } from "./variance/precomputed";
export { clamp, mixture, product, scale } from "./variance/combinators";
export {
  checkSemiElasticity,
  type SemiElasticityCheck,
  type SemiElasticityOptions,
} from "./variance/check-semi-elasticity";
export { dataDependentSigma, type DataDependentSigmaOptions } from "./smoothing/data-dependent-sigma";

// Base classifiers
export type { BaseClassifier } from "./classifiers/base-classifier";
export {
  loadOnnxClassifier,
  type OnnxClassifier,
  type OnnxClassifierOptions,
} from "./classifiers/onnx-classifier";
export {
  batchClassifier,
  functionClassifier,
  type BatchClassifierOptions,
  type FunctionClassifierOptions,
} from "./classifiers/function-classifier";
export { quantizeClassifier, type QuantizeOptions } from "./classifiers/quantize";
export { trainClassifier, type TrainingOptions, type TrainingRun } from "./training/train";

// Smooth: certify, predict, certify a data set
export {
  smooth,
  smoothDual,
  type DualSmoothedClassifier,
  type SmoothDatasetOptions,
  type SmoothedClassifier,
  type SmoothInputOptions,
  type SmoothOptions,
} from "./front/smooth";
export { ABSTAIN, type Certificate } from "./smoothing/certify";
export type { ConstantSmoothing, DualSmoothing } from "./smoothing/dual";
export { decidePlan, gainPlan, type SamplingPlan } from "./sampling/sampling-plan";
export { type ConfidenceBound } from "./sampling/class-bounds";

// Certificates
export { cohenRadius, type CohenRadiusOptions } from "./certificates/cohen";
export {
  certifiedRadius,
  type CertifiedRadius,
  type CertifiedRadiusOptions,
} from "./certificates/certified-radius";
export type { ClassBounds, Confidence } from "./certificates/confidence";
export {
  worstCaseProbability,
  worstCaseRegion,
  type WorstCaseOptions,
  type WorstCaseRegion,
} from "./certificates/worst-case";
export {
  varianceRatioThresholds,
  type VarianceRatioOptions,
  type VarianceRatioThresholds,
} from "./certificates/curse-of-dimensionality";
export { maximalRate, type MaximalRateOptions } from "./certificates/maximal-rate";
export { approximateRadius } from "./certificates/approximate-radius";
export { clampedRadius, CLAMPS, type ClampedRadiusOptions } from "./certificates/clamped-radius";

// Probability
export { normalCdf, normalQuantile } from "./probability/normal";
export { noncentralChiSquared } from "./probability/noncentral-chi-squared";
export { clopperPearsonLower, clopperPearsonUpper } from "./probability/binomial";
export { confidenceSequenceLower, confidenceSequenceUpper } from "./probability/confidence-sequence";
export { roundedGaussian, type RoundedGaussian, type RoundedGaussianOptions } from "./noise/rounded-gaussian";
export { fillStandardNormal } from "./noise/gaussian-noise";

// Records
export { readRecord, type CertificationRecord, type RecordRow } from "./experiments/record";
export type { RunConfiguration } from "./experiments/run-configuration";
export type { RunProgress } from "./experiments/run-progress";
export { mergeRecords } from "./experiments/merge-records";
export { recertify, type RecertifyChanges } from "./experiments/recertify";
export { readCohenLog, type CohenLogOptions } from "./analysis/cohen-log";

// Analyze
export { summarize, type RecordSummary } from "./analysis/summary";
export { certifiedAccuracy } from "./analysis/certified-accuracy";
export { compareRecords, QUANTITIES, type RecordComparison } from "./analysis/compare-records";
export { readExperiment, type Experiment } from "./analysis/experiment";
export { compareClasses, type ClassComparison } from "./analysis/compare-classes";
export { comparePublished, type PublishedComparison } from "./analysis/compare-published";
export { compareFormulas, type FormulaComparison } from "./analysis/compare-formulas";
export { compareBounds, type BoundComparison } from "./analysis/compare-bounds";
export { classAccuracies, classDeviation, type ClassAccuracy } from "./analysis/class-accuracy";
export { withRadii } from "./analysis/with-radii";
export { bootstrap, type Interval } from "./analysis/bootstrap";
export { dataFrame, type RecordFrame } from "./analysis/data-frame";
export { COHEN_CIFAR10, type PublishedResult } from "./analysis/published-results";

// The plane in which everything is exact
export { blobs, cone, rings, type Point, type ToyWorld } from "./toy/worlds";
export { smoothExactly, type ExactCertificate, type ExactSmoothing } from "./toy/exact-smoothing";
export { smoothDualExactly, type ToySelector } from "./toy/dual-smoothing";

// Figures
export type { Figure, PlotlyFigure } from "./figures/figure";
export { COLORS } from "./figures/colors";
export {
  certifiedAccuracyFigure,
  type CertifiedAccuracyFigureOptions,
} from "./figures/certified-accuracy-figure";
export { waterfallFigure } from "./figures/waterfall-figure";
export { differencesFigure, type DifferencesFigureOptions } from "./figures/differences-figure";
export { accuracyDifferenceFigure } from "./figures/accuracy-difference-figure";
export { classAccuracyFigure } from "./figures/class-accuracy-figure";
export {
  certifiedRadiusFigure,
  type CertifiedRadiusFigureOptions,
  type RadiusSetting,
} from "./figures/certified-radius-figure";
export { radiusConditionFigure, type RadiusConditionFigureOptions } from "./figures/radius-condition-figure";
export { radiusLossFigure, type RadiusLossFigureOptions } from "./figures/radius-loss-figure";
export { maximalRateFigure, type MaximalRateFigureOptions } from "./figures/maximal-rate-figure";
export { worstCaseFigure, type WorstCaseFigureOptions } from "./figures/worst-case-figure";
export {
  leavingProbabilityFigure,
  type LeavingProbabilityFigureOptions,
} from "./figures/leaving-probability-figure";
export { noiseNormFigure, type NoiseNormFigureOptions } from "./figures/noise-norm-figure";
export { ratioThresholdFigure, type RatioThresholdFigureOptions } from "./figures/ratio-threshold-figure";
export { kullbackLeiblerFigure, type KullbackLeiblerFigureOptions } from "./figures/kullback-leibler-figure";
export {
  smoothedWorldFigure,
  type SmoothedStep,
  type SmoothedWorldFigureOptions,
} from "./figures/smoothed-world-figure";
export { underCertificationFigure } from "./figures/under-certification-figure";
export { curvesFigure, type Curve, type CurvesFigureOptions } from "./figures/curves-figure";
export { histogramFigure, type HistogramFigureOptions } from "./figures/histogram-figure";
export { boxFigure, type BoxFigureOptions } from "./figures/box-figure";
export { imageFigure, type CaptionedImage, type ImageFigureOptions } from "./figures/image-figure";
export { voteShareFigure, type CountedVote, type VoteShareFigureOptions } from "./figures/vote-share-figure";
export type { ImageSize } from "./figures/static-image";

// Export: files for papers, citations
export { save } from "./export/save";
export type { PrintSize } from "./figures/print-figure";
export { cite } from "./export/cite";

// Notebook
export { available } from "./notebook/available";
export { show } from "./notebook/show";
export { showTable, type TableOptions } from "./notebook/show-table";
export { showProgress, type Progress } from "./notebook/show-progress";
