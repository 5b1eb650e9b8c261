/** The program of a worker thread, which computes the classes of batches with its own copy of a model. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { workerData } from "node:worker_threads";
import { isExact, isQuantized } from "../onnx/exact-operators";
import { decodeModel } from "../onnx/onnx-file";
import { withTemporaryFolder } from "../files/temporary-folder";
import { noisyCopies, type NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";
import { NativeCalls } from "./native-calls";
import type { OnnxModel } from "./onnx-model";
import { probeScores } from "./onnx-probe";
import { largestScores, openScorer, type Scorer } from "./onnx-scores";
import { openSession, providersOf } from "./onnx-session";
import type { Examination, OnnxWorkerData } from "./onnx-workers";

// The pool passes a pair to each worker; the second element of the pair is the data that the pool was given.
const [, { model, setup, cells }] = workerData as [unknown, OnnxWorkerData];
const native = new NativeCalls(cells);
native.leave(); // the thread was counted as loading
let scorer: Promise<Scorer> | undefined;

let turn: Promise<unknown> = Promise.resolve();

/**
 * A task of the worker: either given inputs, or noisy copies that the worker makes itself. The worker reuses
 * the memory of the noisy copies for the next task.
 */
export type WorkerTask = Float32Array | { readonly input: NoisyInput; readonly samples: SampleRange };

/**
 * Returns the classes for a task. Tasks run one after another, so no task overwrites the noisy copies of the
 * previous task.
 */
export default function classesOf(task: WorkerTask): Promise<Uint32Array> {
  const classes = turn.then(() => named(() => classify(task)));
  turn = classes.catch(() => undefined);
  return classes;
}

async function classify(task: WorkerTask): Promise<Uint32Array> {
  const { score } = await opened();
  const batch = task instanceof Float32Array ? task : noisyCopies(task.input, task.samples);
  const { scores, classes } = await score(batch);
  return largestScores(scores, classes);
}

/** Makes a trial run of the model. */
export function examine(): Promise<Examination> {
  return named(async () => {
    const ready = await opened();
    const { denoiser } = model;
    const exact = (await isExactHere(model)) && (!denoiser || (await isExactHere(denoiser)));
    const classCount = await probeScores(ready, model, setup.batchSize, exact);
    return { classCount, provider: await providersOf(model), exact };
  });
}

function opened(): Promise<Scorer> {
  scorer ??= openScorer(model, setup.threads, setup.batchSize);
  return scorer;
}

/**
 * Returns whether the scores are independent of batch size and number of threads when ONNX Runtime runs the
 * model on this machine.
 */
async function isExactHere(network: OnnxModel): Promise<boolean> {
  if (network.device !== "cpu" || !isQuantized(decodeModel(network.bytes))) return false;
  return withTemporaryFolder(async (folder) => {
    const optimizedModelFilePath = join(folder, "model.onnx");
    await (await openSession(network, 1, { optimizedModelFilePath })).release();
    return isExact(decodeModel(await readFile(optimizedModelFilePath)));
  });
}

/** Does work in native code. If the work fails, the error names the model. */
function named<T>(work: () => Promise<T>): Promise<T> {
  return native.during(work).catch((error: Error) => {
    const { message } = error;
    if (message.startsWith("device ") || message.startsWith(`${model.path}: `)) throw error;
    throw new Error(`${model.path}: ${message}`, { cause: error });
  });
}
