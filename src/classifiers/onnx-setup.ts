import { availableParallelism } from "node:os";
import type { OnnxModel } from "./onnx-model";
import { openScorer } from "./onnx-scores";
import { startOnnxWorkers, type OnnxSetup } from "./onnx-workers";
import { probeInputs } from "./probe-inputs";

/** Batch sizes to choose among, the usual one first. */
const BATCH_SIZES = [64, 32, 128, 16, 256];

/** Each set-up is timed so many times, for so long; its fastest time counts. */
const [ROUNDS, SECONDS] = [3, 0.15];

/** A set-up gives way to a later one that is faster by this factor: less is within the noise of so short a measurement. */
const MARGIN = 1.05;

/** Batch size of ordinary use, and the one whose scores others must reproduce. */
export const USUAL_BATCH = 64;

/** A good set-up without measuring: on the processor a worker for each core, on another device one. */
export function usualSetup({ device, fixedBatch }: OnnxModel): OnnxSetup {
  return {
    workers: device === "cpu" ? availableParallelism() : 1,
    threads: 1,
    batchSize: fixedBatch ?? USUAL_BATCH,
  };
}

/**
 * Finds the fastest set-up for a model on this machine by measuring: first one worker per core against one worker
 * with all cores, then the batch size. It takes a few seconds.
 *
 * Only set-ups that give the very scores of the usual one are chosen, so that the votes of a run are the same on
 * machines that choose differently.
 */
export async function fastestSetup(model: OnnxModel): Promise<OnnxSetup> {
  const usual = usualSetup(model);
  const cores = availableParallelism();
  const shared = { ...usual, workers: 1, threads: cores };
  const canShare = model.device === "cpu" && cores > 1 && (await sameScores(model, shared));
  const best = canShare ? await fastest(model, [usual, shared]) : usual;
  if (model.fixedBatch !== undefined) return best;

  const sizes = [];
  for (const batchSize of BATCH_SIZES) {
    const setup = { ...best, batchSize };
    if (await sameScores(model, setup)) sizes.push(setup);
  }
  return fastest(model, sizes);
}

/** Whether scores are the same, to the bit, as with one thread and batches of the usual size. */
export async function sameScores(
  model: OnnxModel,
  { threads, batchSize }: Omit<OnnxSetup, "workers">,
): Promise<boolean> {
  const usual = usualSetup(model);
  if (batchSize === usual.batchSize && threads === usual.threads) return true;
  const probe = probeInputs(model.image, Math.min(usual.batchSize, batchSize));
  const [scores, otherScores] = [
    await scoresOf(model, usual.threads, usual.batchSize, probe),
    await scoresOf(model, threads, batchSize, probe),
  ];
  return scores.every((score, i) => score === otherScores[i]);
}

async function scoresOf(
  model: OnnxModel,
  threads: number,
  batchSize: number,
  batch: Float32Array,
): Promise<Float32Array> {
  const scorer = await openScorer(model, threads, batchSize);
  try {
    return (await scorer.score(batch)).scores;
  } finally {
    await scorer.release();
  }
}

/** The first of the set-ups that none is clearly faster than. */
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
