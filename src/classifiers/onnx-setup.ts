import { availableParallelism, totalmem } from "node:os";
import { requireInteger } from "../numerics/arguments";
import type { OnnxModel } from "./onnx-model";
import { startOnnxWorkers, type OnnxSetup } from "./onnx-workers";
import { probeInputs } from "./probe-inputs";

/** The batch sizes that are measured, beginning with the default. */
const BATCH_SIZES = [64, 32, 128, 16, 256];

/** The number of timings per setup, and the duration of a timing in seconds. The fastest timing counts. */
const [ROUNDS, SECONDS] = [3, 0.15];

/**
 * A later setup replaces an earlier one only if the later setup is faster by this factor, because smaller
 * differences are within the measurement noise.
 */
const MARGIN = 1.05;

/**
 * The limits on the default batch size: the number of inputs on the CPU, the number of inputs on another
 * device, and the number of values.
 */
const [USUAL_BATCH, USUAL_DEVICE_BATCH, USUAL_VALUES] = [64, 1024, 2 ** 20];

/** The maximum number of inputs in a batch. */
const LARGEST_BATCH = 4096;

/**
 * The limit on the number of workers, which is also the limit on the number of threads: the first number
 * times the number of cores, but at least the second number.
 */
const [MOST_PER_CORE, MOST_ANYWAY] = [4, 16];

/**
 * Returns a good setup without measuring: one worker per core on the CPU, or one worker on another device.
 * The batch size depends only on the model and the device, never on the machine, because scores may depend on
 * it.
 */
function usualSetup({ device, fixedBatch, image }: OnnxModel): OnnxSetup {
  const most = device === "cpu" ? USUAL_BATCH : USUAL_DEVICE_BATCH;
  const fitting = Math.floor(USUAL_VALUES / (image.channels * image.height * image.width));
  return {
    workers: device === "cpu" ? availableParallelism() : 1,
    threads: 1,
    batchSize: fixedBatch ?? Math.min(most, Math.max(8, fitting)),
  };
}

/**
 * Returns the default setup, with the given values in place of the defaults.
 *
 * @throws RangeError naming the value that is out of range, before any memory is allocated; Error if the
 *   model accepts only another batch size
 */
export function setupWith(model: OnnxModel, given: Partial<OnnxSetup> = {}): OnnxSetup {
  const { workers, threads, batchSize } = { ...usualSetup(model), ...given };
  const most = Math.max(MOST_ANYWAY, MOST_PER_CORE * availableParallelism());
  // The WebGPU provider has a single device for all threads, and fails if two threads use this device at
  // once.
  requireInteger("workers", workers, 1, model.device === "webgpu" ? 1 : most);
  requireInteger("threads", threads, 1, most);
  requireInteger("batchSize", batchSize, 1, LARGEST_BATCH);
  if (model.fixedBatch !== undefined && batchSize !== model.fixedBatch) {
    throw new Error(
      `${model.path}: the model takes batches of ${model.fixedBatch} only, got batchSize ${batchSize}`,
    );
  }
  const { channels, height, width } = model.image;
  const bytes = 4 * channels * height * width * batchSize * workers;
  if (bytes > memory() / 8) {
    throw new RangeError(
      `${workers} workers with batches of ${batchSize} inputs need more memory than this machine has: ` +
        `set fewer workers or a smaller batchSize`,
    );
  }
  return { workers, threads, batchSize };
}

/** Returns the memory that this program may use, in bytes. */
function memory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/**
 * Measures which setup is fastest on this machine, which takes a few seconds. The function first compares
 * one worker per core with one worker on all cores, and then compares batch sizes.
 *
 * @param model - an exact model (see `isExact`), whose classes are the same with every setup
 */
export async function fastestSetup(model: OnnxModel): Promise<OnnxSetup> {
  const usual = usualSetup(model);
  const cores = availableParallelism();
  const shared = { ...usual, workers: 1, threads: cores };
  const best = cores > 1 ? await fastest(model, [usual, shared]) : usual;
  if (model.fixedBatch !== undefined) return best;
  return fastest(
    model,
    BATCH_SIZES.map((batchSize) => ({ ...best, batchSize })),
  );
}

/**
 * Returns a setup that is the fastest or nearly so. A later setup is preferred only if it is clearly
 * faster.
 */
async function fastest(model: OnnxModel, setups: readonly OnnxSetup[]): Promise<OnnxSetup> {
  const rates = setups.map(() => 0);
  for (const [i, setup] of setups.entries()) {
    const workers = startOnnxWorkers(model, setup);
    const batch = probeInputs(model.image, setup.batchSize);
    try {
      await Promise.all(Array.from({ length: workers.concurrency }, () => workers.classesOf(batch))); // warms up
      for (let round = 0; round < ROUNDS; round++) {
        let inputs = 0;
        const started = performance.now();
        const elapsed = (): number => (performance.now() - started) / 1000;
        const keepBusy = async (): Promise<void> => {
          while (elapsed() < SECONDS) {
            await workers.classesOf(batch);
            inputs += setup.batchSize;
          }
        };
        await Promise.all(Array.from({ length: workers.concurrency }, keepBusy));
        rates[i] = Math.max(rates[i], inputs / elapsed());
      }
    } finally {
      await workers.close();
    }
  }
  const good = Math.max(...rates) / MARGIN;
  return setups[rates.findIndex((rate) => rate >= good)];
}
