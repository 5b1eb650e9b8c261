import { pathToFileURL } from "node:url";
import { Tinypool } from "tinypool";
import { packageFile } from "../files/package-file";
import type { NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";
import type { OnnxModel } from "./onnx-model";

/** How ONNX Runtime uses the machine. Classes do not depend on it. */
export interface OnnxSetup {
  /** Batches computed at once, each in a worker thread with a copy of the model. */
  readonly workers: number;
  /** Threads that each of them is computed with. */
  readonly threads: number;
  /** Inputs per batch. */
  readonly batchSize: number;
}

/** Batches waiting for each worker beside the one that it works on, so that none is ever idle. */
const WAITING = 1;

/** Worker threads that give the classes of batches by a model. */
export interface OnnxWorkers {
  /** Batches that keep all workers busy. */
  readonly concurrency: number;
  /** The classes of at most `batchSize` inputs, which are copied: the batch may be overwritten at once. */
  classesOf(batch: Float32Array): Promise<Uint32Array>;
  /** The classes of at most `batchSize` noisy copies, which are made in the worker thread. */
  classesOfCopies(input: NoisyInput, samples: SampleRange): Promise<Uint32Array>;
  close(): Promise<void>;
}

/**
 * Starts worker threads with a model. ONNX Runtime for Node.js computes on the thread that calls it: in threads of
 * its own, it leaves this one free to make noise and to answer, and a thread for each core that never waits for
 * another is the fastest for small networks.
 *
 * Idle workers do not keep the program from ending.
 */
export function startOnnxWorkers(model: OnnxModel, setup: OnnxSetup): OnnxWorkers {
  const { workers } = setup;
  const pool = new Tinypool({
    filename: pathToFileURL(packageFile("dist", "classifiers", "onnx-worker.js")).href,
    runtime: "worker_threads",
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1 + WAITING,
    useAtomics: false,
    workerData: { model, setup },
  });
  return {
    concurrency: workers * (1 + WAITING),
    classesOf(batch) {
      const copy = batch.slice();
      return pool.run(copy, { transferList: [copy.buffer] }) as Promise<Uint32Array>;
    },
    classesOfCopies: (input, samples) => pool.run({ input, samples }) as Promise<Uint32Array>,
    close: () => pool.destroy(),
  };
}
