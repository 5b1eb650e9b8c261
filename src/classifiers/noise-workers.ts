import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Tinypool } from "tinypool";
import { packageFile } from "../files/package-file";
import type { NoisyInput } from "../noise/noisy-copies";
import type { SampleRange } from "../noise/uniform-number";

/**
 * The maximum number of threads. In measurements, this number of threads made noisy copies faster than a GPU
 * classified them.
 */
const MOST_THREADS = 8;

/** The worker threads that make noisy copies for a device while another thread waits for the device. */
export interface NoiseWorkers {
  readonly threads: number;
  copiesOf(input: NoisyInput, samples: SampleRange): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Starts one thread fewer than there are cores. Idle threads do not keep the program from ending. */
export function startNoiseWorkers(): NoiseWorkers {
  const threads = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));
  const pool = new Tinypool({
    filename: pathToFileURL(packageFile("dist", "classifiers", "noise-worker.js")).href,
    runtime: "worker_threads",
    minThreads: threads,
    maxThreads: threads,
    useAtomics: false,
  });
  return {
    threads,
    copiesOf: (input, samples) => pool.run({ input, samples }) as Promise<Float32Array>,
    close: () => pool.destroy(),
  };
}
