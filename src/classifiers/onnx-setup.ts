import { availableParallelism, totalmem } from "node:os";
import { requireInteger } from "../numerics/arguments";
import type { OnnxModel } from "./onnx-model";
import { startOnnxWorkers, type OnnxSetup } from "./onnx-workers";
import { probeInputs } from "./probe-inputs";

/** Batch sizes to choose among, the usual one first. */
const BATCH_SIZES = [64, 32, 128, 16, 256];

/** Number and duration of the timings of each set-up; the fastest counts. */
const [ROUNDS, SECONDS] = [3, 0.15];

/** A set-up gives way to a later one that is faster by this factor: less is within the noise of so short a measurement. */
const MARGIN = 1.05;

/** Largest usual batch: inputs on the CPU, inputs on another device, and values. */
const [USUAL_BATCH, USUAL_DEVICE_BATCH, USUAL_VALUES] = [64, 1024, 2 ** 20];

/** The most inputs in a batch. */
const LARGEST_BATCH = 4096;

/** Largest numbers of workers and of threads: per core, and in any case. */
const [MOST_PER_CORE, MOST_ANYWAY] = [4, 16];

/**
 * A good set-up without measuring: on the CPU a worker for each core, on another device one. The batch size is a
 * function of the model and the device, never of the machine: scores may depend on it.
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
 * The usual set-up, with the given values replacing its own.
 *
 * @throws RangeError naming what is out of range, before any memory is taken; Error if the model accepts only
 * another batch size
 */
export function setupWith(model: OnnxModel, given: Partial<OnnxSetup> = {}): OnnxSetup {
  const { workers, threads, batchSize } = { ...usualSetup(model), ...given };
  const most = Math.max(MOST_ANYWAY, MOST_PER_CORE * availableParallelism());
  // The WebGPU provider shares one device, and fails if two threads use it at once.
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
      `${workers} workers with batches of ${batchSize} inputs take more than this machine's memory allows: ` +
        `give fewer workers or a smaller batchSize`,
    );
  }
  return { workers, threads, batchSize };
}

/** Bytes of memory that this program may use. */
function memory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/**
 * Finds the fastest set-up on this machine by measuring: first one worker per core against one worker with all cores,
 * then the batch size. It takes a few seconds.
 *
 * @param model - one that is exact (see `isExact`), so that classes are the same with any set-up
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

/** The first set-up than which no other is clearly faster. */
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
