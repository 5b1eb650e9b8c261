import { IMAGE_LEVELS } from "../numerics/levels";
import type { BaseClassifier } from "./base-classifier";

/** The classifiers for which a warning has been printed. */
const warned = new WeakSet<BaseClassifier>();

/**
 * Warns, once per image classifier, if an input has values outside [0, 1]. A classifier counts as an image
 * classifier if it names the shape of its images, as ONNX classifiers do, and has 255 levels. The data of
 * other classifiers may be on another scale.
 */
export function warnOfPixels(classifier: BaseClassifier, x: Float32Array): void {
  const { levels = IMAGE_LEVELS } = classifier;
  if (!("image" in classifier) || levels !== IMAGE_LEVELS || warned.has(classifier)) return;
  const low = x.reduce((least, value) => Math.min(least, value), Infinity);
  const high = x.reduce((most, value) => Math.max(most, value), -Infinity);
  if (low >= 0 && high <= 1) return;
  warned.add(classifier);
  console.warn(
    `warning: an input of ${classifier.identity.file} has values from ${low} to ${high}, ` +
      `expected pixels in [0, 1] (divide bytes by 255)`,
  );
}
