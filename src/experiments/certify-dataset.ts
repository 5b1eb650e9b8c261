import type { BaseClassifier } from "../classifiers/base-classifier";
import { type ImageDataset, imageAt } from "../datasets/image-dataset";
import { requireInteger } from "../probability/arguments";
import { certifyEach, type CertifyOptions, noiseName } from "../smoothing/certify";
import { fixedPlan } from "../smoothing/sampling-plan";
import type { VarianceFunction } from "../variance/variance-function";
import { version } from "../version";
import { openRecord, type RecordRow, type RunConfiguration } from "./record";
import { type RunProgress, startProgress } from "./run-progress";
import { positionsOfShard, type Shard, shardName } from "./shard";

/** A certification run over a data set. */
export interface CertifyDatasetOptions extends CertifyOptions {
  readonly classifier: BaseClassifier;
  readonly variance: VarianceFunction;
  readonly dataset: ImageDataset;
  /** The images 0, every, 2 · every, … are certified; the literature takes 20. */
  readonly every: number;
  /** Does a part of the run only, to be joined with the others by `mergeRecords`. */
  readonly shard?: Shard;
  /** Folder of the record. */
  readonly folder: string;
  /** What made the run, for the record: a command line, say. */
  readonly command: string;
  /** Ends the run when it is aborted; finished rows are kept. */
  readonly signal?: AbortSignal;
  /** Is told of each row as it is there. */
  readonly onRow?: (row: RecordRow, progress: RunProgress) => void;
  /** Is told of the progress after each batch and each image. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** Images that are certified together where that saves time. */
const TOGETHER = 16;

/**
 * Certifies every so manyth image of a data set, and writes the record row by row.
 *
 * A run that was cut off is gone on with: rows that are there are kept, and since the noise depends on seed, image
 * and sample alone, the record ends equal to that of an undisturbed run (but for the seconds).
 *
 * @throws RangeError naming an option that is out of range; Error if the folder holds a run of another configuration,
 * or if another run is writing it; the reason of `signal` when it is aborted
 */
export async function certifyDataset(options: CertifyDatasetOptions): Promise<void> {
  const { dataset, every, shard, folder, command, signal, onRow, onProgress } = options;
  requireInteger("every", every, 1);
  const indices = positionsOfShard(Math.ceil(dataset.count / every), shard).map(
    (position) => position * every,
  );
  const record = await openRecord(folder, configurationOf(options), command);
  try {
    record.rows.forEach(({ index }, i) => {
      if (index !== indices[i]) {
        throw new Error(`${folder}: row ${i + 1} is of image ${index}, expected ${indices[i] ?? "no more"}`);
      }
    });
    const meter = startProgress(indices.length, record.rows, options.n0 + options.n);
    const onSamples = (count: number): void => {
      meter.addSamples(count);
      onProgress?.(meter.read());
    };
    // Images that share noise save its making; those that may need a few samples only keep all workers busy.
    const together = options.sharedNoise || (options.plan ?? fixedPlan) !== fixedPlan ? TOGETHER : 1;
    for (let first = record.rows.length; first < indices.length; first += together) {
      const group = indices.slice(first, first + together);
      const started = performance.now();
      const inputs = group.map((index) => ({ x: imageAt(dataset, index), index }));
      const { classifier, variance } = options;
      const certificates = await certifyEach(classifier, variance, inputs, options, { signal, onSamples });
      const seconds = Number(((performance.now() - started) / 1000 / group.length).toFixed(3));
      for (const [i, certificate] of certificates.entries()) {
        const index = group[i];
        const label = dataset.labels[index];
        const correct = certificate.predicted === label ? 1 : 0;
        const row: RecordRow = { index, label, ...certificate, correct, seconds };
        await record.append(row);
        meter.addRow(row);
        onRow?.(row, meter.read());
        onProgress?.(meter.read());
      }
    }
  } finally {
    await record.close();
  }
}

function configurationOf(options: CertifyDatasetOptions): RunConfiguration {
  const { classifier, variance, dataset, every, shard, n0, n, alpha, seed, plan = fixedPlan } = options;
  return {
    version,
    dataset: {
      name: dataset.name,
      split: dataset.split,
      checksums: dataset.checksums,
      count: dataset.count,
      dimension: dataset.dimension,
      every,
    },
    model: classifier.identity,
    variance: { name: variance.name, rate: variance.rate, parameters: variance.parameters },
    n0,
    n,
    alpha,
    seed,
    sampling: { name: plan.name, parameters: plan.parameters },
    bound: plan.bound,
    noise: noiseName(options),
    ...(shard && { shard: shardName(shard) }),
  };
}
