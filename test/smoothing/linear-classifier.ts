import type { BaseClassifier } from "../../src/classifiers/base-classifier";

/** Class 1 where the first coordinate is above `threshold`: its smoothed classifier is known exactly. */
export function halfSpaceClassifier(dimension: number, threshold: number): BaseClassifier {
  return {
    dimension,
    classCount: 2,
    identity: { name: "half-space", threshold: String(threshold) },
    classify: (batch) => {
      const classes = new Uint16Array(batch.length / dimension);
      for (let i = 0; i < classes.length; i++) classes[i] = batch[i * dimension] > threshold ? 1 : 0;
      return Promise.resolve(classes);
    },
  };
}
