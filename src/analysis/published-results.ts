/** The results of a published run, including its certified accuracy at certain radii. */
export interface PublishedResult {
  /** The name of the data set in this package, such as "cifar10". */
  readonly dataset: string;
  /** The constant σ of the noise. */
  readonly sigma: number;
  /**
   * The radii in l2 norm, for pixels in [0, 1]. The certified accuracy at radius 0 is the accuracy of the
   * smoothed classifier.
   */
  readonly radius: readonly number[];
  /** The certified accuracy at each radius, a share from 0 to 1. */
  readonly accuracy: readonly number[];
  /**
   * The mean certified radius; if the predicted class is wrong or the classifier abstains, the radius counts
   * as 0.
   */
  readonly averageRadius: number;
  /**
   * The standard deviation of the ten class-wise accuracies (the square root of their mean squared distance
   * from their mean). An abstention counts as an error.
   */
  readonly classDeviation: number;
}

/**
 * CIFAR-10 with Cohen et al.'s ResNet-110 (2019) at constant σ, derived from the certification logs of
 * locuslab/smoothing (data/certify/cifar10/resnet110/noise_σ/test/sigma_σ): every 20th test image, n0 = 100,
 * n = 100,000, α = 0.001. The radii are multiples of 0.05, followed by the largest radius, at which the
 * accuracy drops to 0.
 *
 * @example
 * COHEN_CIFAR10.map(({ sigma, averageRadius }) => [sigma, averageRadius]); // [ [ 0.12, 0.2701 ], [ 0.25, 0.4289 ], [ 0.5, 0.5375 ] ]
 */
export const COHEN_CIFAR10: readonly PublishedResult[] = [
  {
    dataset: "cifar10",
    sigma: 0.12,
    radius: [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.457, 0.457],
    accuracy: [0.814, 0.762, 0.736, 0.692, 0.634, 0.586, 0.506, 0.46, 0.402, 0.306, 0.306, 0],
    averageRadius: 0.2701,
    classDeviation: 0.134,
  },
  {
    dataset: "cifar10",
    sigma: 0.25,
    radius: [
      0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
      0.95, 0.978, 0.978,
    ],
    accuracy: [
      0.748, 0.73, 0.698, 0.658, 0.626, 0.6, 0.568, 0.522, 0.496, 0.458, 0.428, 0.404, 0.366, 0.33, 0.3,
      0.266, 0.228, 0.202, 0.18, 0.154, 0.13, 0,
    ],
    averageRadius: 0.4289,
    classDeviation: 0.136,
  },
  {
    dataset: "cifar10",
    sigma: 0.5,
    radius: [
      0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
      0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4, 1.45, 1.5, 1.55, 1.6, 1.65, 1.7, 1.75, 1.8, 1.85,
      1.9, 1.95, 1.96, 1.96,
    ],
    accuracy: [
      0.652, 0.628, 0.602, 0.584, 0.566, 0.546, 0.522, 0.498, 0.468, 0.45, 0.414, 0.406, 0.384, 0.364, 0.34,
      0.32, 0.308, 0.288, 0.274, 0.254, 0.234, 0.218, 0.202, 0.186, 0.17, 0.152, 0.144, 0.134, 0.12, 0.106,
      0.094, 0.08, 0.08, 0.072, 0.062, 0.052, 0.048, 0.038, 0.028, 0.018, 0.018, 0,
    ],
    averageRadius: 0.5375,
    classDeviation: 0.16,
  },
];
