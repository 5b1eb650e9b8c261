/** Certified accuracy of a published run at some radii. */
export interface PublishedResult {
  /** σ of the noise, constant. */
  readonly sigma: number;
  /** l2, pixels in [0, 1]; at 0 it is the accuracy of the smoothed classifier. */
  readonly radius: readonly number[];
  readonly accuracy: readonly number[];
  /**
   * Standard deviation of the ten class-wise accuracies (the root of their mean squared distance from their mean), an
   * abstention being an error.
   */
  readonly classDeviation: number;
}

/**
 * CIFAR-10 with Cohen et al.'s ResNet-110 (2019) at constant σ, from the certification logs of locuslab/smoothing
 * (data/certify/cifar10/resnet110/noise_σ/test/sigma_σ): every 20th test image, N0 = 100, N = 100 000, α = 0.001.
 */
export const COHEN_CIFAR10: readonly PublishedResult[] = [
  { sigma: 0.12, radius: [0, 0.25, 0.5], accuracy: [0.814, 0.586, 0], classDeviation: 0.134 },
  { sigma: 0.25, radius: [0, 0.25, 0.5], accuracy: [0.748, 0.6, 0.428], classDeviation: 0.136 },
  { sigma: 0.5, radius: [0, 0.25, 0.5], accuracy: [0.652, 0.546, 0.414], classDeviation: 0.16 },
];
