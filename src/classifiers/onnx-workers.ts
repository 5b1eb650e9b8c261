import { pathToFileURL } from "node:url";
import { Tinypool } from "tinypool";
import { packageFile } from "../files/package-file";
import type { NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";
import { NativeCalls } from "./native-calls";
import { startNoiseWorkers } from "./noise-workers";
import type { OnnxModel } from "./onnx-model";

/** The setup that determines how ONNX Runtime uses the machine. */
export interface OnnxSetup {
  /**
   * The number of worker threads. Each worker thread has its own copy of the model and computes one batch at
   * a time. Classes do not depend on the number of workers.
   */
  readonly workers: number;
  /** The number of threads that compute each batch. */
  readonly threads: number;
  /** The number of inputs per batch. */
  readonly batchSize: number;
}

/** The result of a trial run of a model. */
export interface Examination {
  readonly classCount: number;
  /** The names of the execution providers that compute the model. */
  readonly provider: string;
  /** Whether the model's scores are independent of batch size and number of threads; see `isExact`. */
  readonly exact: boolean;
}

/** The data that a worker thread gets when it starts. */
export interface OnnxWorkerData {
  readonly model: OnnxModel;
  readonly setup: OnnxSetup;
  /** The shared memory of {@link NativeCalls}. */
  readonly cells: Int32Array<SharedArrayBuffer>;
}

/** The number of batches that wait for each worker besides its current batch, so that no worker idles. */
const WAITING = 1;

/** Worker threads that compute the classes of batches with a model. */
export interface OnnxWorkers {
  /** The number of batches that keep all workers busy. */
  readonly concurrency: number;
  /**
   * Returns the classes of at most `batchSize` inputs. The batch is copied, so the caller may overwrite the
   * batch at once.
   */
  classesOf(batch: Float32Array): Promise<Uint32Array>;
  /**
   * Returns the classes of at most `batchSize` noisy copies. On the CPU, the worker thread makes the noisy
   * copies itself; for another device, other threads make the noisy copies.
   */
  classesOfCopies(input: NoisyInput, samples: SampleRange): Promise<Uint32Array>;
  examine(): Promise<Examination>;
  /** Ends the threads once the batches in flight are done. */
  close(): Promise<void>;
}

/** The native calls of all workers. The program must not end during a native call. */
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
 * Starts worker threads with a model. ONNX Runtime for Node.js computes on the calling thread, so worker
 * threads leave the main thread free. For small networks one independent thread per core is fastest. A GPU
 * classifies noisy copies faster than one thread makes them, so several other threads make the noisy copies
 * for a GPU.
 *
 * Idle workers do not keep the program from ending.
 */
export function startOnnxWorkers(model: OnnxModel, setup: OnnxSetup): OnnxWorkers {
  const { workers } = setup;
  const native = new NativeCalls();
  native.enter(workers); // each worker leaves when it is loaded
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
