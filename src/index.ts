export { available } from "./notebook/available";
export { show } from "./notebook/show";
export { showProgress, type Progress } from "./notebook/show-progress";
export { showTable, type DataFrameLike, type TableOptions } from "./notebook/show-table";
export { figureToPng, type ImageSize, type PlotlyFigure } from "./figures/static-image";
export {
  executeNotebook,
  type CellFailure,
  type ExecutedNotebook,
  type ExecuteOptions,
} from "./kernel/execute";
export { readNotebook, type Notebook } from "./kernel/notebook-file";
export {
  imageAt,
  type ImageDataset,
  type Labels,
  type Split,
  type WholeDataset,
} from "./datasets/image-dataset";
export { loadCifar10, type Cifar10Options } from "./datasets/cifar10";
export { loadCifar10Distances, type KnownDistances } from "./datasets/cifar10-distances";
export { loadMnist } from "./datasets/mnist";
export { loadPngFolder, type PngFolderOptions } from "./datasets/image-folder";
export { loadImages, type LoadImagesOptions } from "./datasets/load-images";
export { MissingDataError } from "./datasets/data-file";
export type { VarianceFunction } from "./variance/variance-function";
export { constant } from "./variance/constant";
export {
  meanCenter,
  meanNeighborDistance,
  nearestNeighbor,
  type NearestNeighborOptions,
} from "./variance/nearest-neighbor";
export type { BaseClassifier } from "./classifiers/base-classifier";
export {
  loadOnnxClassifier,
  type OnnxClassifier,
  type OnnxClassifierOptions,
} from "./classifiers/onnx-classifier";
export { quantizeClassifier, type QuantizeOptions } from "./classifiers/quantize";
export { compareClassifiers, type Comparison } from "./classifiers/compare-classifiers";
export {
  trainClassifier,
  TRAINING_DEFAULTS,
  type EpochLog,
  type TrainingOptions,
  type TrainingProgress,
  type TrainingRun,
} from "./training/train";
export { fillStandardNormal } from "./noise/gaussian-noise";
export { roundedGaussian, type RoundedGaussian, type RoundedGaussianOptions } from "./noise/rounded-gaussian";
export {
  smooth,
  type SmoothDatasetOptions,
  type SmoothedClassifier,
  type SmoothInputOptions,
  type SmoothOptions,
} from "./front/smooth";
export { ABSTAIN, type Certificate } from "./smoothing/certify";
export {
  decidePlan,
  fixedPlan,
  gainPlan,
  lowerBound,
  type Look,
  type LowerBound,
  type SamplingPlan,
} from "./sampling/sampling-plan";
export { classBounds, type ConfidenceBound } from "./sampling/class-bounds";
export { mergeRecords } from "./experiments/merge-records";
export { recertify, type RecertifyChanges } from "./experiments/recertify";
export type { RunProgress } from "./experiments/run-progress";
export { readRecord, type CertificationRecord, type RecordRow } from "./experiments/record";
export type { RunConfiguration } from "./experiments/run-configuration";
export {
  certifiedAccuracy,
  certifiedAccuracyBand,
  certifiedAccuracyCurve,
} from "./analysis/certified-accuracy";
export { summarize, type RecordSummary } from "./analysis/summary";
export {
  accuracyDifferences,
  compareRecords,
  QUANTITIES,
  type AccuracyDifference,
  type RecordComparison,
} from "./analysis/compare-records";
export { bootstrap, type Interval } from "./analysis/bootstrap";
export { pairedShareInterval } from "./analysis/paired-share-interval";
export { readCohenLog, type CohenLogOptions } from "./analysis/cohen-log";
export { dataFrame } from "./analysis/data-frame";
export { classAccuracies, classDeviation, type ClassAccuracy } from "./analysis/class-accuracy";
export { radiusLimits } from "./analysis/waterfall";
export { withRadii } from "./analysis/with-radii";
export { COHEN_CIFAR10, type PublishedResult } from "./analysis/published-results";
export { COLOURS } from "./figures/colours";
export type { Figure } from "./figures/figure";
export {
  certifiedAccuracyFigure,
  type CertifiedAccuracyFigureOptions,
} from "./figures/certified-accuracy-figure";
export { waterfallFigure } from "./figures/waterfall-figure";
export { classAccuracyFigure } from "./figures/class-accuracy-figure";
export { differencesFigure, type DifferencesFigureOptions } from "./figures/differences-figure";
export { accuracyDifferenceFigure } from "./figures/accuracy-difference-figure";
export { imageFigure, type CaptionedImage, type ImageFigureOptions } from "./figures/image-figure";
export { normalCdf, normalQuantile } from "./probability/normal";
export { binomialTest, clopperPearsonLower, clopperPearsonUpper } from "./probability/binomial";
export { confidenceSequenceLower, confidenceSequenceUpper } from "./probability/confidence-sequence";
export { noncentralChiSquared } from "./probability/noncentral-chi-squared";
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
  type RatioRange,
  type VarianceRatioOptions,
  type VarianceRatioThresholds,
} from "./certificates/curse-of-dimensionality";
export { approximateRadius } from "./certificates/approximate-radius";
export { clampedRadius, CLAMPS, type ClampedRadiusOptions } from "./certificates/clamped-radius";
export { maximalRate, type MaximalRateOptions } from "./certificates/maximal-rate";
export { clamp, mixture, product, scale } from "./variance/combinators";
export {
  exponentialOfLipschitz,
  userFunction,
  type LipschitzOptions,
  type UserFunctionOptions,
} from "./variance/user-function";
export {
  checkSemiElasticity,
  type SemiElasticityCheck,
  type SemiElasticityOptions,
} from "./variance/check-semi-elasticity";
export { leaveOneOutSigma } from "./variance/leave-one-out";
export { datasetDistances } from "./variance/dataset-distances";
export { blobs, cone, rings, type Point, type ToyWorld } from "./toy/worlds";
export {
  batchClassifier,
  functionClassifier,
  type BatchClassifierOptions,
  type FunctionClassifierOptions,
} from "./classifiers/function-classifier";
export { countVotes } from "./sampling/count-votes";
export { dataDependentSigma, type DataDependentSigmaOptions } from "./smoothing/data-dependent-sigma";
export { worstCaseFigure, type WorstCaseFigureOptions } from "./figures/worst-case-figure";
export {
  leavingProbabilityFigure,
  type LeavingProbabilityFigureOptions,
} from "./figures/leaving-probability-figure";
export { noiseNormFigure, type NoiseNormFigureOptions } from "./figures/noise-norm-figure";
export { ratioThresholdFigure, type RatioThresholdFigureOptions } from "./figures/ratio-threshold-figure";
export { kullbackLeiblerFigure, type KullbackLeiblerFigureOptions } from "./figures/kullback-leibler-figure";
export {
  baseBoundary,
  smoothExactly,
  type ExactCertificate,
  type ExactSmoothing,
  type Frame,
  type Segment,
} from "./toy/exact-smoothing";
export {
  smoothedWorldFigure,
  type RadiusKind,
  type SmoothedStep,
  type SmoothedWorldFigureOptions,
} from "./figures/smoothed-world-figure";
export { underCertificationFigure } from "./figures/under-certification-figure";
export { curvesFigure, type Curve, type CurvesFigureOptions } from "./figures/curves-figure";
export {
  certifiedRadiusFigure,
  type CertifiedRadiusFigureOptions,
  type RadiusSetting,
} from "./figures/certified-radius-figure";
export { radiusConditionFigure, type RadiusConditionFigureOptions } from "./figures/radius-condition-figure";
export { radiusLossFigure, type RadiusLossFigureOptions } from "./figures/radius-loss-figure";
export { maximalRateFigure, type MaximalRateFigureOptions } from "./figures/maximal-rate-figure";
export { voteShareFigure, type CountedVote, type VoteShareFigureOptions } from "./figures/vote-share-figure";
export { histogramFigure, type HistogramFigureOptions, type HistogramStep } from "./figures/histogram-figure";
export { boxFigure, type BoxFigureOptions } from "./figures/box-figure";
