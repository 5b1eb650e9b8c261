import { type ImageDataset, requireDataset } from "../datasets/image-dataset";
import type { BaseClassifier } from "./base-classifier";

/**
 * Checks that a base classifier and a data set fit: inputs of one size, and one name for each class.
 *
 * @throws RangeError naming what does not fit
 */
export function requireFit(classifier: BaseClassifier, dataset: ImageDataset): void {
  requireInputs(classifier, dataset);
  const { name, classNames } = dataset;
  if (classifier.classCount !== classNames.length) {
    throw new RangeError(
      `the base classifier has ${classifier.classCount} classes, ${name} has ${classNames.length}`,
    );
  }
}

/**
 * Checks that a base classifier takes the images of a data set, whatever its classes are.
 *
 * @throws RangeError naming both sizes
 */
export function requireInputs(classifier: BaseClassifier, dataset: ImageDataset): void {
  requireDataset(dataset);
  const { name, dimension } = dataset;
  if (classifier.dimension !== dimension) {
    throw new RangeError(
      `the base classifier takes inputs of ${classifier.dimension} values, ${name} has ${dimension}`,
    );
  }
}
