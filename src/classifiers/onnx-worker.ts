/** Runs in a worker thread: the classes of batches, by a model of the thread's own. */
import { workerData } from "node:worker_threads";
import type { OnnxModel } from "./onnx-model";
import { largestScores, openScorer, type Scorer } from "./onnx-scores";
import type { OnnxSetup } from "./onnx-workers";

// The pool hands its workers a pair, of which the second is what it was given.
const [, { model, setup }] = workerData as [unknown, { model: OnnxModel; setup: OnnxSetup }];
let scorer: Promise<Scorer> | undefined;

export default async function classesOf(batch: Float32Array): Promise<Uint32Array> {
  scorer ??= openScorer(model, setup.threads, setup.batchSize);
  try {
    const { scores, classes } = await (await scorer).score(batch);
    return largestScores(scores, classes);
  } catch (error) {
    throw new Error(`${model.file}: ${(error as Error).message}`, { cause: error });
  }
}
