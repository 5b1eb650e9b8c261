import type * as TensorFlow from "@tensorflow/tfjs";

/** The type of TensorFlow.js as an object. Every backend offers the same functions. */
export type Tf = typeof TensorFlow;
