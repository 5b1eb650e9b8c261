import type { BaseClassifier } from "../classifiers/base-classifier";
import { requireFit } from "../classifiers/dataset-fit";
import { everyNth, type ImageDataset, imageAt } from "../datasets/image-dataset";
import { certifyInput, type CertifyOptions, checkCertifyOptions, noiseName } from "../smoothing/certify";
import { fixedPlan } from "../sampling/sampling-plan";
import type { VarianceFunction } from "../variance/variance-function";
import { version } from "../files/version";
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
  /** Is told when the run has to wait for the lock of a run that was killed, as it seems. */
  readonly onWaiting?: () => void;
  /** Is told of each row as it is there. */
  readonly onRow?: (row: RecordRow, progress: RunProgress) => void;
  /** Is told of the progress after each batch and each image. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/**
 * Images, or groups that share noise, in work at once: with one only, workers would idle where it begins and ends,
 * and those that need a few samples hardly keep them busy at all.
 */
const [FIXED_AT_ONCE, STOPPING_AT_ONCE] = [2, 16];

/**
 * Certifies every so manyth image of a data set, and writes the record row by row. A sample of a data set that has these
 * images gives the record that the whole gives.
 *
 * A run that was cut off is gone on with: rows that are there are kept, and since the noise depends on seed, image
 * and sample alone, the record ends equal to that of an undisturbed run (but for the seconds).
 *
 * @throws RangeError naming an option that is out of range, or what of data set and base classifier does not fit, their
 * classes say; Error if the folder holds a run of another configuration,
 * or if another run is writing it; the reason of `signal` when it is aborted
 */
export async function certifyDataset(options: CertifyDatasetOptions): Promise<void> {
  const { classifier, variance, dataset, every, shard, folder, command, signal, onRow, onProgress } = options;
  checkCertifyOptions(variance, options);
  requireFit(classifier, dataset);
  const all = everyNth(dataset, every);
  const images = positionsOfShard(all.length, shard).map((position) => all[position]);
  const record = await openRecord(folder, configurationOf(options), command, options);
  try {
    record.rows.forEach(({ index }, i) => {
      const expected = images[i]?.index;
      if (index !== expected) {
        throw new Error(`${folder}: row ${i + 1} is of image ${index}, expected ${expected ?? "no more"}`);
      }
    });
    const meter = startProgress(images.length, record.rows, options.n0 + options.n);
    onProgress?.(meter.read());
    const onSamples = (count: number): void => {
      meter.addSamples(count);
      onProgress?.(meter.read());
    };
    const certifyGroup = async (group: readonly Image[], end: AbortSignal): Promise<RecordRow[]> => {
      const started = performance.now();
      const xs = group.map(({ place }) => imageAt(dataset, place));
      const watch = { signal: signal ? AbortSignal.any([signal, end]) : end, onSamples };
      const sigmas = await variance.sigma(xs, classifier.levels);
      const certificates = await Promise.all(
        group.map(({ index }, i) =>
          certifyInput(classifier, variance, { x: xs[i], index, sigma: sigmas[i] }, options, watch).catch(
            (error: Error) => {
              if (watch.signal.aborted) throw error;
              throw new Error(`image ${index}: ${error.message}`, { cause: error });
            },
          ),
        ),
      );
      const seconds = Number(((performance.now() - started) / 1000 / group.length).toFixed(3));
      return certificates.map((certificate, i) => {
        const { index, place } = group[i];
        const label = dataset.labels[place];
        const correct = certificate.predicted === label ? 1 : 0;
        return { index, label, ...certificate, correct, seconds };
      });
    };
    const groups = inGroups(images.slice(record.rows.length), 1);
    const { plan = fixedPlan } = options;
    const atOnce = plan === fixedPlan ? FIXED_AT_ONCE : STOPPING_AT_ONCE;
    for await (const rows of inOrder(groups, certifyGroup, atOnce)) {
      for (const row of rows) {
        await record.append(row);
        meter.addRow(row);
        onRow?.(row, meter.read());
        onProgress?.(meter.read());
        signal?.throwIfAborted();
      }
    }
  } finally {
    await record.close();
  }
}

/** An image to certify: its index in the whole data set, and its place in the one that is given. */
type Image = ReturnType<typeof everyNth>[number];

function inGroups(images: readonly Image[], size: number): Image[][] {
  const groups = [];
  for (let first = 0; first < images.length; first += size) groups.push(images.slice(first, first + size));
  return groups;
}

/** The results of a task for each item, in order, with some of them in work at once; one that fails ends the others. */
async function* inOrder<T, R>(
  items: readonly T[],
  task: (item: T, signal: AbortSignal) => Promise<R>,
  atOnce: number,
): AsyncGenerator<R> {
  const end = new AbortController();
  const running: Promise<R>[] = [];
  try {
    for (const item of items) {
      const result = task(item, end.signal);
      result.catch(() => {}); // heard when its turn comes
      running.push(result);
      if (running.length >= atOnce) yield await (running.shift() as Promise<R>);
    }
    while (running.length > 0) yield await (running.shift() as Promise<R>);
  } finally {
    end.abort();
    await Promise.allSettled(running);
  }
}

function configurationOf(options: CertifyDatasetOptions): RunConfiguration {
  const { classifier, variance, dataset, every, shard, n0, n, alpha, seed, plan = fixedPlan } = options;
  const whole = dataset.sampleOf ?? dataset;
  return {
    version,
    dataset: {
      name: whole.name,
      split: dataset.split,
      checksums: whole.checksums,
      count: whole.count,
      dimension: dataset.dimension,
      every,
    },
    model: classifier.identity,
    classCount: classifier.classCount,
    variance: {
      name: variance.name,
      rate: variance.rate,
      eta: variance.eta,
      isConstant: variance.isConstant,
      parameters: variance.parameters,
    },
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
