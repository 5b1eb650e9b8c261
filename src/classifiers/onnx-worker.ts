/** Runs in a worker thread: the classes of batches, by a model of the thread's own. */
import { workerData } from "node:worker_threads";
import { noisyCopies, type NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";
import type { OnnxModel } from "./onnx-model";
import { largestScores, openScorer, type Scorer } from "./onnx-scores";
import type { OnnxSetup } from "./onnx-workers";

// The pool hands its workers a pair, of which the second is what it was given.
const [, { model, setup }] = workerData as [unknown, { model: OnnxModel; setup: OnnxSetup }];
let scorer: Promise<Scorer> | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** Inputs, or noisy copies that are made here, in memory that the next ones will use again. */
export type WorkerTask = Float32Array | { readonly input: NoisyInput; readonly samples: SampleRange };

/** The classes of the inputs of a task. One task after another: none overwrites the copies of the one before. */
export default function classesOf(task: WorkerTask): Promise<Uint32Array> {
  const classes = turn.then(() => classify(task));
  turn = classes.catch(() => undefined);
  return classes;
}

async function classify(task: WorkerTask): Promise<Uint32Array> {
  scorer ??= openScorer(model, setup.threads, setup.batchSize);
  try {
    const { score } = await scorer;
    const batch = task instanceof Float32Array ? task : noisyCopies(task.input, task.samples);
    const { scores, classes } = await score(batch);
    return largestScores(scores, classes);
  } catch (error) {
    throw new Error(`${model.file}: ${(error as Error).message}`, { cause: error });
  }
}
