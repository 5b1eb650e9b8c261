import { pathToFileURL } from "node:url";
import { Tinypool } from "tinypool";
import { packageFile } from "../files/package-file";
import type { NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";
import { NativeCalls } from "./native-calls";
import { startNoiseWorkers } from "./noise-workers";
import type { OnnxModel } from "./onnx-model";

/** How ONNX Runtime uses the machine. */
export interface OnnxSetup {
  /** Batches computed at once, each in a worker thread with a copy of the model. Classes do not depend on it. */
  readonly workers: number;
  /** Threads that each of them is computed with. */
  readonly threads: number;
  /** Inputs per batch. */
  readonly batchSize: number;
}

/** What trying a model has shown. */
export interface Examination {
  readonly classCount: number;
  /** The names of what computes it. */
  readonly provider: string;
  /** Whether its scores cannot depend on the size of a batch and the number of threads; see `isExact`. */
  readonly exact: boolean;
}

/** What a worker thread is given when it starts. */
export interface OnnxWorkerData {
  readonly model: OnnxModel;
  readonly setup: OnnxSetup;
  /** Of {@link NativeCalls}. */
  readonly cells: Int32Array<SharedArrayBuffer>;
}

/** Batches that wait for each worker, besides its current one, so that no worker idles. */
const WAITING = 1;

/** Worker threads that give the classes of batches by a model. */
export interface OnnxWorkers {
  /** Batches that keep all workers busy. */
  readonly concurrency: number;
  /** The classes of at most `batchSize` inputs, which are copied: the batch may be overwritten at once. */
  classesOf(batch: Float32Array): Promise<Uint32Array>;
  /** The classes of at most `batchSize` noisy copies: made in the worker thread, or for a device in threads beside it. */
  classesOfCopies(input: NoisyInput, samples: SampleRange): Promise<Uint32Array>;
  examine(): Promise<Examination>;
  /** Ends the threads once the batches in flight are done. */
  close(): Promise<void>;
}

/** Native calls of all workers: the program must not end inside one. */
const open = new Set<NativeCalls>();
const closeAll = (): void => open.forEach((calls) => calls.closeAtOnce());

function keepOpen(calls: NativeCalls): void {
  if (open.size === 0) process.on("exit", closeAll);
  open.add(calls);
}

function letGo(calls: NativeCalls): void {
  open.delete(calls);
  if (open.size === 0) process.off("exit", closeAll);
}

/**
 * Starts worker threads with a model. ONNX Runtime for Node.js computes on the calling thread. Worker threads leave
 * the main thread free, and for small networks one independent thread per core is fastest. A device is faster than
 * one thread makes noise: there, other threads make it.
 *
 * Idle workers do not keep the program from ending.
 */
export function startOnnxWorkers(model: OnnxModel, setup: OnnxSetup): OnnxWorkers {
  const { workers } = setup;
  const native = new NativeCalls();
  native.enter(workers); // each leaves when it is loaded
  keepOpen(native);
  const workerData: OnnxWorkerData = { model, setup, cells: native.cells };
  const pool = new Tinypool({
    filename: pathToFileURL(packageFile("dist", "classifiers", "onnx-worker.js")).href,
    runtime: "worker_threads",
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1 + WAITING,
    useAtomics: false,
    workerData,
  });
  const noise = model.device === "cpu" ? undefined : startNoiseWorkers();
  const inFlight = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  function run<T>(task: unknown, options?: Parameters<Tinypool["run"]>[1]): Promise<T> {
    if (closing) return Promise.reject(new Error(`${model.path}: the classifier is closed`));
    const result = pool.run(task, options) as Promise<T>;
    const ended = result.then(
      () => void inFlight.delete(ended),
      () => void inFlight.delete(ended),
    );
    inFlight.add(ended);
    return result;
  }
  async function end(): Promise<void> {
    await Promise.all(inFlight);
    await native.close();
    letGo(native);
    await pool.destroy();
    await noise?.close();
  }

  const classesOfOwn = (batch: Float32Array): Promise<Uint32Array> =>
    run(batch, { transferList: [batch.buffer as ArrayBuffer] });
  return {
    concurrency: (noise?.threads ?? 0) + workers * (1 + WAITING),
    classesOf: (batch) => classesOfOwn(batch.slice()),
    classesOfCopies: noise
      ? async (input, samples) => classesOfOwn(await noise.copiesOf(input, samples))
      : (input, samples) => run({ input, samples }),
    examine: () => run(undefined, { name: "examine" }),
    close: () => (closing ??= end()),
  };
}
