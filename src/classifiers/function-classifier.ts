import type { BaseClassifier } from "./base-classifier";

/** A base classifier given by a function of one input. */
export interface FunctionClassifierOptions {
  /** Name that a record carries. */
  name: string;
  /** Input dimension N. */
  dimension: number;
  classCount: number;
  /** The class of one input: a function of it and nothing else. */
  classOf: (x: Float32Array) => number;
}

/** Wraps a function of one input as a base classifier. */
export function functionClassifier(options: FunctionClassifierOptions): BaseClassifier {
  const { name, dimension, classCount, classOf } = options;
  return {
    dimension,
    classCount,
    identity: { name },
    classify: (batch) => {
      const classes = new Uint16Array(batch.length / dimension);
      for (let i = 0; i < classes.length; i++) {
        classes[i] = classOf(batch.subarray(i * dimension, (i + 1) * dimension));
      }
      return Promise.resolve(classes);
    },
  };
}
