import type { BaseClassifier } from "./base-classifier";

/** What a base classifier given by a function says of itself. */
interface Description {
  /** Name that a record carries. */
  readonly name: string;
  /** Input dimension N. */
  readonly dimension: number;
  readonly classCount: number;
}

/** A base classifier given by a function of one input. */
export interface FunctionClassifierOptions extends Description {
  /** The class of one input: a function of it and nothing else. */
  readonly classOf: (x: Float32Array) => number;
}

/** A base classifier given by a function of a batch. */
export interface BatchClassifierOptions extends Description {
  /**
   * The class of each input of a batch, `batch.length / dimension` inputs one after another: functions of that input
   * and nothing else. It is called again when it has answered, not before.
   */
  readonly classesOf: (batch: Float32Array) => Promise<ArrayLike<number>> | ArrayLike<number>;
  /** How many inputs it likes in a batch. Default: 256. */
  readonly batchSize?: number;
}

/** Wraps a function of one input as a base classifier. */
export function functionClassifier({ classOf, ...description }: FunctionClassifierOptions): BaseClassifier {
  const { dimension } = description;
  return batchClassifier({
    ...description,
    classesOf: (batch) =>
      Array.from({ length: batch.length / dimension }, (_, i) =>
        classOf(batch.subarray(i * dimension, (i + 1) * dimension)),
      ),
  });
}

/**
 * Wraps a function of a batch, which may be asynchronous, as a base classifier: a model that another program or
 * library runs, say.
 */
export function batchClassifier(options: BatchClassifierOptions): BaseClassifier {
  const { name, dimension, classCount, batchSize, classesOf } = options;
  return {
    dimension,
    classCount,
    identity: { name },
    batchSize,
    async classify(batch) {
      const given: unknown = await classesOf(batch);
      if (typeof (given as ArrayLike<number> | undefined)?.length !== "number") {
        throw new Error(`${name} gave ${String(given)}, expected a list of classes, one for each input`);
      }
      const classes = Array.from(given as ArrayLike<number>);
      const wrong = classes.find((c) => !Number.isInteger(c) || c < 0 || c >= classCount);
      if (wrong !== undefined) {
        throw new Error(`${name} gave class ${wrong}, expected an integer from 0 to ${classCount - 1}`);
      }
      return Uint16Array.from(classes);
    },
  };
}
