import type * as TensorFlow from "@tensorflow/tfjs";

/** TensorFlow.js, as an object: every backend offers the same functions. */
export type Tf = typeof TensorFlow;
