import { IMAGE_LEVELS } from "../numerics/levels";
import type { BaseClassifier } from "./base-classifier";

/** Classifiers that a warning has been given for. */
const warned = new WeakSet<BaseClassifier>();

/**
 * Warns, once for each classifier of images, if an input has values that no pixel has. A classifier of images is one
 * that names their shape, as ONNX classifiers do; one with other levels than 255 may have data of another scale.
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
      `expected pixels in [0, 1] (bytes are divided by 255)`,
  );
}
