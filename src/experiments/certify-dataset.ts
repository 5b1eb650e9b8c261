import type { BaseClassifier } from "../classifiers/base-classifier";
import { type ImageDataset, imageAt } from "../datasets/image-dataset";
import { requireInteger } from "../probability/arguments";
import { NOISE_NAME } from "../probability/gaussian-noise";
import { certify, type CertifyOptions } from "../smoothing/certify";
import type { VarianceFunction } from "../variance/variance-function";
import { version } from "../version";
import { openRecord, type RecordRow, type RunConfiguration } from "./record";

/** A certification run over a data set. */
export interface CertifyDatasetOptions extends CertifyOptions {
  readonly classifier: BaseClassifier;
  readonly variance: VarianceFunction;
  readonly dataset: ImageDataset;
  /** The images 0, every, 2 · every, … are certified; the literature takes 20. */
  readonly every: number;
  /** Folder of the record. */
  readonly folder: string;
  /** What made the run, for the record: a command line, say. */
  readonly command: string;
  /** Is told of each row as it is there, with the number of rows done and to do. */
  readonly onRow?: (row: RecordRow, done: number, total: number) => void;
}

/**
 * Certifies every so manyth image of a data set, and writes the record row by row.
 *
 * A run that was cut off is gone on with: rows that are there are kept, and since the noise depends on seed, image
 * and sample alone, the record ends equal to that of an undisturbed run (but for the seconds).
 *
 * @throws RangeError naming an option that is out of range; Error if the folder holds a run of another configuration
 */
export async function certifyDataset(options: CertifyDatasetOptions): Promise<void> {
  const { classifier, variance, dataset, every, folder, command, onRow } = options;
  const { n0, n, alpha, seed } = options;
  requireInteger("every", every, 1);
  const configuration: RunConfiguration = {
    version,
    dataset: { name: dataset.name, split: dataset.split, checksums: dataset.checksums, every },
    model: classifier.identity,
    variance: { name: variance.name, rate: variance.rate, parameters: variance.parameters },
    n0,
    n,
    alpha,
    seed,
    noise: NOISE_NAME,
  };
  const record = await openRecord(folder, configuration, command);
  try {
    const total = Math.ceil(dataset.count / every);
    record.rows.forEach(({ index }, i) => {
      if (index !== i * every || i >= total) {
        throw new Error(`${folder}: row ${i + 1} is of image ${index}, expected ${i * every}`);
      }
    });
    for (let done = record.rows.length; done < total; done++) {
      const index = done * every;
      const started = performance.now();
      const certificate = await certify(classifier, variance, imageAt(dataset, index), options, index);
      const label = dataset.labels[index];
      const row: RecordRow = {
        index,
        label,
        ...certificate,
        correct: certificate.predicted === label ? 1 : 0,
        seconds: Number(((performance.now() - started) / 1000).toFixed(3)),
      };
      await record.append(row);
      onRow?.(row, done + 1, total);
    }
  } finally {
    await record.close();
  }
}
