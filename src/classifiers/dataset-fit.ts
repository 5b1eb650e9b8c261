import { type ImageDataset, requireDataset } from "../datasets/image-dataset";
import type { BaseClassifier } from "./base-classifier";

/**
 * Checks that a base classifier and a data set fit together: inputs and images have the same size, and the
 * data set has one name for each class.
 *
 * @throws RangeError naming the mismatch
 */
export function requireFit(
  classifier: Pick<BaseClassifier, "dimension" | "classCount">,
  dataset: ImageDataset,
): void {
  requireInputs(classifier, dataset);
  const { name, classNames } = dataset;
  if (classifier.classCount !== classNames.length) {
    throw new RangeError(
      `the base classifier has ${classifier.classCount} classes, but ${name} has ${classNames.length}`,
    );
  }
}

/**
 * Checks that a base classifier accepts the images of a data set; the classes are not compared.
 *
 * @throws RangeError naming the size of the inputs and the size of the images
 */
export function requireInputs(classifier: Pick<BaseClassifier, "dimension">, dataset: ImageDataset): void {
  requireDataset(dataset);
  const { name, dimension } = dataset;
  if (classifier.dimension !== dimension) {
    throw new RangeError(
      `the base classifier takes inputs of ${classifier.dimension} values, but ${name} has ${dimension}`,
    );
  }
}
